using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MpcActors.Ring;

/// <summary>Values to bit planes and back, so that one word operation works on the same bit of 64 values.</summary>
/// <remarks>
/// Bit i of word w of plane b is bit b of value 64w + i; plane b begins at word b · words. A 64 × 64 matrix of bits is transposed
/// in six rounds of exchanges (Warren, Hacker's Delight, section 7-3), four matrices at a time in the lanes of a vector, three
/// rounds a pass over memory.
/// </remarks>
[SkipLocalsInit]
public static class BitTranspose
{
    const int Bits = 64;
    const int Lanes = 4;

    /// <summary>Writes the planes of <paramref name="values"/>; values missing from 64 · <paramref name="words"/> count as zeros.</summary>
    /// <param name="planes">At least 64 · <paramref name="words"/> words.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void ToPlanes(ReadOnlySpan<ulong> values, Span<ulong> planes, int words)
    {
        RequireLengths(values.Length, planes.Length, words);
        Span<Vector256<ulong>> rows = stackalloc Vector256<ulong>[Bits];
        Span<ulong> padded = stackalloc ulong[Lanes * Bits];
        for (var word = 0; word < words; word += Lanes)
        {
            scoped var source = values[Math.Min(values.Length, word * Bits)..];
            if (source.Length < padded.Length)
            {
                padded.Clear();
                source.CopyTo(padded);
                source = padded;
            }

            for (var i = 0; i < Bits; i++)
                rows[i] = Vector256.Create(source[i], source[i + Bits], source[i + 2 * Bits], source[i + 3 * Bits]);
            Transpose(rows);
            for (var bit = 0; bit < Bits; bit++)
            {
                var target = planes.Slice(bit * words + word, Math.Min(Lanes, words - word));
                if (target.Length == Lanes) rows[bit].CopyTo(target);
                else
                    for (var lane = 0; lane < target.Length; lane++) target[lane] = rows[bit].GetElement(lane);
            }
        }
    }

    /// <summary>Writes the values whose planes are <paramref name="planes"/>, as many as <paramref name="values"/> holds.</summary>
    /// <param name="planes">At least 64 · <paramref name="words"/> words.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void FromPlanes(ReadOnlySpan<ulong> planes, Span<ulong> values, int words)
    {
        RequireLengths(values.Length, planes.Length, words);
        Span<Vector256<ulong>> rows = stackalloc Vector256<ulong>[Bits];
        for (var word = 0; word < words && word * Bits < values.Length; word += Lanes)
        {
            for (var bit = 0; bit < Bits; bit++)
            {
                var source = planes.Slice(bit * words + word, Math.Min(Lanes, words - word));
                rows[bit] = source.Length == Lanes
                    ? Vector256.Create(source)
                    : Vector256.Create(source[0], source.Length > 1 ? source[1] : 0, source.Length > 2 ? source[2] : 0, 0);
            }

            Transpose(rows);
            var target = values[(word * Bits)..];
            if (target.Length >= Lanes * Bits)
            {
                for (var i = 0; i < Bits; i++)
                {
                    target[i] = rows[i].GetElement(0);
                    target[i + Bits] = rows[i].GetElement(1);
                    target[i + 2 * Bits] = rows[i].GetElement(2);
                    target[i + 3 * Bits] = rows[i].GetElement(3);
                }
            }
            else
            {
                for (var i = 0; i < target.Length; i++) target[i] = rows[i % Bits].GetElement(i / Bits);
            }
        }
    }

    static void Transpose(Span<Vector256<ulong>> rows)
    {
        for (var row = 0; row < 8; row++) ThreeRounds(rows[row..], 8);
        for (var row = 0; row < Bits; row += 8) ThreeRounds(rows[row..], 1);
    }

    /// <summary>The rounds at four, two and one times <paramref name="step"/>, on the eight rows they link.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void ThreeRounds(Span<Vector256<ulong>> rows, int step)
    {
        var (a, b, c, d) = (rows[0], rows[step], rows[2 * step], rows[3 * step]);
        var (e, f, g, h) = (rows[4 * step], rows[5 * step], rows[6 * step], rows[7 * step]);
        var mask = MaskOf(4 * step);
        Exchange(ref a, ref e, 4 * step, mask);
        Exchange(ref b, ref f, 4 * step, mask);
        Exchange(ref c, ref g, 4 * step, mask);
        Exchange(ref d, ref h, 4 * step, mask);
        mask = MaskOf(2 * step);
        Exchange(ref a, ref c, 2 * step, mask);
        Exchange(ref b, ref d, 2 * step, mask);
        Exchange(ref e, ref g, 2 * step, mask);
        Exchange(ref f, ref h, 2 * step, mask);
        mask = MaskOf(step);
        Exchange(ref a, ref b, step, mask);
        Exchange(ref c, ref d, step, mask);
        Exchange(ref e, ref f, step, mask);
        Exchange(ref g, ref h, step, mask);
        (rows[0], rows[step], rows[2 * step], rows[3 * step]) = (a, b, c, d);
        (rows[4 * step], rows[5 * step], rows[6 * step], rows[7 * step]) = (e, f, g, h);
    }

    /// <summary>The lower <paramref name="width"/> of every 2 · width bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<ulong> MaskOf(int width) => Vector256.Create(ulong.MaxValue / ((1UL << width) + 1));

    /// <summary>Swaps the masked bits of the later row with those <paramref name="shift"/> higher in the earlier one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Exchange(ref Vector256<ulong> earlier, ref Vector256<ulong> later, int shift, Vector256<ulong> mask)
    {
        var differing = ((earlier >>> shift) ^ later) & mask;
        earlier ^= differing << shift;
        later ^= differing;
    }

    static void RequireLengths(int values, int planes, int words)
    {
        var room = checked(Bits * words);
        if (planes < room) throw new ArgumentException($"{planes} words do not hold {Bits} planes of {words} words");
        if (values > room) throw new ArgumentException($"{values} values do not fit planes of {words} words");
    }
}
