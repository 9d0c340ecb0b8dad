using System.Text.Json;

namespace MpcActors.Cli.Html;

/// <summary>Of <c>adapt</c>: how near the adapted model comes to the softmax model, on held-out text and on tasks, and how the training went.</summary>
static class AdaptSections
{
    public static IEnumerable<Section> Of(RunFile run)
    {
        if (HeldOut(run) is { } heldOut) yield return heldOut;
        if (Layers(run) is { } layers) yield return layers;
        if (Tasks(run) is { } tasks) yield return tasks;
        if (Curve(run) is { } curve) yield return curve;
    }

    static Section? HeldOut(RunFile run)
    {
        JsonProperty[] models = [.. run.Members("heldOut")];
        if (models.Length == 0) return null;
        double?[] distances = [.. models.Select(model => RunFile.NumberOf(model.Value, "distance"))];
        return new(
            "held-out", "Distance to the softmax model on text that was held out", "1 − cosine between the two models' embeddings of a text.",
            new("bars", string.Join(", ", models.Select((model, i) => $"{model.Name}: {Words.Of(distances[i], "")}")) + ".", new(""), new("mean 1 − cosine"), [.. models.Select(model => model.Name)], [new("distance", distances, [])]),
            new DataTable(
                "Held-out text", 1, [new("model"), new("mean 1 − cosine"), new("95th percentile")],
                [.. models.Select((model, i) => (IReadOnlyList<object?>)[model.Name, distances[i], RunFile.NumberOf(model.Value, "worstTwentieth")])]));
    }

    static Section? Layers(RunFile run)
    {
        IReadOnlyList<object?>[] rows =
        [
            .. from model in run.Members("heldOut")
               from layer in RunFile.ListOf(model.Value, "hiddenErrors").Index()
               let errors = layer.Item.ValueKind == JsonValueKind.Array ? layer.Item.EnumerateArray().Select(Number).ToArray() : []
               select (IReadOnlyList<object?>)
               [
                   model.Name, layer.Index + 1.0, errors.ElementAtOrDefault(0), errors.ElementAtOrDefault(1),
                   RunFile.ListOf(model.Value, "belowFloor").Select(Number).ElementAtOrDefault(layer.Index), RunFile.ListOf(model.Value, "largestPhase").Select(Number).ElementAtOrDefault(layer.Index),
               ],
        ];
        return rows.Length == 0 ? null : new(
            "layers", "Layer by layer", "Relative squared error of the hidden states; denominators of attention that are cut at the floor; the largest phase of a feature, in radians.", null,
            new DataTable("Layers", 2, [new("model"), new("layer"), new("error after attention"), new("error after feed-forward"), new("denominators below the floor", "share"), new("largest phase")], rows).WithoutEmptyColumns());
    }

    static Section? Tasks(RunFile run)
    {
        IReadOnlyList<object?>[] rows =
        [
            .. from task in run.List("tasks")
               where task.TryGetProperty("of", out var of) && of.ValueKind == JsonValueKind.Object
               from model in task.GetProperty("of").EnumerateObject()
               select (IReadOnlyList<object?>)
               [
                   RunFile.TextOf(task, "name"), model.Name, RunFile.NumberOf(model.Value, "zeroShot"), RunFile.NumberOf(model.Value, "withOffsets"),
                   RunFile.NumberOf(model.Value, "sameLabel"), RunFile.NumberOf(model.Value, "cosine"),
               ],
        ];
        if (rows.Length == 0) return null;
        string[] tasks = [.. rows.Select(row => (string?)row[0] ?? "").Distinct()];
        var chart = new Chart(
            "bars", "Zero-shot accuracy with class offsets, task by task.", new(""), new("share of the test texts that are labelled right", "share"), tasks,
            [
                .. rows.GroupBy(row => (string)row[1]!)
                    .Select(model => new Series(model.Key, [.. tasks.Select(task => (double?)model.FirstOrDefault(row => (string?)row[0] == task)?[3])], [])),
            ]);
        return new(
            "tasks", "On tasks, without any tuning", "Nothing of these texts was trained on.", chart,
            new DataTable("Tasks", 2, [new("task"), new("model"), new("zero-shot", "share"), new("with class offsets", "share"), new("same label as softmax", "share"), new("cosine with softmax")], rows));
    }

    static Section? Curve(RunFile run)
    {
        JsonElement[] points = [.. run.List("curve")];
        if (points.Length == 0) return null;
        IReadOnlyList<object?>[] rows =
        [
            .. points.Select(point => (IReadOnlyList<object?>)[RunFile.TextOf(point, "phase"), RunFile.NumberOf(point, "step"), RunFile.NumberOf(point, "loss"), RunFile.NumberOf(point, "heldOut")]),
        ];
        double[][] line = [.. rows.Where(row => row[1] is not null && row[3] is not null).Select(row => new[] { (double)row[1]!, (double)row[3]! })];
        return new(
            "curve", "How the training went", "", line.Length < 2 ? null : new("lines", "Distance on held-out text by steps.", new("step"), new("mean 1 − cosine"), [], [new("held-out text", [], line)]),
            new DataTable("Training", 2, [new("phase"), new("step"), new("loss"), new("mean 1 − cosine, held-out text")], rows));
    }

    static double? Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
