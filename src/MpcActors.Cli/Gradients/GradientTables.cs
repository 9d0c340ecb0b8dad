using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using static MpcActors.Cli.Figures;

namespace MpcActors.Cli;

/// <summary>A report of a training by gradients for people.</summary>
static class GradientTables
{
    public static IEnumerable<IRenderable> Of(GradientReport report)
    {
        yield return Accuracy(report);
        if (report.Attention.Count > 0) yield return Costs(report);
        if (report.Step is { } step) yield return Parts(step);
        foreach (var note in report.Notes) yield return new Padder(new Text("· " + note), new Padding(0, 0));
    }

    static Table Accuracy(GradientReport report)
    {
        var (accuracy, training) = (report.Accuracy, report.Training);
        var kind = accuracy.ZeroShotOf.Keys.Single();
        var table = new Table
        {
            Title = new TableTitle($"Accuracy: {Markup.Escape(report.Task)}, {report.Model}, {report.Texts.Train} training texts, {report.Texts.Test} test texts (±{Share(accuracy.StandardError)})"),
            Caption = new TableTitle(string.Create(
                CultureInfo.InvariantCulture, $"{training.Method}: {training.TrainedParameters:N0} trained numbers, {training.Steps} steps of {training.BatchSize} texts, {training.Optimizer} at {training.LearningRate:G3}")),
        };
        table.AddColumn("");
        table.AddColumn(new TableColumn(kind).RightAligned());
        table.AddRow("before the first step", Share(accuracy.ZeroShot));
        table.AddRow("the same + owner's class offsets", Share(accuracy.ZeroShotWithOffsets[kind]));
        if (accuracy.Clear.TryGetValue(kind, out var clear)) table.AddRow("trained in the clear", Share(clear));
        if (accuracy.Private.TryGetValue(kind, out var shares)) table.AddRow("trained on shares", Share(shares));
        if (report.Agreement is { } agreement) table.AddRow("same label, shares and clear", Share(agreement));
        return table;
    }

    static Table Costs(GradientReport report)
    {
        var table = new Table
        {
            Title = new TableTitle(report.Attention[0] switch
            {
                { Scope: "step", Tokens: var rows } => $"Costs of a step: {report.Training.BatchSize} texts, about {rows} rows",
                { Network: NodeCosts.Network } => "Costs of the session, as its processes measured them",
                _ => "Costs of the rest of a resumed session",
            }),
            Caption = new TableTitle("Bytes are per party (party 0 / party 1); computing is all roles together, in turns on this machine; the last two columns are of the whole session"),
        };
        foreach (var (name, isNumber) in new[]
            { ("network", false), ("rounds", true), ("online", true), ("dealt offline", true), ("seconds", true), ("computing", true), ("session rounds", true), ("session seconds", true) })
            table.AddColumn(isNumber ? new TableColumn(name).RightAligned() : new TableColumn(name));
        foreach (var cost in report.Attention)
            table.AddRow(
                Markup.Escape(cost.Network), Number(cost.Rounds), Bytes(cost.SentBytesPerParty), Bytes(cost.OfflineBytesPerParty), Seconds(cost.Seconds), Seconds(cost.ComputeSeconds),
                Number(cost.Total.Rounds), Seconds(cost.Total.Seconds));
        return table;
    }

    static Table Parts(StepParts step)
    {
        var table = new Table { Title = new TableTitle("A step by its parts, each party") };
        table.AddColumn("");
        foreach (var name in new[] { "rounds", "sent", "dealt to both", "multiplications" }) table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var part in new[] { step.Forward, step.Backward, step.Optimizer })
            table.AddRow(part.Name, Number(part.Rounds), Bytes(part.SentBytes), Bytes(part.DealtBytes), Number(part.Multiplications));
        return table;
    }
}
