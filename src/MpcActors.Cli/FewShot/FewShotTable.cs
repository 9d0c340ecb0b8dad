using System.Globalization;
using System.Text;
using MpcActors.Experiments;

namespace MpcActors.Cli;

/// <summary>Parts of a few-shot experiment as tables, rows and curves.</summary>
sealed class FewShotTable(IReadOnlyList<FewShotPart> parts, IReadOnlyList<string> methods, string model, int shots, int queries)
{
    const string WithOffsets = " + offsets";

    public IReadOnlyList<ExperimentRow> Rows() =>
    [
        .. Lines().SelectMany(line => new[] { line.Clear, line.Private }.Where(some => some.Parts.Length > 0).Select(some => Row(line, some))),
        .. parts.SelectMany(part => part.Curve.Select(point => (Part: part, Point: point, Of: point.TestAccuracy is null ? "development texts" : "test texts"))).Select(one => new ExperimentRow(
            FormattableString.Invariant($"{one.Part.Task}, {one.Part.Method}, {one.Part.Where}, seed {one.Part.Seed}: after {one.Point.Queries} queries, of the {one.Of}"), null, one.Point.TestAccuracy ?? one.Point.DevAccuracy, "accuracy")
        {
            More = new()
            {
                ["task"] = one.Part.Task, ["method"] = one.Part.Method, ["where"] = one.Part.Where, ["seed"] = one.Part.Seed, ["queries"] = one.Point.Queries,
                ["of"] = one.Of, ["trainLoss"] = one.Point.TrainLoss, ["devAccuracy"] = one.Point.DevAccuracy,
                ["sentBytes"] = (object?)Sent(one.Part, one.Point) ?? "unknown",
            },
        }),
    ];

    public string Markdown()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{model}, {shots} texts a class for training and as many for development, {queries} queries of forward-only tuning (fot); mean ± standard deviation over draws, and how many. Traffic is what both parties send online for the training of one draw.\n");
        foreach (var task in Lines().GroupBy(line => line.Task))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n| {task.Key}, {parts.First(part => part.Task == task.Key).TestTexts} test texts | in the clear | on shares | the same draws in the clear | queries or steps | traffic |\n|---|--:|--:|--:|--:|--:|\n");
            foreach (var line in task)
            {
                ulong[] both = [.. line.Private.Parts.Select(part => part.Seed)];
                var twins = line.Clear with { Parts = [.. line.Clear.Parts.Where(part => both.Contains(part.Seed))] };
                text.Append(CultureInfo.InvariantCulture, $"| {line.Name} | {line.Clear} | {line.Private} | {twins} | {line.Steps} | {Traffic(line)} |\n");
            }
        }

        return text.ToString();
    }

    public string PartsCsv() => Csv("task,method,where,seed,testTexts,accuracy,withOffsets,queries,sentBytes", parts.Select(part => FormattableString.Invariant(
        $"{part.Task},{part.Method},{part.Where},{part.Seed},{part.TestTexts},{part.Accuracy:R},{part.WithOffsets:R},{part.Queries},{part.SentBytes}")));

    public string CurvesCsv() => Csv("task,method,where,seed,queries,sentBytes,trainLoss,devAccuracy,testAccuracy", parts.SelectMany(part => part.Curve.Select(point =>
        FormattableString.Invariant($"{part.Task},{part.Method},{part.Where},{part.Seed},{point.Queries},{Sent(part, point)},{point.TrainLoss:R},{point.DevAccuracy:R},{point.TestAccuracy:R}"))));

    /// <summary>Of a clear part: what the same queries sent on shares, if that was done for any draw; texts of another draw have other lengths, so it is near and not exact.</summary>
    double? Sent(FewShotPart part, FewShotPoint point)
    {
        if (point.SentBytes is { } sent) return sent;
        var measured = parts.Where(other => other.Task == part.Task && other.Method == part.Method && other.SentBytes is > 0).ToArray();
        return measured.Length > 0 ? Math.Round(measured.Average(other => (double)other.SentBytes! / other.Queries) * point.Queries) : null;
    }

    IEnumerable<FewShotLine> Lines() =>
        from task in parts.Select(part => part.Task).Distinct()
        from method in methods
        let own = parts.Where(part => part.Task == task && part.Method == method).ToArray()
        where own.Length > 0
        from offsets in Enumerable.Range(0, own.Any(part => part.WithOffsets is not null) ? 2 : 1).Select(i => i == 1)
        select new FewShotLine(task, method + (offsets ? WithOffsets : ""), own[0].Queries, Some(own, false, offsets), Some(own, true, offsets));

    static FewShotDraws Some(FewShotPart[] parts, bool isPrivate, bool offsets) => new([.. parts.Where(part => part.IsPrivate == isPrivate)], offsets);

    static ExperimentRow Row(FewShotLine line, FewShotDraws some) => new(
        $"{line.Task}, {line.Name}, {some.Parts[0].Where}", null, some.Mean, "accuracy")
    {
        More = new()
        {
            ["task"] = line.Task, ["method"] = line.Name, ["where"] = some.Parts[0].Where, ["deviation"] = some.Deviation, ["values"] = some.Values,
            ["seeds"] = some.Parts.Select(part => part.Seed).ToArray(), ["queries"] = line.Steps, ["sentBytes"] = some.Parts[0].SentBytes ?? 0,
        },
    };

    static string Traffic(FewShotLine line)
    {
        var sent = line.Private.Parts.Where(part => part.SentBytes is > 0).ToArray();
        return sent.Length == 0 ? "–" : Bytes(sent.Average(part => (double)part.SentBytes!));
    }

    static string Bytes(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{(bytes < 1e9 ? bytes / 1e6 : bytes / 1e9):0.0} {(bytes < 1e9 ? "MB" : "GB")}");

    static string Csv(string header, IEnumerable<string> lines) => string.Join('\n', lines.Prepend(header)) + "\n";
}

/// <summary>One row of the table.</summary>
sealed record FewShotLine(string Task, string Name, int Steps, FewShotDraws Clear, FewShotDraws Private);

/// <summary>The draws of one method in one place.</summary>
sealed record FewShotDraws(FewShotPart[] Parts, bool WithOffsets)
{
    public double[] Values => [.. Parts.Select(part => WithOffsets ? part.WithOffsets ?? double.NaN : part.Accuracy)];

    public double Mean => Values.Average();

    /// <summary>Of the sample; zero for a single draw.</summary>
    public double Deviation => Parts.Length < 2 ? 0 : Math.Sqrt(Values.Sum(value => (value - Mean) * (value - Mean)) / (Parts.Length - 1));

    public override string ToString() => Parts.Length == 0
        ? "–"
        : string.Create(CultureInfo.InvariantCulture, $"{Mean:0.000}{(Parts.Length > 1 ? $" ± {Deviation:0.000}" : "")} ({Parts.Length})");
}
