using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>The first step of a comparison: sixteen digits of a public number against those of a shared one, locally.</summary>
/// <remarks>
/// <para>
/// A number's lowest 63 bits are fifteen digits of four bits and, lowest, one of three; digit 0 is the most significant. A
/// shared digit d is dealt in unary: bits h_j = [d = j] for j ≥ 1, where h_0 is one minus the others. For a public digit p,
/// [p &lt; d] is the exclusive or of h_j over j &gt; p and [p = d] is h_p: which ones is public, so both are local.
/// </para>
/// <para>A last plane is the number's top bit.</para>
/// </remarks>
[SkipLocalsInit]
static class Digits
{
    public const int Count = 16;

    const int TopBit = 63;

    /// <summary>Planes of the dealt unary digits and the top bit.</summary>
    public const int Planes = 15 * 15 + 7 + 1;

    /// <summary>At the dealer's: the unary digits and the top bits of <paramref name="numbers"/>.</summary>
    public static RingTensor Unary(RingTensor numbers)
    {
        var unary = RingTensor.Uninitialized(new(Planes, BitBlocks.WordsFor(numbers.Count)));
        BitBlocks.ForEach(unary.Shape.Columns, block =>
        {
            Span<Vector256<ulong>> bits = stackalloc Vector256<ulong>[64];
            Span<Vector256<ulong>> planes = stackalloc Vector256<ulong>[Planes];
            BitBlocks.Transpose(numbers, block, 0, bits);
            for (var digit = 0; digit < Count; digit++) WriteUnary(BitsOf(bits, digit), planes[(15 * digit)..]);
            planes[Planes - 1] = bits[TopBit];
            BitBlocks.Store(planes, unary, block);
        });
        return unary;
    }

    /// <summary>Compares <paramref name="numbers"/> minus <paramref name="subtrahend"/> with the shared numbers whose <paramref name="unary"/> digits are given.</summary>
    /// <returns>
    /// For each digit a share of whether the public digit is below and of whether they are equal. The top digit's "below" is
    /// exclusive-ored with the top bits of both numbers, and so what comes out of the carry tree is the sign of the difference.
    /// </returns>
    public static Carries Compare(RingTensor numbers, ulong subtrahend, RingTensor unary, bool isOne)
    {
        if (numbers.IsHollow || unary.IsHollow) return Carries.Hollow(Count, unary.Shape.Columns);
        var carries = Carries.Uninitialized(Count, unary.Shape.Columns);
        var one = isOne ? Vector256<ulong>.AllBitsSet : Vector256<ulong>.Zero;
        BitBlocks.ForEach(unary.Shape.Columns, block =>
        {
            Span<Vector256<ulong>> bits = stackalloc Vector256<ulong>[64];
            Span<Vector256<ulong>> scratch = stackalloc Vector256<ulong>[Planes];
            Span<Vector256<ulong>> below = stackalloc Vector256<ulong>[Count];
            Span<Vector256<ulong>> equal = stackalloc Vector256<ulong>[Count];
            BitBlocks.Transpose(numbers, block, subtrahend, bits);
            var planes = BitBlocks.Load(unary, block, scratch);
            for (var digit = 0; digit < Count; digit++)
                CompareDigit(BitsOf(bits, digit), planes[(15 * digit)..], one, out below[digit], out equal[digit]);
            below[0] ^= planes[Planes - 1] ^ (bits[TopBit] & one);
            carries.Store(below, equal, block);
        });
        return carries;
    }

    /// <summary>The planes of a digit, lowest bit first: 59 to 62, 55 to 58, ... 3 to 6, and 0 to 2.</summary>
    static ReadOnlySpan<Vector256<ulong>> BitsOf(ReadOnlySpan<Vector256<ulong>> bits, int digit) =>
        digit < Count - 1 ? bits.Slice(59 - 4 * digit, 4) : bits[..3];

    /// <summary>Products of the bits and of their opposites, doubled bit by bit; the product for j = 0 is left out.</summary>
    static void WriteUnary(ReadOnlySpan<Vector256<ulong>> bits, Span<Vector256<ulong>> unary)
    {
        Span<Vector256<ulong>> products = stackalloc Vector256<ulong>[16];
        products[0] = Vector256<ulong>.AllBitsSet;
        var length = 1;
        foreach (var bit in bits)
        {
            for (var j = 0; j < length; j++)
            {
                products[length + j] = products[j] & bit;
                products[j] = Vector256.AndNot(products[j], bit);
            }

            length *= 2;
        }

        products[1..length].CopyTo(unary);
    }

    static void CompareDigit(
        ReadOnlySpan<Vector256<ulong>> digit, ReadOnlySpan<Vector256<ulong>> unary, Vector256<ulong> one,
        out Vector256<ulong> below, out Vector256<ulong> equal)
    {
        // For each value p of the public digit what would be the answer, then one bit of the digit halves the choice.
        Span<Vector256<ulong>> belows = stackalloc Vector256<ulong>[16];
        Span<Vector256<ulong>> equals = stackalloc Vector256<ulong>[16];
        var length = 1 << digit.Length;
        var sum = Vector256<ulong>.Zero;
        for (var p = length - 1; p > 0; p--)
        {
            belows[p] = sum;
            equals[p] = unary[p - 1];
            sum ^= unary[p - 1];
        }

        belows[0] = sum;
        equals[0] = sum ^ one;
        foreach (var bit in digit)
        {
            length /= 2;
            for (var p = 0; p < length; p++)
            {
                belows[p] = Vector256.ConditionalSelect(bit, belows[2 * p + 1], belows[2 * p]);
                equals[p] = Vector256.ConditionalSelect(bit, equals[2 * p + 1], equals[2 * p]);
            }
        }

        (below, equal) = (belows[0], equals[0]);
    }
}
