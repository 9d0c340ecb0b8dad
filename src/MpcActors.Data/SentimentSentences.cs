using System.Text.Json;

namespace MpcActors.Data;

/// <summary>
/// Sentences from Yelp, IMDB and Amazon reviews, 1,000 each, half of them positive (Kotzias et al., KDD 2015), as the MIT-licensed npm
/// package sentiment carries them. They have no split of their own: a fixed shuffle puts 400 in the pool and 600 in the test set.
/// </summary>
public static class SentimentSentences
{
    const int PoolSize = 400, Rows = 1000;
    const ulong SplitSeed = 20150810;

    /// <summary>The tasks' names, in the order in which <see cref="EnsureAsync"/> returns them.</summary>
    public static IReadOnlyList<string> Names { get; } = ["yelp", "imdb", "amazon"];

    static readonly CachedPackage Package = new(
        "The sentences of Yelp, IMDB and Amazon reviews (0.1 MB)",
        "sentiment@5.0.2",
        "89302eb03d2005d03b214fe65814bb48adb7d3c42c8ca80bdee6a3ecb7e4480f",
        "sentiment-5.0.2",
        new Dictionary<string, string>
        {
            ["yelp.json"] = "9f3f47983f21eeb819380767b74bfa648eca208f156241111454b3e122773ff7",
            ["imdb.json"] = "44a7b9082ed732ee2de3c858ea5ee2e99aca34f239a1c4359d3a300bf099bdb5",
            ["amazon.json"] = "bc5eb0cac49fc45987301f1dc2d02cf5ca356ba6c882be179dce77d74e666ed9",
        },
        files => Names.ToDictionary(name => name + ".json", name => files[$"package/test/fixtures/{name}.json"]));

    /// <summary>The three tasks.</summary>
    /// <exception cref="MissingResourceException">They are not in the cache and cannot be fetched.</exception>
    public static async Task<IReadOnlyList<TextTask>> EnsureAsync(ModelCache cache, IProgress<string>? progress = null, CancellationToken token = default)
    {
        var files = await cache.EnsureAsync(Package, progress, token);
        return [.. Names.Select(name => Read(name, files[name + ".json"]))];
    }

    static TextTask Read(string name, byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        // The last entry of each file is empty, with a null class.
        var rows = document.RootElement.EnumerateArray()
            .Where(row => row.GetProperty("class").ValueKind == JsonValueKind.Number)
            .Select(row => new LabelledText(row.GetProperty("text").GetString()!.Trim(), row.GetProperty("class").GetInt32())).ToArray();
        if (rows.Length != Rows)
            throw new InvalidDataException($"{name}.json has {rows.Length} sentences, but {Rows} were expected.");
        rows = new SplitMix64(SplitSeed).Shuffle(rows);
        return new TextTask(name, ["negative", "positive"], ["This is bad.", "This is good."], rows[..PoolSize], rows[PoolSize..]);
    }
}
