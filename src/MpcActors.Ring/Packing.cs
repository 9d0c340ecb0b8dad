namespace MpcActors.Ring;

/// <summary>The low bits of values, one after another without gaps in 64-bit words.</summary>
public static class Packing
{
    /// <summary>How many words <paramref name="count"/> values of <paramref name="bits"/> bits fill.</summary>
    public static int WordsFor(long count, int bits) => checked((int)((count * bits + 63) / 64));

    public static void Pack(ReadOnlySpan<ulong> values, int bits, Span<ulong> words)
    {
        words.Clear();
        var mask = bits == 64 ? ulong.MaxValue : (1UL << bits) - 1;
        for (var i = 0; i < values.Length; i++)
        {
            var at = (long)i * bits;
            var (word, shift) = ((int)(at >> 6), (int)(at & 63));
            var value = values[i] & mask;
            words[word] |= value << shift;
            if (shift + bits > 64) words[word + 1] |= value >> (64 - shift);
        }
    }

    public static void Unpack(ReadOnlySpan<ulong> words, int bits, Span<ulong> values)
    {
        var mask = bits == 64 ? ulong.MaxValue : (1UL << bits) - 1;
        for (var i = 0; i < values.Length; i++)
        {
            var at = (long)i * bits;
            var (word, shift) = ((int)(at >> 6), (int)(at & 63));
            var value = words[word] >> shift;
            if (shift + bits > 64) value |= words[word + 1] << (64 - shift);
            values[i] = value & mask;
        }
    }
}
