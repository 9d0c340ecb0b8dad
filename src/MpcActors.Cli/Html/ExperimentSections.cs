using System.Text.Json;

namespace MpcActors.Cli.Html;

/// <summary>Of experiments: each figure beside the paper's, and the experiment's own figures as lines.</summary>
static class ExperimentSections
{
    public static IEnumerable<Section> Of(RunFile run)
    {
        JsonElement[] rows = [.. run.List("rows")];
        if (rows.Length > 0) yield return Rows(rows);
        var number = 0;
        foreach (var figure in run.List("figures")) yield return Figure(figure, ++number);
    }

    static Section Rows(JsonElement[] rows)
    {
        static string Name(JsonElement row) => RunFile.TextOf(row, "name") ?? "";
        var ratios = rows
            .Select(row => (Name: Name(row), Ratio: RunFile.NumberOf(row, "ours") / RunFile.NumberOf(row, "published")))
            .Where(row => row.Ratio is > 0 and < double.PositiveInfinity).ToArray();
        var chart = ratios.Length == 0 ? null : new Chart(
            "bars", $"{ratios.Count(row => row.Ratio < 1)} of {ratios.Length} figures are below the paper's.", new(""), new("here / paper", "", IsLogarithmic: true),
            [.. ratios.Select(row => row.Name)], [new("here / paper", [.. ratios.Select(row => row.Ratio)], [])]);
        return new(
            "rows", ratios.Length == 0 ? "Figures" : "Beside the paper", ratios.Length == 0 ? "" : "One means the paper's own figure; below one is less traffic or time than published.", chart,
            new DataTable(
                "Figures", 1, [new("figure"), new("paper"), new("here"), new("difference", "change"), new(ratios.Length == 0 ? "note" : "why, as far as it is known")],
                [
                    .. rows.Select(row => (IReadOnlyList<object?>)
                    [
                        Name(row), Figure(row, "published"), row.TryGetProperty("ours", out var ours) && ours.ValueKind == JsonValueKind.Object ? Members(ours) : Figure(row, "ours"),
                        RunFile.NumberOf(row, "difference"), RunFile.TextOf(row, "note"),
                    ]),
                ]).WithoutEmptyColumns());
    }

    static object? Figure(JsonElement row, string name) => RunFile.NumberOf(row, name) is { } number ? new Quantity(number, RunFile.TextOf(row, "unit") ?? "") : RunFile.TextOf(row, name);

    static string Members(JsonElement of) => string.Join(", ", of.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Number).Select(member => $"{member.Name} {Words.Of(member.Value.GetDouble(), "")}"));

    static Section Figure(JsonElement figure, int number)
    {
        var (name, x, y, unit) = (RunFile.TextOf(figure, "name") ?? "", RunFile.TextOf(figure, "x") ?? "", RunFile.TextOf(figure, "y") ?? "", RunFile.TextOf(figure, "unit") ?? "");
        var isLogarithmic = figure.TryGetProperty("isLogarithmic", out var logarithmic) && logarithmic.ValueKind == JsonValueKind.True;
        Series[] series =
        [
            .. RunFile.ListOf(figure, "series").Select(line => new Series(
                RunFile.TextOf(line, "name") ?? "", [], [.. RunFile.ListOf(line, "points").Select(point => point.EnumerateArray().Select(value => value.GetDouble()).ToArray()).Where(point => point.Length == 2)])),
        ];
        Mark[] marks = [.. Crossing.Of(series).Select(crossing => new Mark(crossing.X, $"{crossing.Lower} below {crossing.Upper} from {Words.Of(Math.Round(crossing.X), "")}"))];
        double[] at = [.. series.SelectMany(line => line.Points).Select(point => point[0]).Distinct().Order()];
        return new(
            $"figure-{number}", name, string.Join(". ", marks.Select(mark => mark.Name)),
            new("lines", marks.Length > 0 ? string.Join("; ", marks.Select(mark => mark.Name)) + "." : $"{series.Length} lines.", new(x, "", isLogarithmic), new(y, unit, isLogarithmic), [], series) { Marks = marks },
            new DataTable(
                name, 1, [new(x), .. series.Select(line => new Column(line.Name, unit))],
                [.. at.Select(value => (IReadOnlyList<object?>)[value, .. series.Select(line => (object?)line.Points.Where(point => point[0] == value).Select(point => (double?)point[1]).FirstOrDefault())])]));
    }
}

/// <summary>Where a line of random features comes to lie below its softmax, between two measured points: on straight lines in logarithms.</summary>
/// <param name="Lower">The line that is lower from there on.</param>
sealed record Crossing(double X, string Lower, string Upper)
{
    const string Features = "RFA", Softmax = "softmax";

    public static IEnumerable<Crossing> Of(IReadOnlyList<Series> lines) =>
        from softmax in lines.Where(line => line.Name.StartsWith(Softmax, StringComparison.Ordinal))
        from features in lines.Where(line => line.Name.StartsWith(Features, StringComparison.Ordinal) && IsOurs(line) == IsOurs(softmax))
        let x = Last(features.Points, softmax.Points)
        where x is not null
        select new Crossing(x.Value, features.Name, softmax.Name);

    /// <summary>The last place where the first line goes below the second; none where it never does or always is.</summary>
    internal static double? Last(IReadOnlyList<double[]> lower, IReadOnlyList<double[]> upper)
    {
        var common = lower.Join(upper, point => point[0], point => point[0], (left, right) => (X: left[0], Distance: Math.Log(left[1] / right[1]))).OrderBy(point => point.X).ToArray();
        for (var i = common.Length - 1; i > 0; i--)
        {
            var (before, after) = (common[i - 1], common[i]);
            if (before.Distance < 0 || after.Distance >= 0) continue;
            return before.X * Math.Pow(after.X / before.X, before.Distance / (before.Distance - after.Distance));
        }

        return null;
    }

    static bool IsOurs(Series line) => line.Name.Contains("ours", StringComparison.Ordinal);
}
