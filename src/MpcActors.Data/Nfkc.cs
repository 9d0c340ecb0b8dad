using System.Text;

namespace MpcActors.Data;

/// <summary>
/// Unicode compatibility normalisation, form NFKC (Unicode Standard Annex 15). The runtime's own does nothing in the invariant
/// globalization mode, which this solution uses so that it runs without ICU and alike on every machine.
/// </summary>
static class Nfkc
{
    // Hangul syllables are decomposed and composed by arithmetic (the Unicode Standard, section 3.12).
    const int SBase = 0xAC00, LBase = 0x1100, VBase = 0x1161, TBase = 0x11A7, LCount = 19, VCount = 21, TCount = 28;

    public static string Normalize(string text)
    {
        if (Ascii.IsValid(text))
            return text;
        var points = Decompose(text, UnicodeTables.Data.Decompositions);
        Compose(points);
        var result = new StringBuilder(points.Count);
        foreach (var point in points)
        {
            if (point > 0xFFFF)
                result.Append(char.ConvertFromUtf32(point));
            else
                result.Append((char)point);
        }

        return result.ToString();
    }

    /// <summary>Code points, fully decomposed by a table, marks in canonical order.</summary>
    public static List<int> Decompose(string text, IReadOnlyDictionary<int, int[]> decompositions)
    {
        var points = new List<int>(text.Length + 8);
        for (var i = 0; i < text.Length; i++)
        {
            int point = text[i];
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                point = char.ConvertToUtf32(text[i], text[++i]);
            var syllable = point - SBase;
            if (syllable is >= 0 and < LCount * VCount * TCount)
            {
                points.Add(LBase + syllable / (VCount * TCount));
                points.Add(VBase + syllable / TCount % VCount);
                if (syllable % TCount != 0)
                    points.Add(TBase + syllable % TCount);
            }
            else if (decompositions.TryGetValue(point, out var parts))
                points.AddRange(parts);
            else
                points.Add(point);
        }

        Reorder(points);
        return points;
    }

    /// <summary>Sorts each run of combining marks by class, keeping the order within a class.</summary>
    static void Reorder(List<int> points)
    {
        for (var i = 1; i < points.Count; i++)
        {
            var point = points[i];
            var mark = Class(point);
            var to = i;
            while (mark != 0 && to > 0 && Class(points[to - 1]) > mark)
            {
                points[to] = points[to - 1];
                to--;
            }

            points[to] = point;
        }
    }

    /// <summary>Joins each starter with the marks behind it that nothing of the same or a higher class blocks.</summary>
    static void Compose(List<int> points)
    {
        int starter = -1, last = -1, length = 0;
        for (var i = 0; i < points.Count; i++)
        {
            var point = points[i];
            var mark = Class(point);
            // last is the class of what stands between starter and this mark; -1 where nothing does.
            if (starter >= 0 && last < mark && Pair(points[starter], point) is { } joined)
            {
                points[starter] = joined;
                continue;
            }

            if (mark == 0)
            {
                starter = length;
                last = -1;
            }
            else
                last = mark;
            points[length++] = point;
        }

        points.RemoveRange(length, points.Count - length);
    }

    static int? Pair(int first, int second)
    {
        if (first is >= LBase and < LBase + LCount && second is >= VBase and < VBase + VCount)
            return SBase + ((first - LBase) * VCount + second - VBase) * TCount;
        if (first is >= SBase and < SBase + LCount * VCount * TCount && (first - SBase) % TCount == 0 && second is > TBase and < TBase + TCount)
            return first + second - TBase;
        return UnicodeTables.Data.Composites.TryGetValue((first, second), out var joined) ? joined : null;
    }

    static int Class(int point) => UnicodeTables.Data.Classes.GetValueOrDefault(point);
}
