namespace MpcActors.Ring;

/// <summary>The low bits of values, one after another without gaps in 64-bit words.</summary>
public static class Packing
{
    const int WordBits = 64;

    /// <summary>How many words <paramref name="count"/> values of <paramref name="bits"/> bits fill.</summary>
    public static int WordsFor(long count, int bits) => checked((int)((count * bits + WordBits - 1) / WordBits));

    /// <summary>Writes the low <paramref name="bits"/> bits of each value; what is left of <paramref name="words"/> becomes zero.</summary>
    /// <exception cref="ArgumentException">There are too few words, or the bits are not 1 to 64.</exception>
    public static void Pack(ReadOnlySpan<ulong> values, int bits, Span<ulong> words)
    {
        RequireRoom(values.Length, bits, words.Length);
        words[WordsFor(values.Length, bits)..].Clear();
        if (bits == WordBits)
        {
            values.CopyTo(words);
            return;
        }

        var mask = MaskOf(bits);
        var (word, at, filled) = (0UL, 0, 0);
        foreach (var value in values)
        {
            var low = value & mask;
            word |= low << filled;
            filled += bits;
            if (filled < WordBits) continue;
            words[at++] = word;
            filled -= WordBits;

            // The first (bits − filled) bits found room; shifting once more by one lets a full fit leave nothing.
            word = low >> (bits - filled - 1) >> 1;
        }

        if (filled > 0) words[at] = word;
    }

    /// <summary>Reads as many values of <paramref name="bits"/> bits as <paramref name="values"/> holds.</summary>
    /// <exception cref="ArgumentException">There are too few words, or the bits are not 1 to 64.</exception>
    public static void Unpack(ReadOnlySpan<ulong> words, int bits, Span<ulong> values)
    {
        RequireRoom(values.Length, bits, words.Length);
        if (bits == WordBits)
        {
            words[..values.Length].CopyTo(values);
            return;
        }

        var mask = MaskOf(bits);
        var (word, at, left) = (0UL, 0, 0);
        for (var i = 0; i < values.Length; i++)
        {
            if (left >= bits)
            {
                values[i] = word & mask;
                word >>= bits;
                left -= bits;
                continue;
            }

            var next = words[at++];
            values[i] = (word | next << left) & mask;
            word = next >> (bits - left - 1) >> 1;
            left += WordBits - bits;
        }
    }

    static ulong MaskOf(int bits) => ulong.MaxValue >> (WordBits - bits);

    static void RequireRoom(int values, int bits, int words)
    {
        if (bits is < 1 or > WordBits) throw new ArgumentException($"a value has 1 to {WordBits} bits, not {bits}");
        if (words < WordsFor(values, bits)) throw new ArgumentException($"{values} values of {bits} bits need {WordsFor(values, bits)} words, not {words}");
    }
}
