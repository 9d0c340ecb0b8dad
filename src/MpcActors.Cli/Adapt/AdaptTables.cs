using Spectre.Console;
using Spectre.Console.Rendering;

namespace MpcActors.Cli;

/// <summary>What a terminal shows of an adaptation.</summary>
static class AdaptTables
{
    public static IEnumerable<IRenderable> Of(AdaptReport report)
    {
        var held = new Table().Title($"Agreement with the softmax model, {report.Effort.HeldOutTexts} held-out texts");
        held.AddColumns("model", "mean 1 - cosine", "95 % below", "denominators below the floor, by layer");
        foreach (var (name, found) in report.HeldOut)
            held.AddRow(name, AdaptMarkdown.Number(found.Distance, "0.0000"), AdaptMarkdown.Number(found.WorstTwentieth, "0.000"), AdaptMarkdown.Shares(found.BelowFloor));
        yield return held;

        var tasks = new Table().Title("Test texts of tasks");
        tasks.AddColumns("task", "model", "cosine", "same label as softmax", "zero-shot", "+ offsets");
        foreach (var task in report.Tasks)
            foreach (var (name, found) in task.Of)
                tasks.AddRow(
                    task.Name, name, AdaptMarkdown.Number(found.Cosine, "0.000"), AdaptMarkdown.Number(found.SameLabel, "0.000"), AdaptMarkdown.Number(found.ZeroShot, "0.000"),
                    AdaptMarkdown.Number(found.WithOffsets, "0.000"));
        yield return tasks;
        foreach (var note in report.Notes) yield return new Text(note + "\n");
    }
}
