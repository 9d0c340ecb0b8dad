using System.Text;
using System.Text.Json;

namespace MpcActors.Data.Transformers;

/// <summary>The forms in which vocabularies are published.</summary>
static class VocabularyFiles
{
    /// <summary>A JSON object of piece → id.</summary>
    public static Dictionary<string, int> Json(byte[] content, string source)
        => Parsed(content, source, "a JSON object of piece to id", root => Pieces(root, source));

    /// <summary>A piece a line; the line's number is the id.</summary>
    public static Dictionary<string, int> Lines(byte[] content, string source)
    {
        var pieces = new Dictionary<string, int>(StringComparer.Ordinal);
        var lines = Encoding.UTF8.GetString(content).Split('\n');
        for (var id = 0; id < lines.Length - (lines[^1].Length == 0 ? 1 : 0); id++)
            Add(pieces, lines[id].TrimEnd('\r'), id, source);
        return pieces;
    }

    /// <summary>Two pieces a line, the earliest learnt first; a first line that starts with #version is passed over.</summary>
    public static List<(string Left, string Right)> Merges(byte[] content, string source)
        => [.. Encoding.UTF8.GetString(content).Split('\n').Select(line => line.TrimEnd('\r'))
            .Where((line, i) => line.Length > 0 && !(i == 0 && line.StartsWith("#version", StringComparison.Ordinal)))
            .Select((line, i) => Pair(line.Split(' '), i, source))];

    /// <summary>A tokenizer.json as the tokenizers library writes it: byte-level BPE or WordPiece, and every piece with its id.</summary>
    public static (ITokenizer Tokenizer, IReadOnlyDictionary<string, int> Pieces) Tokenizer(byte[] content, string source)
        => Parsed<(ITokenizer, IReadOnlyDictionary<string, int>)>(content, source, "a tokenizer with a model of type BPE or WordPiece", root =>
        {
            var model = root.GetProperty("model");
            var pieces = Pieces(model.GetProperty("vocab"), source);
            ITokenizer tokenizer = model.GetProperty("type").GetString() switch
            {
                "BPE" => new ByteLevelBpe(pieces, model.GetProperty("merges").EnumerateArray().Select((merge, i) => Pair(merge.ValueKind == JsonValueKind.String
                    ? merge.GetString()!.Split(' ')
                    : [.. merge.EnumerateArray().Select(piece => piece.GetString()!)], i, source)), source),
                "WordPiece" => new WordPiece(pieces, IsLowerCase(BertNormalizer(root, source), "lowercase", "handle_chinese_chars", source), source),
                var other => throw new InvalidDataException($"{source}: the model is of type {other}; BPE or WordPiece was expected."),
            };
            if (tokenizer is ByteLevelBpe)
                RequirePlain(root, source);
            if (root.TryGetProperty("added_tokens", out var added))
                foreach (var token in added.EnumerateArray())
                    pieces.TryAdd(token.GetProperty("content").GetString()!, token.GetProperty("id").GetInt32());
            return (tokenizer, pieces);
        });

    /// <summary>A tokenizer_config.json: whether the vocabulary is uncased, which is so where nothing is said.</summary>
    public static bool IsLowerCase(byte[] settings, string source)
        => Parsed(settings, source, "an object with the settings of BERT's tokenizer", root => IsLowerCase(root, "do_lower_case", "tokenize_chinese_chars", source));

    static bool IsLowerCase(JsonElement settings, string lower, string chinese, string source)
    {
        var isLowerCase = Flag(lower) ?? true;
        if (Flag(chinese) == false || Flag("clean_text") == false)
            throw new InvalidDataException($"{source}: {chinese} or clean_text is false; BERT's tokenizer does both.");
        if (Flag("strip_accents") is { } strips && strips != isLowerCase)
            throw new InvalidDataException($"{source}: strip_accents is {(strips ? "true" : "false")}, though {lower} is not; BERT's tokenizer does both or neither.");
        return isLowerCase;

        bool? Flag(string name) => settings.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetBoolean() : null;
    }

    static JsonElement BertNormalizer(JsonElement root, string source)
        => root.TryGetProperty("normalizer", out var normalizer) && normalizer.ValueKind == JsonValueKind.Object && normalizer.GetProperty("type").GetString() == "BertNormalizer"
            ? normalizer
            : throw new InvalidDataException($"{source}: a normalizer of type BertNormalizer was expected.");

    /// <summary>What GPT-2 and RoBERTa do to a text before its words are cut: nothing.</summary>
    static void RequirePlain(JsonElement root, string source)
    {
        var cut = root.GetProperty("pre_tokenizer");
        var isPlain = cut.GetProperty("type").GetString() == "ByteLevel"
            && !(cut.TryGetProperty("add_prefix_space", out var space) && space.GetBoolean())
            && !(cut.TryGetProperty("use_regex", out var regex) && !regex.GetBoolean())
            && (!root.TryGetProperty("normalizer", out var normalizer) || normalizer.ValueKind == JsonValueKind.Null);
        if (!isPlain)
            throw new InvalidDataException($"{source}: a pre_tokenizer of type ByteLevel without add_prefix_space, and no normalizer, were expected; found {cut.GetRawText()}.");
    }

    static Dictionary<string, int> Pieces(JsonElement vocabulary, string source)
    {
        var pieces = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in vocabulary.EnumerateObject())
            Add(pieces, entry.Name, entry.Value.GetInt32(), source);
        return pieces;
    }

    static void Add(Dictionary<string, int> pieces, string piece, int id, string source)
    {
        if (id < 0 || !pieces.TryAdd(piece, id))
            throw new InvalidDataException($"{source}: the piece \"{piece}\" {(id < 0 ? $"has id {id}; ids from 0 were expected" : "occurs twice; once was expected")}.");
    }

    static (string, string) Pair(string[] pieces, int index, string source) => pieces.Length == 2
        ? (pieces[0], pieces[1])
        : throw new InvalidDataException($"{source}: merge {index + 1} has {pieces.Length} pieces; two were expected.");

    static T Parsed<T>(byte[] content, string source, string expected, Func<JsonElement, T> read)
    {
        try
        {
            using var json = JsonDocument.Parse(content);
            return read(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException($"{source}: not {expected} ({e.Message}).", e);
        }
    }
}
