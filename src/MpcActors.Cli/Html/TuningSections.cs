using System.Text.Json;

namespace MpcActors.Cli.Html;

/// <summary>Of <c>demo</c> and <c>tune</c>: accuracy, what a generation costs, and how the tuning went.</summary>
static class TuningSections
{
    static readonly (string Name, string Key)[] Accuracies =
    [
        ("zero-shot", "zeroShotOf"), ("zero-shot + owner's class offsets", "zeroShotWithOffsets"), ("tuned in the clear", "clear"), ("tuned on shares", "private"),
    ];

    public static IEnumerable<Section> Of(RunFile run)
    {
        if (Accuracy(run) is { } accuracy) yield return accuracy;
        if (Networks(run) is { } networks) yield return networks;
        foreach (var section in Curves(run)) yield return section;
    }

    /// <summary>What costs are of: a generation, a step, or the session where that is all that was measured.</summary>
    public static string UnitOf(RunFile run) => run.List("attention").Select(cost => RunFile.TextOf(cost, "scope")).FirstOrDefault() ?? "generation";

    public static Section? Networks(RunFile run)
    {
        NetworkTime[] times =
        [
            .. run.List("attention").Select(cost => new NetworkTime(
                RunFile.TextOf(cost, "network") ?? "", RunFile.TextOf(cost, "kind") ?? "", RunFile.NumberOf(cost, "rounds") ?? 0, RunFile.LargestOf(cost, "sentBytesPerParty") ?? 0, RunFile.NumberOf(cost, "seconds") ?? 0)),
        ];
        return times.Length == 0 ? null : NetworkTime.Section("networks", $"What a {UnitOf(run)} takes, by network", run, times);
    }

    public static Section? Accuracy(RunFile run)
    {
        string[] kinds = [.. run.Members("accuracy", "zeroShotOf").Select(kind => kind.Name)];
        if (kinds.Length == 0) return null;
        double? Value(string key, string kind) => run.Number("accuracy", key, kind);
        var error = run.Number("accuracy", "standardError");
        var chart = new Chart(
            "bars",
            string.Join("; ", kinds.Select(kind => $"{kind}: {string.Join(", ", Accuracies.Where(row => Value(row.Key, kind) is not null).Select(row => $"{row.Name} {Words.Share(Value(row.Key, kind)!.Value)}"))}")) + ".",
            new(""), new("share of the test texts that are labelled right", "share"), [.. Accuracies.Select(row => row.Name)],
            [.. kinds.Select(kind => new Series(kind, [.. Accuracies.Select(row => Value(row.Key, kind))], []))]);
        var comparisons = run.Members("comparisons").ToArray();
        return new(
            "accuracy", "Accuracy",
            (error is { } deviation ? $"Of {run.Number("texts", "test")} test texts: the standard deviation of such a share is {Words.Share(deviation)}, so smaller differences are chance. " : "")
            + "What class offsets give, the owner has without any tuning.",
            chart,
            new DataTable("Accuracy", 1, [new("accuracy"), .. kinds.Select(kind => new Column(kind, "share"))], [.. Accuracies.Select(row => (IReadOnlyList<object?>)[row.Name, .. kinds.Select(kind => (object?)Value(row.Key, kind))])]),
            new DataTable(
                "Shares beside the clear, same prompt", 1, [new("attention"), new("same label", "share"), new("mean logit error / standard deviation"), new("largest logit error")],
                [.. comparisons.Select(kind => (IReadOnlyList<object?>)[kind.Name, RunFile.NumberOf(kind.Value, "agreement"), RunFile.NumberOf(kind.Value, "logitError"), RunFile.NumberOf(kind.Value, "largestLogitError")])]));
    }

    static IEnumerable<Section> Curves(RunFile run)
    {
        JsonElement[] curves = [.. run.List("curves")];
        if (curves.Length == 0) yield break;
        static string Name(JsonElement curve) => $"{RunFile.TextOf(curve, "attention")}, {RunFile.TextOf(curve, "where")}";
        IReadOnlyList<object?>[] rows =
        [
            .. from curve in curves
               from check in RunFile.ListOf(curve, "checks")
               select (IReadOnlyList<object?>)[Name(curve), RunFile.NumberOf(check, "queries"), RunFile.NumberOf(check, "sentBytes"), RunFile.NumberOf(check, "trainLoss"), RunFile.NumberOf(check, "devAccuracy")],
        ];
        Series[] Lines(int x) =>
        [
            .. rows.Where(row => row[x] is not null && row[4] is not null).GroupBy(row => (string)row[0]!)
                .Select(line => new Series(line.Key, [], [.. line.Select(row => new[] { (double)row[x]!, (double)row[4]! })])),
        ];
        yield return new(
            "queries", "Accuracy on the development texts, by queries", "The owner selects the prompt that is best here.",
            new("lines", "One line for each attention, tuned in the clear and on shares.", new("queries"), new("accuracy", "share"), [], Lines(1)),
            new DataTable("By queries", 2, [new("tuning"), new("queries"), new("sent by each party so far", "bytes"), new("training loss"), new("accuracy", "share")], rows));
        if (Lines(2) is { Length: > 0 } byTraffic)
        {
            yield return new(
                "traffic", "The same, by traffic", "Development texts are passed through the model as well; their traffic is not in these figures.",
                new("lines", "One line for each attention that was tuned on shares.", new("sent by each party", "bytes"), new("accuracy", "share"), [], byTraffic));
        }
    }
}
