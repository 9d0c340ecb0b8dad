namespace MpcActors.Cli;

/// <summary>The middle of measured values, which a machine that had something else to do now and then does not move.</summary>
static class Medians
{
    /// <returns>Of an even number of values the upper one of the two in the middle.</returns>
    public static double Median(this IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
