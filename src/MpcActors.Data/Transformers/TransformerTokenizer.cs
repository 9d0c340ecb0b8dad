namespace MpcActors.Data.Transformers;

/// <summary>A model's tokenizer with its special tokens: ids that stand for no text and that no text becomes.</summary>
/// <param name="Begin">RoBERTa &lt;s&gt;, BERT [CLS]; null for GPT-2.</param>
/// <param name="End">RoBERTa &lt;/s&gt;, BERT [SEP]; GPT-2 &lt;|endoftext|&gt;, which also parts its texts.</param>
/// <param name="Mask">RoBERTa &lt;mask&gt;, BERT [MASK]; null for GPT-2.</param>
public sealed record TransformerTokenizer(ITokenizer Text, int? Begin, int End, int? Mask) : ITokenizer
{
    /// <summary>The tokenizer of a model folder: tokenizer.json, or vocab.json with merges.txt, or vocab.txt.</summary>
    /// <exception cref="InvalidDataException">A file is missing or not what it should be: names the file, what was found and what is needed.</exception>
    public static TransformerTokenizer FromFolder(string folder, TransformerConfig config)
    {
        var isBert = config.Architecture == Architecture.Bert;
        var (text, pieces) = Find("tokenizer.json") is { } whole ? VocabularyFiles.Tokenizer(File.ReadAllBytes(whole), whole)
            : isBert && Find("vocab.txt") is { } lines ? Cased(VocabularyFiles.Lines(File.ReadAllBytes(lines), lines), lines)
            : !isBert && Find("vocab.json") is { } vocabulary && Find("merges.txt") is { } merges ? Pairs(vocabulary, merges)
            : throw new InvalidDataException($"{folder}: neither tokenizer.json nor {(isBert ? "vocab.txt is" : "vocab.json with merges.txt are")} there; the tokenizer needs one of them.");
        var largest = pieces.MaxBy(entry => entry.Value);
        return largest.Value < config.Vocabulary
            ? Of(config.Architecture, text, pieces, folder)
            : throw new InvalidDataException($"{folder}: the tokenizer's piece \"{largest.Key}\" has id {largest.Value}, but the model has ids 0 to {config.Vocabulary - 1}.");

        string? Find(string name) => Path.Combine(folder, name) is var path && File.Exists(path) ? path : null;

        (ITokenizer, IReadOnlyDictionary<string, int>) Cased(Dictionary<string, int> found, string path)
            => (new WordPiece(found, Find("tokenizer_config.json") is not { } settings || VocabularyFiles.IsLowerCase(File.ReadAllBytes(settings), settings), path), found);
    }

    /// <summary>With the special tokens that the architecture calls by name.</summary>
    internal static TransformerTokenizer Of(Architecture architecture, ITokenizer text, IReadOnlyDictionary<string, int> pieces, string source)
    {
        return architecture switch
        {
            Architecture.Roberta => new(text, Id("<s>"), Id("</s>"), Id("<mask>")),
            Architecture.Bert => new(text, Id("[CLS]"), Id("[SEP]"), Id("[MASK]")),
            _ => new(text, null, Id("<|endoftext|>"), null),
        };

        int Id(string name) => pieces.TryGetValue(name, out var id)
            ? id
            : throw new InvalidDataException($"{source}: the vocabulary of {pieces.Count} pieces has no {name}, which {architecture} needs.");
    }

    /// <summary>The text alone, without special tokens.</summary>
    public int[] Encode(string text) => Text.Encode(text);

    /// <summary>
    /// What the model takes: begin, the parts with a mask between each two, end. With a byte-level vocabulary the space before a word
    /// belongs to the word: EncodeMarked("It was", ".") is It was&lt;mask&gt;., as the reference reads "It was &lt;mask&gt;.". Where the model
    /// has no begin (GPT-2), there is no end either: it goes on.
    /// </summary>
    /// <exception cref="ArgumentException">Several parts, and the model has no mask.</exception>
    public int[] EncodeMarked(params ReadOnlySpan<string> parts)
    {
        if (parts.Length > 1 && Mask is null)
            throw new ArgumentException($"{parts.Length} parts have a mask between them, but this vocabulary has none", nameof(parts));
        var ids = new List<int>();
        if (Begin is { } begin) ids.Add(begin);
        for (var part = 0; part < parts.Length; part++)
        {
            if (part > 0) ids.Add(Mask!.Value);
            ids.AddRange(Encode(parts[part]));
        }

        if (Begin is not null) ids.Add(End);
        return [.. ids];
    }

    static (ITokenizer, IReadOnlyDictionary<string, int>) Pairs(string vocabulary, string merges)
    {
        var pieces = VocabularyFiles.Json(File.ReadAllBytes(vocabulary), vocabulary);
        return (new ByteLevelBpe(pieces, VocabularyFiles.Merges(File.ReadAllBytes(merges), merges), vocabulary), pieces);
    }
}
