using System.Globalization;
using System.Text;

namespace MpcActors.Data.Transformers;

/// <summary>
/// BERT's tokenizer (Devlin et al., NAACL 2019): the text is cleaned, perhaps lower-cased and stripped of accents, cut at spaces, punctuation
/// and Chinese characters, and each word is covered by the longest pieces from the left; a word that cannot be covered is unknown.
/// </summary>
public sealed class WordPiece : ITokenizer
{
    const int LongestWord = 100;

    readonly IReadOnlyDictionary<string, int> vocabulary;
    readonly bool isLowerCase;
    readonly int unknown;
    readonly int longestPiece;

    /// <param name="vocabulary">Pieces and ids; a piece that continues a word starts with ##.</param>
    /// <param name="isLowerCase">For the uncased models: lower case, and no accents.</param>
    /// <param name="source">Names the vocabulary in messages.</param>
    /// <exception cref="InvalidDataException">The vocabulary has no [UNK].</exception>
    public WordPiece(IReadOnlyDictionary<string, int> vocabulary, bool isLowerCase, string source)
    {
        this.vocabulary = vocabulary;
        this.isLowerCase = isLowerCase;
        longestPiece = vocabulary.Keys.Select(piece => piece.Length).DefaultIfEmpty().Max();
        if (!vocabulary.TryGetValue("[UNK]", out unknown))
            throw new InvalidDataException($"{source}: the vocabulary of {vocabulary.Count} pieces has no [UNK], which a word that cannot be covered becomes.");
    }

    /// <summary>Text is text: the name of a special token is cut like any other word.</summary>
    public int[] Encode(string text)
    {
        var ids = new List<int>();
        var word = new StringBuilder();
        foreach (var point in Normalize(text))
        {
            var isAlone = IsPunctuation(point) || IsChinese(point.Value);
            if (isAlone || Rune.IsWhiteSpace(point)) EndWord();
            if (Rune.IsWhiteSpace(point)) continue;
            word.Append(point.ToString());
            if (isAlone) EndWord();
        }

        EndWord();
        return [.. ids];

        void EndWord()
        {
            if (word.Length > 0) Cover(word.ToString(), ids);
            word.Clear();
        }
    }

    void Cover(string word, List<int> ids)
    {
        var first = ids.Count;
        var points = word.EnumerateRunes().Count();
        for (int start = 0, end; start < word.Length && points <= LongestWord; start = end)
        {
            var prefix = start == 0 ? "" : "##";
            for (end = Math.Min(word.Length, start + longestPiece); end > start; end--)
            {
                if (!vocabulary.TryGetValue(prefix + word[start..end], out var id)) continue;
                ids.Add(id);
                break;
            }

            if (end == start) points = int.MaxValue;
        }

        if (points <= LongestWord) return;
        ids.RemoveRange(first, ids.Count - first);
        ids.Add(unknown);
    }

    IEnumerable<Rune> Normalize(string text)
    {
        var clean = text.EnumerateRunes().Where(point => point.Value is '\t' or '\n' or '\r' || !IsRemoved(point));
        if (!isLowerCase) return clean;
        return Nfkc.Decompose(string.Concat(clean), UnicodeTables.Data.Canonical).Select(point => new Rune(point))
            .Where(point => Rune.GetUnicodeCategory(point) != UnicodeCategory.NonSpacingMark).Select(Rune.ToLowerInvariant);
    }

    static bool IsRemoved(Rune point) => point == Rune.ReplacementChar
        || Rune.GetUnicodeCategory(point) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse;

    /// <summary>Unicode's, and the rest of ASCII that is neither letter nor digit nor space: ^, $, ` and so on.</summary>
    static bool IsPunctuation(Rune point) => point.IsAscii
        ? point.Value is (>= 33 and <= 47) or (>= 58 and <= 64) or (>= 91 and <= 96) or (>= 123 and <= 126)
        : Rune.IsPunctuation(point);

    /// <summary>The blocks of CJK unified ideographs that BERT's authors list; other scripts of East Asia are written with spaces or cut as words.</summary>
    static bool IsChinese(int point) => point is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B820 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
