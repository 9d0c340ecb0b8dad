using System.Globalization;
using MpcActors.Experiments;
using MpcActors.Protocols;
using Spectre.Console;

namespace MpcActors.Cli;

/// <summary>Which protocol <c>--suite auto</c> took for an operation on a shape, and why.</summary>
/// <param name="Seconds">Planned, online, by suite.</param>
/// <param name="DealtBytes">Beforehand, by suite.</param>
sealed record SuitePick(string Operation, int Rows, int Columns, string Picked, IReadOnlyDictionary<string, double> Seconds, IReadOnlyDictionary<string, long> DealtBytes)
{
    public static IReadOnlyList<SuitePick> Of(CostPlan plan) =>
        [.. plan.Choices.Select(choice => new SuitePick(choice.Operation, choice.Shape.Rows, choice.Shape.Columns, choice.Picked, choice.Seconds, choice.DealtBytes))];

    /// <summary>None where there was nothing to pick.</summary>
    public static IEnumerable<Table> Tables(IReadOnlyList<SuitePick> picks)
    {
        if (picks.Count == 0) yield break;
        string[] suites = [.. picks[0].Seconds.Keys];
        var table = new Table { Title = new TableTitle("What was picked: planned seconds online, and MB dealt beforehand") };
        foreach (var name in (string[])["operation", "of", "picked", .. suites.Select(suite => $"{suite}, s"), .. suites.Select(suite => $"{suite}, MB dealt")]) table.AddColumn(name);
        foreach (var pick in picks)
            table.AddRow([pick.Operation, $"{pick.Rows}×{pick.Columns}", pick.Picked, .. suites.Select(suite => Number(pick.Seconds[suite], "0.0000")), .. suites.Select(suite => Number(pick.DealtBytes[suite] / 1e6, "0.0"))]);
        yield return table;
    }

    static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
