using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MpcActors.Ring;

/// <summary>Values turned into bit planes: plane b holds bit b of every value, 64 values a word.</summary>
[SkipLocalsInit]
public static class BitTranspose
{
    const int Bits = 64;
    const int Lanes = 4;

    /// <summary>Bit i of word w of plane b becomes bit b of value 64w + i.</summary>
    /// <param name="values">64 values a word of a plane.</param>
    /// <param name="planes">64 planes of <paramref name="words"/> words, one plane after another.</param>
    public static void ToPlanes(ReadOnlySpan<ulong> values, Span<ulong> planes, int words)
    {
        var word = 0;
        Span<Vector256<ulong>> rows = stackalloc Vector256<ulong>[Bits];
        for (; word + Lanes <= words; word += Lanes)
        {
            var block = values.Slice(word * Bits, Lanes * Bits);
            for (var i = 0; i < Bits; i++) rows[i] = Vector256.Create(block[i], block[Bits + i], block[2 * Bits + i], block[3 * Bits + i]);
            Transpose(rows);
            for (var b = 0; b < Bits; b++) rows[b].CopyTo(planes[(b * words + word)..]);
        }

        for (; word < words; word++)
        {
            for (var i = 0; i < Bits; i++) rows[i] = Vector256.CreateScalar(values[word * Bits + i]);
            Transpose(rows);
            for (var b = 0; b < Bits; b++) planes[b * words + word] = rows[b].ToScalar();
        }
    }

    /// <summary>Four matrices of 64 by 64 bits at once, one in each lane, by exchanging ever smaller quarters (Warren, Hacker's Delight, 7-3).</summary>
    static void Transpose(Span<Vector256<ulong>> rows)
    {
        // Two sizes in one pass over memory: 32 and 16, 8 and 4, 2 and 1.
        for (var size = Bits / 2; size > 1; size >>= 2)
        {
            var half = size / 2;

            // The low bits of each pair of fields so wide.
            var wide = Vector256.Create(ulong.MaxValue / ((1UL << size) + 1));
            var narrow = Vector256.Create(ulong.MaxValue / ((1UL << half) + 1));
            for (var start = 0; start < Bits; start += 2 * size)
            {
                var group = rows.Slice(start, 2 * size);
                for (var i = 0; i < half; i++)
                {
                    var (a, b, c, d) = (group[i], group[i + half], group[i + size], group[i + size + half]);
                    Exchange(ref a, ref c, size, wide);
                    Exchange(ref b, ref d, size, wide);
                    Exchange(ref a, ref b, half, narrow);
                    Exchange(ref c, ref d, half, narrow);
                    (group[i], group[i + half], group[i + size], group[i + size + half]) = (a, b, c, d);
                }
            }
        }
    }

    static void Exchange(ref Vector256<ulong> upper, ref Vector256<ulong> lower, int size, Vector256<ulong> low)
    {
        var differing = ((upper >>> size) ^ lower) & low;
        upper ^= differing << size;
        lower ^= differing;
    }
}
