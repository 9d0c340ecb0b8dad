using System.Globalization;
using System.Text;

namespace MpcActors.Cli;

/// <summary>A tuning report as tables for a document: experiments/tables puts them there.</summary>
static class TuningMarkdown
{
    public static string Of(TuningReport report)
    {
        var text = new StringBuilder();
        var (accuracy, comparisons) = (report.Accuracy, report.Comparisons);
        string[] kinds = [.. accuracy.ZeroShotOf.Keys];
        Line($"{report.Task}, {report.Model}, {report.Queries} queries of population {report.Tuning.Population}, {report.Texts.Train} training and {report.Texts.Test} test texts (±{Share(accuracy.StandardError)}), seed {report.Seed}; {report.Machine.Cpu}, {report.Machine.Cores} cores.");
        Line("");
        Line($"| accuracy | {string.Join(" | ", kinds)} |");
        Line($"|---|{string.Concat(kinds.Select(_ => "--:|"))}");
        Row("zero-shot", kind => accuracy.ZeroShotOf.TryGetValue(kind, out var value) ? Share(value) : null);
        Row("zero-shot + owner's class offsets", kind => accuracy.ZeroShotWithOffsets.TryGetValue(kind, out var value) ? Share(value) : null);
        Row("tuned in the clear", kind => accuracy.Clear.TryGetValue(kind, out var value) ? Share(value) : null);
        Row("tuned on shares", kind => accuracy.Private.TryGetValue(kind, out var value) ? Share(value) : null);
        Row("same label, shares and clear", kind => comparisons.TryGetValue(kind, out var value) ? Share(value.Agreement) : null);
        Row("mean logit error / standard deviation", kind => comparisons.TryGetValue(kind, out var value) ? value.LogitError.ToString("0.00000", CultureInfo.InvariantCulture) : null);
        if (report.Attention.Count == 0) return text.ToString();

        Line("");
        Line($"One generation, {report.Attention[0].Tokens} tokens:");
        Line("");
        Line("| attention | network | rounds | MB sent by each party | MB dealt | seconds | seconds of computation, all roles |");
        Line("|---|---|--:|--:|--:|--:|--:|");
        foreach (var cost in report.Attention)
            Line($"| {cost.Kind} | {cost.Network} | {cost.Rounds} | {Megabytes(cost.SentBytesPerParty.Max())} | {Megabytes(cost.OfflineBytesPerParty.Sum())} | {Seconds(cost.Seconds)} | {Seconds(cost.ComputeSeconds)} |");
        return text.ToString();

        void Row(string name, Func<string, string?> value) => Line($"| {name} | {string.Join(" | ", kinds.Select(kind => value(kind) ?? "–"))} |");

        void Line(string line) => text.Append(line).Append('\n');
    }

    static string Share(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    static string Seconds(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    static string Megabytes(long bytes) => (bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture);
}
