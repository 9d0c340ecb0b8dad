using System.Text.Json;

namespace MpcActors.Data;

/// <summary>
/// SentencePiece unigram segmentation as Universal Sentence Encoder Lite does it in TensorFlow.js: NFKC, spaces become U+2581 and one is
/// put in front, the most probable segmentation is found by Viterbi, runs of unknown characters become one id 0. Neither lower-casing
/// nor begin or end marks.
/// </summary>
public sealed class SentencePieceTokenizer : ITokenizer
{
    const int Reserved = 6;
    readonly int[] lengths;
    readonly Dictionary<string, (int Id, double Score)> pieces = new(StringComparer.Ordinal);
    readonly Dictionary<string, (int Id, double Score)>.AlternateLookup<ReadOnlySpan<char>> lookup;
    readonly int longest;

    /// <param name="vocabulary">Pieces with their log probabilities; the index is the id; ids 0 to 5 are reserved and never match text.</param>
    internal SentencePieceTokenizer(IReadOnlyList<(string Piece, double Score)> vocabulary)
    {
        lengths = [.. vocabulary.Select(entry => entry.Piece.Length)];
        for (var id = Reserved; id < vocabulary.Count; id++)
            pieces[vocabulary[id].Piece] = (id, vocabulary[id].Score);
        longest = pieces.Keys.Max(piece => piece.Length);
        lookup = pieces.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Reads a vocabulary file: a JSON array of [piece, score]; <paramref name="source"/> names it in messages.</summary>
    /// <exception cref="InvalidDataException">The file has another form.</exception>
    public static SentencePieceTokenizer FromJson(byte[] json, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            // Five pieces of the published vocabulary have a null score; the published code counts it as 0.
            var vocabulary = document.RootElement.EnumerateArray()
                .Select(entry => (entry[0].GetString()!, entry[1].ValueKind == JsonValueKind.Null ? 0 : entry[1].GetDouble())).ToArray();
            if (vocabulary.Length <= Reserved || vocabulary.Any(entry => string.IsNullOrEmpty(entry.Item1)))
                throw new InvalidDataException($"{source}: {vocabulary.Length} pieces, some perhaps empty; more than {Reserved}, each with text, were expected.");
            return new SentencePieceTokenizer(vocabulary);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IndexOutOfRangeException or FormatException)
        {
            throw new InvalidDataException($"{source}: not a JSON array of [piece, score] ({e.Message}).", e);
        }
    }

    public int[] Encode(string text)
    {
        text = Nfkc.Normalize(text);
        if (text.Length == 0)
            return [];
        text = '\u2581' + text.Replace(' ', '\u2581');
        var best = new double[text.Length + 1];
        var ids = new int[text.Length + 1];
        for (var end = 1; end <= text.Length; end++)
        {
            for (var start = Math.Max(0, end - longest); start < end; start++)
            {
                if (!lookup.TryGetValue(text.AsSpan(start, end - start), out var piece))
                    continue;
                var score = piece.Score + best[start];
                // The published rule to the letter: 0 means "nothing yet", and of equal scores the shorter piece wins.
                if (best[end] == 0 || score >= best[end])
                    (best[end], ids[end]) = (score, piece.Id);
            }
        }

        var path = new List<int>();
        for (var end = text.Length; end > 0; end -= lengths[ids[end]])
            path.Add(ids[end]);
        path.Reverse();
        return [.. path.Where((id, i) => id != 0 || i == 0 || path[i - 1] != 0)];
    }
}
