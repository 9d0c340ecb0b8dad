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

    /// <summary>Products of the bits and of their opposites; the one for j = 0 is left out.</summary>
    static void WriteUnary(ReadOnlySpan<Vector256<ulong>> bits, Span<Vector256<ulong>> unary)
    {
        var (low, high) = (new Pair(bits[0], bits[1]), bits.Length == 4 ? new Pair(bits[2], bits[3]) : new Pair(bits[2], Vector256<ulong>.Zero));
        (unary[0], unary[1], unary[2]) = (high.Neither & low.First, high.Neither & low.Second, high.Neither & low.Both);
        WriteProducts(high.First, low, unary[3..]);
        if (bits.Length < 4) return;
        WriteProducts(high.Second, low, unary[7..]);
        WriteProducts(high.Both, low, unary[11..]);
    }

    static void WriteProducts(Vector256<ulong> high, Pair low, Span<Vector256<ulong>> products) =>
        (products[0], products[1], products[2], products[3]) = (high & low.Neither, high & low.First, high & low.Second, high & low.Both);

    /// <summary>Shares of whether the public digit is below the unary one, and whether they are equal.</summary>
    /// <remarks>
    /// The choice is halved bit by bit, lowest first. h_0 is not dealt: it is left out at first, and added where the digit is 0;
    /// nothing else reads it, since no number is below 0.
    /// </remarks>
    static void CompareDigit(
        ReadOnlySpan<Vector256<ulong>> digit, ReadOnlySpan<Vector256<ulong>> h, Vector256<ulong> one,
        out Vector256<ulong> below, out Vector256<ulong> equal)
    {
        var (b0, b1, b2) = (digit[0], digit[1], digit[2]);
        var low = Join(Join(Join(Vector256<ulong>.Zero, h[0], b0), Join(h[1], h[2], b0), b1), Join(Join(h[3], h[4], b0), Join(h[5], h[6], b0), b1), b2);
        var all = low;
        var isNotZero = b0 | b1 | b2;
        if (digit.Length == 4)
        {
            var b3 = digit[3];
            var high = Join(Join(Join(h[7], h[8], b0), Join(h[9], h[10], b0), b1), Join(Join(h[11], h[12], b0), Join(h[13], h[14], b0), b1), b2);
            all = Join(low, high, b3);
            isNotZero |= b3;
        }

        below = all.Below;
        equal = all.Equal ^ Vector256.AndNot(all.Sum ^ one, isNotZero);
    }

    /// <summary>Two neighbouring values of a digit, of which <paramref name="bit"/> chooses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Range Join(Vector256<ulong> lower, Vector256<ulong> upper, Vector256<ulong> bit)
    {
        var sum = lower ^ upper;
        return new(sum, lower ^ (bit & sum), Vector256.AndNot(upper, bit));
    }

    /// <summary>Two neighbouring ranges of the values of a digit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Range Join(Range lower, Range upper, Vector256<ulong> bit)
    {
        var below = lower.Below ^ upper.Sum;
        return new(lower.Sum ^ upper.Sum, lower.Equal ^ (bit & (lower.Equal ^ upper.Equal)), below ^ (bit & (below ^ upper.Below)));
    }

    /// <summary>Of the h_j in a range of values: all, the one at the public digit, those above it.</summary>
    readonly record struct Range(Vector256<ulong> Sum, Vector256<ulong> Equal, Vector256<ulong> Below);

    /// <summary>The four products of two bits and their opposites.</summary>
    readonly struct Pair(Vector256<ulong> first, Vector256<ulong> second)
    {
        public Vector256<ulong> Neither { get; } = ~(first | second);

        public Vector256<ulong> First { get; } = Vector256.AndNot(first, second);

        public Vector256<ulong> Second { get; } = Vector256.AndNot(second, first);

        public Vector256<ulong> Both { get; } = first & second;
    }
}
