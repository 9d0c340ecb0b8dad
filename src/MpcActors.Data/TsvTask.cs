using System.Globalization;

namespace MpcActors.Data;

/// <summary>
/// A task from a tab-separated file as the GLUE benchmark has them: a header line, no quoting, UTF-8, columns label and text (or
/// sentence); other columns are passed over.
/// </summary>
public static class TsvTask
{
    const int Shown = 20;
    const ulong SplitSeed = 20150810;

    /// <summary>Reads a task.</summary>
    /// <param name="path">Where the pool comes from.</param>
    /// <param name="testPath">Where the test set comes from; null: a fixed shuffle keeps half of <paramref name="path"/> for it.</param>
    /// <param name="labelSentences">One a class, in the order of the class names (numbers by value, otherwise ordinal); null: the class names.</param>
    /// <exception cref="InvalidDataException">Names the file, and for malformed rows each line and its reason.</exception>
    public static TextTask Read(string path, string? testPath = null, IReadOnlyList<string>? labelSentences = null)
    {
        var rows = Rows(path);
        var names = rows.Select(row => row.Label).Distinct(StringComparer.Ordinal).ToArray();
        if (names.Length < 2)
            throw new InvalidDataException(names.Length == 0
                ? $"{path}: no rows below the header; texts of two or more classes are needed."
                : $"{path}: every row has the label {names[0]}; texts of two or more classes are needed.");
        names = Sort(names);
        if (labelSentences is not null && labelSentences.Count != names.Length)
            throw new InvalidDataException($"{path} has {names.Length} classes ({string.Join(", ", names)}), but {labelSentences.Count} label sentences were given.");
        var pool = Label(path, rows, names);
        LabelledText[] test;
        if (testPath is not null)
            test = Label(testPath, Rows(testPath), names);
        else
        {
            pool = new SplitMix64(SplitSeed).Shuffle(pool);
            test = pool[(pool.Length / 2)..];
            pool = pool[..(pool.Length / 2)];
        }

        if (test.Length == 0)
            throw new InvalidDataException($"{testPath}: no rows below the header; a test set is needed.");
        return new TextTask(Path.GetFileNameWithoutExtension(path), names, labelSentences ?? names, pool, test);
    }

    /// <summary>Reads texts of classes that are known, not all of which need be there: one holder's part of a task.</summary>
    /// <exception cref="InvalidDataException">Names the file, and for malformed rows each line and its reason.</exception>
    public static IReadOnlyList<LabelledText> ReadTexts(string path, IReadOnlyList<string> classNames)
    {
        var texts = Label(path, Rows(path), [.. classNames]);
        return texts.Length > 0 ? texts : throw new InvalidDataException($"{path}: no rows below the header; at least one text is needed.");
    }

    sealed record Row(int Line, string Label, string Text);

    static LabelledText[] Label(string path, List<Row> rows, string[] names)
    {
        Report(path, rows.Where(row => !names.Contains(row.Label))
            .Select(row => $"line {row.Line}: unknown label {row.Label}; {string.Join(", ", names)} were expected"));
        return [.. rows.Select(row => new LabelledText(row.Text, Array.IndexOf(names, row.Label)))];
    }

    static List<Row> Rows(string path)
    {
        var lines = Utf8Lines.Read(path);
        if (lines.Count == 0 || lines[0].Text is not { } header)
            throw new InvalidDataException($"{path}: a header line with the columns label and text (or sentence) was expected, but the file {(lines.Count == 0 ? "is empty" : "is not UTF-8 text")}.");
        var columns = header.Split('\t');
        var (label, text) = (Array.IndexOf(columns, "label"), Math.Max(Array.IndexOf(columns, "text"), Array.IndexOf(columns, "sentence")));
        if (label < 0 || text < 0)
            throw new InvalidDataException($"{path}, line 1: the header has the columns {string.Join(", ", columns)}, but label and text (or sentence) were expected, separated by tabs.");
        if (columns.Distinct(StringComparer.Ordinal).Count() != columns.Length || (columns.Contains("text") && columns.Contains("sentence")))
            throw new InvalidDataException($"{path}, line 1: of the columns {string.Join(", ", columns)} two have the same name or could both be the text.");

        var rows = new List<Row>();
        var errors = new List<string>();
        foreach (var (number, line) in lines.Skip(1).Where(line => line.Text != ""))
        {
            var fields = line?.Split('\t') ?? [];
            var error = line is null ? "is not UTF-8 text"
                : fields.Length != columns.Length ? $"has {fields.Length} fields, but the header has {columns.Length}"
                : string.IsNullOrWhiteSpace(fields[label]) ? "has an empty label"
                : string.IsNullOrWhiteSpace(fields[text]) ? "has an empty text"
                : null;
            if (error is null)
                rows.Add(new Row(number, fields[label].Trim(), fields[text].Trim()));
            else
                errors.Add($"line {number}: {error}");
        }

        Report(path, errors);
        return rows;
    }

    static void Report(string path, IEnumerable<string> errors)
    {
        var all = errors.ToArray();
        if (all.Length == 0)
            return;
        var more = all.Length > Shown ? $"\n  and {all.Length - Shown} more" : "";
        throw new InvalidDataException($"{path}: {all.Length} malformed {(all.Length == 1 ? "row" : "rows")}:\n  {string.Join("\n  ", all.Take(Shown))}{more}");
    }

    static string[] Sort(string[] names)
        => names.All(name => int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            ? [.. names.OrderBy(name => int.Parse(name, CultureInfo.InvariantCulture)).ThenBy(name => name, StringComparer.Ordinal)]
            : [.. names.Order(StringComparer.Ordinal)];
}
