using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using static MpcActors.Cli.Figures;

namespace MpcActors.Cli;

/// <summary>A tuning report for people.</summary>
static class TuningTables
{
    public static IEnumerable<IRenderable> Of(TuningReport report)
    {
        yield return Accuracy(report);
        if (report.Attention.Count > 0) yield return Costs(report);
        foreach (var note in report.Notes) yield return new Padder(new Text("· " + note), new Padding(0, 0));
    }

    static Table Accuracy(TuningReport report)
    {
        var (accuracy, texts) = (report.Accuracy, report.Texts);
        string[] kinds = [.. accuracy.ZeroShotOf.Keys];
        var table = new Table { Title = new TableTitle($"Accuracy: {Markup.Escape(report.Task)}, {report.Model}, {texts.Train} training texts, {texts.Test} test texts (±{Share(accuracy.StandardError)})") };
        table.AddColumn("");
        foreach (var kind in kinds) table.AddColumn(new TableColumn(kind).RightAligned());
        Row("zero-shot", accuracy.ZeroShotOf);
        Row("zero-shot + owner's class offsets", accuracy.ZeroShotWithOffsets);
        Row($"tuned in the clear, {report.Queries} queries", accuracy.Clear);
        Row($"tuned on shares, {report.Queries} queries", accuracy.Private);
        Row("same label, shares and clear", report.Comparisons.ToDictionary(entry => entry.Key, entry => entry.Value.Agreement));
        var errors = report.Comparisons.ToDictionary(entry => entry.Key, entry => entry.Value.LogitError.ToString("0.00000", CultureInfo.InvariantCulture));
        if (errors.Count > 0) table.AddRow([new Text("mean logit error / standard deviation"), .. kinds.Select(kind => new Text(errors.GetValueOrDefault(kind, "–")))]);
        if (report.LossErrors.Count > 0)
            table.AddRow([new Text("largest error of a loss on shares"), .. kinds.Select(kind => new Text(report.LossErrors.TryGetValue(kind, out var error) ? error.ToString("0.00000", CultureInfo.InvariantCulture) : "–"))]);
        if (report.Queries < report.Tuning.QueriesOfFullRun)
            table.Caption = new TableTitle($"{report.Queries} queries, where a full run takes {report.Tuning.QueriesOfFullRun}");
        return table;

        void Row(string name, IReadOnlyDictionary<string, double> values)
        {
            if (values.Count > 0) table.AddRow([new Text(name), .. kinds.Select(kind => new Text(values.TryGetValue(kind, out var value) ? Share(value) : "–"))]);
        }
    }

    static Table Costs(TuningReport report)
    {
        var first = report.Attention[0];
        var what = first.Scope == "generation"
            ? $"one generation: {report.Tuning.Population} prompts × {report.Texts.Train} training texts, {first.Tokens} tokens"
            : NodeCosts.IsOfProcesses(first.Network) ? "the whole session, as measured" : "the rest of a resumed session";
        var table = new Table
        {
            Title = new TableTitle($"Costs of {what}"),
            Caption = new TableTitle("Bytes are per party (party 0 / party 1); computing is all roles together, in turns on this machine; the last two columns are of the whole session"),
        };
        foreach (var (name, isNumber) in new[]
            { ("attention", false), ("network", false), ("rounds", true), ("online", true), ("dealt offline", true), ("seconds", true), ("computing", true), ("session rounds", true), ("session seconds", true) })
            table.AddColumn(isNumber ? new TableColumn(name).RightAligned() : new TableColumn(name));
        foreach (var cost in report.Attention)
            table.AddRow(
                cost.Kind, Markup.Escape(cost.Network), Number(cost.Rounds), Bytes(cost.SentBytesPerParty), Bytes(cost.OfflineBytesPerParty), Seconds(cost.Seconds),
                Seconds(cost.ComputeSeconds), Number(cost.Total.Rounds), Seconds(cost.Total.Seconds));
        return table;
    }
}
