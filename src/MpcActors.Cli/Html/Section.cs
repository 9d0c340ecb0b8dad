namespace MpcActors.Cli.Html;

/// <summary>A part of a page: what it says in words, as a chart where one helps, and as tables that hold every number of the chart.</summary>
/// <param name="Id">Unique on the page; part of its address.</param>
/// <param name="Text">A paragraph; empty where the table speaks for itself.</param>
sealed record Section(string Id, string Title, string Text, Chart? Chart, params IReadOnlyList<DataTable> Tables);

/// <param name="Keys">Leading columns that name a row.</param>
/// <param name="Rows">Strings, numbers, quantities or null.</param>
sealed record DataTable(string Title, int Keys, IReadOnlyList<Column> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows)
{
    /// <summary>Runs of other kinds and versions lack some of a table's figures.</summary>
    public DataTable WithoutEmptyColumns()
    {
        int[] kept = [.. Enumerable.Range(0, Columns.Count).Where(i => i < Keys || Rows.Any(row => row[i] is not null))];
        return new(Title, Keys, [.. kept.Select(i => Columns[i])], [.. Rows.Select(row => (IReadOnlyList<object?>)[.. kept.Select(i => row[i])])]);
    }
}

/// <param name="Unit">Of its numbers: bytes, seconds, share, change, or none; decides how they are written.</param>
sealed record Column(string Name, string Unit = "");

/// <summary>A number in a column whose rows have units of their own.</summary>
sealed record Quantity(double Value, string Unit);

/// <summary>What the page's script draws.</summary>
/// <param name="Kind">bars, stack (bars on each other) or lines.</param>
/// <param name="Summary">What is to be seen, for those who do not see it.</param>
/// <param name="Categories">Of bars, in order; none for lines.</param>
sealed record Chart(string Kind, string Summary, Axis X, Axis Y, IReadOnlyList<string> Categories, IReadOnlyList<Series> Series)
{
    /// <summary>Values of x that are named in the chart, such as where two lines cross.</summary>
    public IReadOnlyList<Mark> Marks { get; init; } = [];
}

sealed record Axis(string Name, string Unit = "", bool IsLogarithmic = false);

/// <param name="Values">Of bars: one a category.</param>
/// <param name="Points">Of lines: x and y.</param>
sealed record Series(string Name, IReadOnlyList<double?> Values, IReadOnlyList<double[]> Points);

sealed record Mark(double X, string Name);
