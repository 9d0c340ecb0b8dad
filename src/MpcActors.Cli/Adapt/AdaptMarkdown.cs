using System.Globalization;
using System.Text;

namespace MpcActors.Cli;

/// <summary>An adaptation as a page that can be read without tools.</summary>
static class AdaptMarkdown
{
    public static string Of(AdaptReport report)
    {
        var text = new StringBuilder();
        Line($"# {report.Model} adapted to {report.Attention} attention");
        Line("");
        var features = report.Features is { } count ? $", {count} features a head" : "";
        var cpu = report.Effort.CpuSeconds is { } seconds ? $", {Number(seconds, "0")} CPU seconds" : "";
        Line($"Trained: {report.Train}{features}; {report.Effort.Steps} of {report.Effort.Planned} steps of {report.Effort.Batch} texts{cpu}; {report.Effort.Texts} texts to train on, {report.Effort.HeldOutTexts} held out; seed {report.Seed}; {report.Machine.Cpu}, {report.Machine.Cores} cores.");
        Line($"Text: {string.Join("; ", report.Sources)}. Patch: {report.PatchBytes} bytes, SHA-256 {report.Patch}.");
        Line("");
        Line("| held-out texts | mean 1 − cosine | 95 % below | hidden errors (attention, output; by layer) | denominators below the floor | largest phase |");
        Line("|---|--:|--:|---|---|---|");
        foreach (var (name, held) in report.HeldOut)
            Line($"| {name} | {Number(held.Distance, "0.0000")} | {Number(held.WorstTwentieth, "0.000")} | {string.Join("; ", held.HiddenErrors.Select(layer => string.Join(", ", layer.Select(value => Number(value, "0.000")))))} | {Shares(held.BelowFloor)} | {string.Join(", ", held.LargestPhase.Select(value => Number(value, "0.0")))} |");
        Line("");
        Line("| task | model | cosine | same label as softmax | zero-shot | + offsets |");
        Line("|---|---|--:|--:|--:|--:|");
        foreach (var task in report.Tasks)
            foreach (var (name, found) in task.Of)
                Line($"| {task.Name} ({task.Texts}) | {name} | {Number(found.Cosine, "0.000")} | {Number(found.SameLabel, "0.000")} | {Number(found.ZeroShot, "0.000")} | {Number(found.WithOffsets, "0.000")} |");
        Line("");
        foreach (var note in report.Notes) Line($"- {note}");
        Line("");
        Line("| step | trained | loss | held out |");
        Line("|--:|---|--:|--:|");
        foreach (var point in report.Curve) Line($"| {point.Step} | {point.Phase} | {Number(point.Loss, "0.0000")} | {(point.HeldOut is { } held ? Number(held, "0.0000") : "–")} |");
        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');
    }

    internal static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    internal static string Shares(IReadOnlyList<double> shares) => shares.Count == 0 ? "–" : string.Join(", ", shares.Select(share => Number(100 * share, "0.00") + " %"));
}
