using System.Globalization;
using MpcActors.Protocols;
using Spectre.Console;

namespace MpcActors.Cli;

/// <summary>Which protocols <c>--suite auto</c> took, and why, for people.</summary>
static class SuiteChoiceTable
{
    /// <summary>None where there was nothing to choose.</summary>
    public static IEnumerable<Table> Of(IReadOnlyList<SuiteChoice> choices)
    {
        if (choices.Count == 0) yield break;
        string[] suites = [.. choices[0].Seconds.Keys];
        var table = new Table { Title = new TableTitle("What was picked: planned seconds online, and MB dealt beforehand") };
        foreach (var name in (string[])["operation", "of", "picked", .. suites.Select(suite => $"{suite}, s"), .. suites.Select(suite => $"{suite}, MB dealt")]) table.AddColumn(name);
        foreach (var choice in choices)
            table.AddRow([choice.Operation, $"{choice.Rows}×{choice.Columns}", choice.Picked, .. suites.Select(suite => Number(choice.Seconds[suite], "0.0000")), .. suites.Select(suite => Number(choice.DealtBytes[suite] / 1e6, "0.0"))]);
        yield return table;
    }

    static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
