using System.Text.Json;

namespace MpcActors.Cli.Html;

/// <summary>A run.json of any command and version: read by name, so that what a file lacks is left out of the page.</summary>
sealed class RunFile
{
    const string Schema = "mpc-actors/1";

    RunFile(JsonElement root, string path) => (Root, Path) = (root, path);

    public JsonElement Root { get; }

    /// <summary>Where it was read, or would be.</summary>
    public string Path { get; }

    public string Command => Text("command") ?? "";

    /// <exception cref="BadInputException">There is no such file, or it is not what a command wrote.</exception>
    public static RunFile Read(string path)
    {
        if (Directory.Exists(path)) path = System.IO.Path.Combine(path, "run.json");
        if (!File.Exists(path)) throw new BadInputException($"there is no file '{path}'; give the run.json that a command wrote, or its folder");
        return Parse(File.ReadAllText(path), path);
    }

    public static RunFile Parse(string json, string path)
    {
        try
        {
            var root = JsonDocument.Parse(json).RootElement;
            if (root.ValueKind == JsonValueKind.Object && TextOf(root, "schema") == Schema && TextOf(root, "command") is not null) return new(root, path);
        }
        catch (JsonException problem)
        {
            throw new BadInputException($"'{path}' is no JSON: {problem.Message}", problem);
        }

        throw new BadInputException($"'{path}' is no run.json: it lacks \"schema\": \"{Schema}\" and a \"command\"");
    }

    public string? Text(string name) => TextOf(Root, name);

    public string? TextAt(string of, string name) => Find(Root, [of]) is { } found ? TextOf(found, name) : null;

    public double? Number(params ReadOnlySpan<string> path) => NumberOf(Root, path);

    /// <summary>Elements of an array; none where there is none.</summary>
    public IEnumerable<JsonElement> List(string name) => ListOf(Root, name);

    /// <summary>Members of an object; none where there is none.</summary>
    public IEnumerable<JsonProperty> Members(params ReadOnlySpan<string> path) => Find(Root, path) is { ValueKind: JsonValueKind.Object } found ? found.EnumerateObject() : [];

    public static string? TextOf(JsonElement of, string name) => Find(of, [name]) is { ValueKind: JsonValueKind.String } found ? found.GetString() : null;

    public static double? NumberOf(JsonElement of, params ReadOnlySpan<string> path) => Find(of, path) is { ValueKind: JsonValueKind.Number } found ? found.GetDouble() : null;

    public static IEnumerable<JsonElement> ListOf(JsonElement of, string name) => Find(of, [name]) is { ValueKind: JsonValueKind.Array } found ? found.EnumerateArray() : [];

    /// <summary>The largest of an array of numbers by party.</summary>
    public static double? LargestOf(JsonElement of, string name) =>
        ListOf(of, name).Where(item => item.ValueKind == JsonValueKind.Number).Select(item => (double?)item.GetDouble()).Max();

    static JsonElement? Find(JsonElement of, ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (of.ValueKind != JsonValueKind.Object || !of.TryGetProperty(name, out of)) return null;
        }

        return of;
    }
}
