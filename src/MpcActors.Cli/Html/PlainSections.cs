using System.Text.Json;

namespace MpcActors.Cli.Html;

/// <summary>What no other section has shown: arrays of flat objects as tables, single numbers in one more.</summary>
static class PlainSections
{
    static readonly string[] Common = ["schema", "command", "seed", "commit", "machine", "runtime", "elapsedSeconds", "notes", "quick"];

    /// <param name="shown">Members that other sections have shown.</param>
    public static IEnumerable<Section> Of(RunFile run, params IReadOnlyCollection<string> shown)
    {
        JsonProperty[] left = [.. run.Root.EnumerateObject().Where(member => !Common.Contains(member.Name) && !shown.Contains(member.Name))];
        DataTable[] tables = [.. left.Where(member => member.Value.ValueKind == JsonValueKind.Array).Select(Table).OfType<DataTable>()];
        // A member's name may be anything, so it is no part of an address.
        for (var i = 0; i < tables.Length; i++) yield return new($"more-{i + 1}", tables[i].Title, "", null, tables[i]);
        var single = left.SelectMany(member => Flat(member.Name, member.Value)).ToArray();
        if (single.Length > 0)
            yield return new("settings", "Settings and other figures", "", null, new DataTable("Settings and other figures", 1, [new("what"), new("value")], single));
    }

    static DataTable? Table(JsonProperty member)
    {
        JsonElement[] items = [.. member.Value.EnumerateArray()];
        if (items.Length == 0 || items.Any(item => item.ValueKind != JsonValueKind.Object)) return null;
        string[] names = [.. items.SelectMany(item => item.EnumerateObject()).Where(value => Value(value.Value) is not null).Select(value => value.Name).Distinct()];
        if (names.Length == 0) return null;
        return new(
            Capital(Title(member.Name)), 1, [.. names.Select(name => new Column(Title(name), Unit(name)))],
            [.. items.Select(item => (IReadOnlyList<object?>)[.. names.Select(name => item.TryGetProperty(name, out var value) ? Value(value) : null)])]);
    }

    static IEnumerable<IReadOnlyList<object?>> Flat(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(inner => Flat($"{name}.{inner.Name}", inner.Value)),
        _ when Value(value) is { } shown => [[name, shown is double number ? Words.Of(number, Unit(name)) : shown]],
        _ => [],
    };

    static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind is JsonValueKind.Number or JsonValueKind.String) =>
            string.Join(", ", value.EnumerateArray().Select(item => item.ToString())),
        _ => null,
    };

    static string Unit(string name) => name switch
    {
        _ when name.EndsWith("Bytes", StringComparison.Ordinal) => "bytes",
        _ when name.EndsWith("Seconds", StringComparison.Ordinal) || name == "seconds" => "seconds",
        _ => "",
    };

    static string Capital(string title) => title.Length == 0 ? "–" : char.ToUpperInvariant(title[0]) + title[1..];

    /// <summary>cpuSeconds becomes "cpu seconds".</summary>
    static string Title(string name) => string.Concat(name.Select((letter, i) => char.IsUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : $"{letter}"));
}
