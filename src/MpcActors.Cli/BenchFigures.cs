using System.Globalization;
using MpcActors.Experiments;

namespace MpcActors.Cli;

/// <summary>What passes and steps that are measured have in common: whether there is room for them, and how their figures are written.</summary>
static class BenchFigures
{
    /// <param name="what">That needs the memory, as a message begins.</param>
    /// <param name="remedy">What would fit, as it ends.</param>
    /// <exception cref="BadInputException">There is not as much.</exception>
    public static void RequireMemory(long needed, string what, string remedy)
    {
        var available = CostPlan.UsableBytes;
        if (needed > available)
            throw new BadInputException(FormattableString.Invariant($"{what} needs about {needed / 1e9:0.0} GB for all roles in one process, and {available / 1e9:0.0} GB may be used here; {remedy}"));
    }

    public static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Mega(long bytes) => (bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture);
}
