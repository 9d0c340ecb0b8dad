using System.Text.Json;

namespace MpcActors.Cli.Html;

/// <summary>Of <c>tune --method sft</c> and <c>prompt</c>: accuracy, what a step costs and of what it is made, losses and checks on the way.</summary>
static class GradientSections
{
    static readonly string[] Parts = ["forward", "backward", "optimizer"];

    static readonly (string Name, string Key)[] Places = [("in the clear", "clear"), ("on shares", "private")];

    public static IEnumerable<Section> Of(RunFile run)
    {
        if (TuningSections.Accuracy(run) is { } accuracy) yield return accuracy;
        if (TuningSections.Networks(run) is { } networks) yield return networks;
        if (Step(run) is { } step) yield return step;
        if (Losses(run) is { } losses) yield return losses;
        if (Checks(run) is { } checks) yield return checks;
    }

    static Section? Step(RunFile run)
    {
        if (!run.Root.TryGetProperty("step", out var step) || step.ValueKind != JsonValueKind.Object) return null;
        JsonElement[] parts = [.. Parts.Where(name => step.TryGetProperty(name, out _)).Select(step.GetProperty)];
        var byParty = parts.Select(part => RunFile.NumberOf(part, "sentBytes")).ToArray();
        var chart = new Chart(
            "bars", string.Join(", ", parts.Select((part, i) => $"{RunFile.TextOf(part, "name")}: {Words.Of(byParty[i], "bytes")}")) + ".", new(""), new("sent by each party", "bytes"),
            [.. parts.Select(part => RunFile.TextOf(part, "name") ?? "")], [new("sent by each party", byParty, [])]);
        return new("step", "What a step is made of", "The mean of all steps.", chart, Table("By part", parts), Table("By operation", [.. RunFile.ListOf(step, "byOperation")]));
    }

    static DataTable Table(string title, IReadOnlyList<JsonElement> parts) => new(
        title, 1, [new("of"), new("rounds"), new("sent by each party", "bytes"), new("dealt beforehand", "bytes"), new("multiplications")],
        [
            .. parts.Select(part => (IReadOnlyList<object?>)
                [RunFile.TextOf(part, "name"), RunFile.NumberOf(part, "rounds"), RunFile.NumberOf(part, "sentBytes"), RunFile.NumberOf(part, "dealtBytes"), RunFile.NumberOf(part, "multiplications")]),
        ]);

    static Section? Losses(RunFile run)
    {
        if (!run.Root.TryGetProperty("losses", out var losses)) return null;
        var lines = Places.Select(place => (place.Name, Values: RunFile.ListOf(losses, place.Key).Select(loss => loss.ValueKind == JsonValueKind.Number ? loss.GetDouble() : (double?)null).ToArray()))
            .Where(line => line.Values.Length > 0).ToArray();
        if (lines.Length == 0) return null;
        return new(
            "losses", "Loss of the batch before each step", "",
            new("lines", "One line in the clear, one on shares.", new("step"), new("loss"), [],
                [.. lines.Select(line => new Series(line.Name, [], [.. line.Values.Index().Where(loss => loss.Item is not null).Select(loss => new[] { loss.Index + 1.0, loss.Item!.Value })]))]),
            new DataTable(
                "Losses", 1, [new("step"), .. lines.Select(line => new Column(line.Name))],
                [.. Enumerable.Range(0, lines.Max(line => line.Values.Length)).Select(i => (IReadOnlyList<object?>)[i + 1.0, .. lines.Select(line => (object?)line.Values.ElementAtOrDefault(i))])]));
    }

    static Section? Checks(RunFile run)
    {
        if (!run.Root.TryGetProperty("checks", out var checks)) return null;
        IReadOnlyList<object?>[] rows =
        [
            .. from place in Places
               from check in RunFile.ListOf(checks, place.Key)
               select (IReadOnlyList<object?>)[place.Name, RunFile.NumberOf(check, "steps"), RunFile.NumberOf(check, "devLoss"), RunFile.NumberOf(check, "devAccuracy")],
        ];
        if (rows.Length == 0) return null;
        return new(
            "checks", "Accuracy on the development texts, by steps", "",
            new("lines", "One line in the clear, one on shares.", new("steps"), new("accuracy", "share"), [],
                [
                    .. rows.Where(row => row[1] is not null && row[3] is not null).GroupBy(row => (string)row[0]!)
                        .Select(line => new Series(line.Key, [], [.. line.Select(row => new[] { (double)row[1]!, (double)row[3]! })])),
                ]),
            new DataTable("By steps", 2, [new("training"), new("steps"), new("loss"), new("accuracy", "share")], rows));
    }
}
