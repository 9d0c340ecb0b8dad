namespace MpcActors.Cli.Html;

/// <summary>Two runs on one page: tables with the same columns are joined by their rows' names, charts have the lines of both.</summary>
static class SideBySide
{
    public static IEnumerable<Section> Of(IReadOnlyList<Section> first, IReadOnlyList<Section> second)
    {
        foreach (var section in first)
            yield return second.FirstOrDefault(other => other.Id == section.Id) is { } match ? Join(section, match) : section with { Title = $"{section.Title} (first run only)" };
        foreach (var section in second.Where(section => first.All(other => other.Id != section.Id)))
            yield return section with { Title = $"{section.Title} (second run only)" };
    }

    static Section Join(Section first, Section second)
    {
        var chart = first.Chart is { } left && second.Chart is { } right && left.Categories.SequenceEqual(right.Categories) && left.Kind != "stack"
            ? left with { Series = [.. Named(left.Series, "first"), .. Named(right.Series, "second")], Marks = [] }
            : first.Chart;
        return first with { Chart = chart, Tables = [.. first.Tables.Select((table, i) => i < second.Tables.Count ? Join(table, second.Tables[i]) : table)] };
    }

    static IEnumerable<Series> Named(IReadOnlyList<Series> series, string run) => series.Select(line => line with { Name = $"{line.Name}, {run}" });

    static DataTable Join(DataTable first, DataTable second)
    {
        var keys = first.Keys;
        // A column of numbers becomes three: of either run, and the change.
        var columns = first.Columns.Skip(keys).Where(column => second.Columns.Contains(column)).ToArray();
        string KeyOf(IReadOnlyList<object?> row) => string.Join('\n', row.Take(keys));
        var others = second.Rows.GroupBy(KeyOf).ToDictionary(rows => rows.Key, rows => rows.First());
        var own = first.Rows.Select(KeyOf).ToHashSet();
        return new(
            first.Title, keys,
            [.. first.Columns.Take(keys), .. columns.SelectMany(column => (Column[])[column with { Name = $"{column.Name}, first" }, column with { Name = $"{column.Name}, second" }, new($"{column.Name}, change", "change")])],
            [
                .. first.Rows.Select(row => Joined(row.Take(keys), row, others.GetValueOrDefault(KeyOf(row)))),
                .. second.Rows.Where(row => !own.Contains(KeyOf(row))).Select(row => Joined(row.Take(keys), null, row)),
            ]);

        IReadOnlyList<object?> Joined(IEnumerable<object?> key, IReadOnlyList<object?>? row, IReadOnlyList<object?>? other) =>
        [
            .. key,
            .. columns.SelectMany(column =>
            {
                var (left, right) = (Value(first, row, column), Value(second, other, column));
                return (object?[])[left, right, Number(left) is { } from && Number(right) is { } to && from != 0 ? to / from - 1 : null];
            }),
        ];
    }

    static double? Number(object? value) => value is Quantity quantity ? quantity.Value : value as double?;

    static object? Value(DataTable of, IReadOnlyList<object?>? row, Column column) => row?[of.Columns.ToList().IndexOf(column)];
}
