using System.Globalization;
using System.Text;

namespace MpcActors.Data.Transformers;

/// <summary>
/// Byte-level byte-pair encoding as GPT-2 and RoBERTa use it (Radford et al., 2019, section 2.2): the text is cut into words, each with the
/// space before it, a word into its UTF-8 bytes, and neighbours are merged, the earliest learnt pair first. No text is unknown.
/// </summary>
public sealed class ByteLevelBpe : ITokenizer
{
    readonly int[] bytes = new int[256];
    readonly Dictionary<(int Left, int Right), (int Rank, int Merged)> merges = [];

    /// <param name="vocabulary">Pieces, in which each byte is written as a visible character, and their ids.</param>
    /// <param name="pairs">Two pieces to merge, the earliest learnt first.</param>
    /// <param name="source">Names the vocabulary in messages.</param>
    /// <exception cref="InvalidDataException">A byte, or a piece of a merge, is not in the vocabulary.</exception>
    public ByteLevelBpe(IReadOnlyDictionary<string, int> vocabulary, IEnumerable<(string Left, string Right)> pairs, string source)
    {
        for (var value = 0; value < 256; value++)
            bytes[value] = Id(Visible((byte)value).ToString(), $"byte {value}");
        foreach (var (left, right) in pairs)
        {
            var rank = merges.Count;
            var what = $"merge {rank + 1}";
            merges.TryAdd((Id(left, what), Id(right, what)), (rank, Id(left + right, what)));
        }

        int Id(string piece, string what) => vocabulary.TryGetValue(piece, out var id)
            ? id
            : throw new InvalidDataException($"{source}: the piece \"{piece}\" of {what} is not in the vocabulary of {vocabulary.Count} pieces.");
    }

    /// <summary>Text is text: the name of a special token is cut like any other word.</summary>
    public int[] Encode(string text)
    {
        var ids = new List<int>();
        var points = text.EnumerateRunes().ToArray();
        Span<byte> utf8 = stackalloc byte[4];
        for (int start = 0, end; start < points.Length; start = end)
        {
            end = EndOfWord(points, start);
            var word = new List<int>();
            foreach (var point in points.AsSpan(start..end))
                foreach (var value in utf8[..point.EncodeToUtf8(utf8)]) word.Add(bytes[value]);
            ids.AddRange(Merge(word));
        }

        return [.. ids];
    }

    /// <summary>GPT-2's pattern, 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+, by whole code points.</summary>
    static int EndOfWord(ReadOnlySpan<Rune> points, int start)
    {
        if (points[start].Value == '\'')
        {
            foreach (var suffix in (ReadOnlySpan<string>)["s", "t", "re", "ve", "m", "ll", "d"])
            {
                var end = start + 1 + suffix.Length;
                if (end <= points.Length && points[start + 1].Value == suffix[0] && (suffix.Length == 1 || points[start + 2].Value == suffix[1])) return end;
            }
        }

        var at = start;
        if (points[start].Value == ' ' && start + 1 < points.Length && KindOf(points[start + 1]) != Kind.Space) at++;
        var kind = KindOf(points[at]);
        while (at < points.Length && KindOf(points[at]) == kind) at++;
        // The last of several spaces before a word is left to the word.
        return kind == Kind.Space && at < points.Length && at - start > 1 ? at - 1 : at;
    }

    enum Kind
    {
        Letter,
        Number,
        Space,
        Other,
    }

    static Kind KindOf(Rune point) => Rune.IsWhiteSpace(point) ? Kind.Space : Rune.GetUnicodeCategory(point) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Kind.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
        _ => Kind.Other,
    };

    /// <summary>A queue of possible merges beside a linked list of pieces: a word of n bytes takes n log n, however long.</summary>
    List<int> Merge(List<int> word)
    {
        var next = new int[word.Count];
        var previous = new int[word.Count];
        var queue = new PriorityQueue<(int At, int Left, int Right), (int Rank, int At)>();
        for (var i = 0; i < word.Count; i++) (previous[i], next[i]) = (i - 1, i + 1);
        for (var i = 0; i + 1 < word.Count; i++) Offer(i);
        while (queue.TryDequeue(out var pair, out _))
        {
            // Since it was offered, either piece may have become part of another; its place then holds −1 or another id.
            var (at, right) = (pair.At, next[pair.At]);
            if (word[at] != pair.Left || right >= word.Count || word[right] != pair.Right) continue;
            word[at] = merges[(pair.Left, pair.Right)].Merged;
            word[right] = -1;
            next[at] = next[right];
            if (next[at] < word.Count)
            {
                previous[next[at]] = at;
                Offer(at);
            }

            if (previous[at] >= 0) Offer(previous[at]);
        }

        word.RemoveAll(id => id < 0);
        return word;

        void Offer(int at)
        {
            var (left, right) = (word[at], word[next[at]]);
            if (merges.TryGetValue((left, right), out var merge)) queue.Enqueue((at, left, right), (merge.Rank, at));
        }
    }

    /// <summary>The character that stands for a byte in vocabulary files: itself where it is visible in Latin-1, otherwise the next from U+0100 on.</summary>
    internal static char Visible(byte value)
    {
        return IsVisible(value) ? (char)value : (char)(256 + Enumerable.Range(0, value).Count(other => !IsVisible(other)));

        static bool IsVisible(int value) => value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
    }
}
