using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MpcActors.Ring;
using static MpcActors.Protocols.Published.BinaryProduct;

namespace MpcActors.Protocols.Published;

/// <summary>Carries of an addition within words, joined level by level: which runs of bits set a carry, which pass one on.</summary>
/// <remarks>
/// The circuit of Damgård, Fitzi, Kiltz, Nielsen, Toft (TCC 2006), section 6.3, as CrypTen lays it out: at level i the highest bit
/// of each lower run of 2^i bits is spread over the run above it, and there S ← S xor P·S' and P ← P·P'. Both ANDs have the same first
/// factor, which CrypTen broadcasts before it masks it: it is opened twice, under two masks, so a level opens four words, not three.
/// </remarks>
/// <param name="Set">Where a carry is set; the first words of the tensor.</param>
/// <param name="Passed">Where a carry is passed on, from word <paramref name="Offset"/> of the tensor.</param>
sealed record PrefixTree(RingTensor Set, RingTensor Passed, int Offset)
{
    public const int Levels = 6;

    /// <summary>Masks the factors of a level: P twice, then S' and P'.</summary>
    public RingTensor Mask(RingTensor masks, int level)
    {
        if (Set.IsHollow || masks.IsHollow) return RingTensor.Hollow(masks.Shape);
        var result = RingTensor.Uninitialized(masks.Shape);
        var (s, p, offset, mask, target, count) = (Set.Values, Passed.Values, Offset, masks.Values, result.Values, masks.Shape.Columns);
        var (from, to) = (From(level), To(level));
        Parallelism.ForChunks(count, (start, length) =>
        {
            for (var i = start; i < start + length; i += Width)
            {
                var n = Math.Min(Width, start + length - i);
                var (set, passed) = (Load(s, i, n), Load(p, offset + i, n));
                var above = passed & to;
                Store(above ^ Load(mask, i, n), target, i, n);
                Store(above ^ Load(mask, count + i, n), target, count + i, n);
                Store(Spread(set & from, level) ^ Load(mask, 2 * count + i, n), target, 2 * count + i, n);
                Store(Spread(passed & from, level) ^ Load(mask, 3 * count + i, n), target, 3 * count + i, n);
            }
        });
        return result;
    }

    /// <summary>The next level, in the memory of <paramref name="dealt"/>, which is this party's own copy.</summary>
    public PrefixTree Join(RingTensor opened, RingTensor masks, RingTensor dealt, int level, Seat seat)
    {
        var count = dealt.Shape.Columns;
        if (opened.IsHollow || masks.IsHollow) return new(RingTensor.Hollow(dealt.Shape), RingTensor.Hollow(dealt.Shape), count);
        var (s, p, offset, open, mask, result) = (Set.Values, Passed.Values, Offset, opened.Values, masks.Values, dealt.Values);
        var (below, one) = (~To(level), Ones(seat));
        Parallelism.ForChunks(count, (start, length) =>
        {
            for (var i = start; i < start + length; i += Width)
            {
                var n = Math.Min(Width, start + length - i);
                var setAbove = Product(
                    Load(open, i, n), Load(open, 2 * count + i, n), Load(mask, i, n), Load(mask, 2 * count + i, n), Load(result, i, n), one);
                var passedAbove = Product(
                    Load(open, count + i, n), Load(open, 3 * count + i, n), Load(mask, count + i, n), Load(mask, 3 * count + i, n),
                    Load(result, count + i, n), one);
                Store(Load(s, i, n) ^ setAbove, result, i, n);
                Store((Load(p, offset + i, n) & below) ^ passedAbove, result, count + i, n);
            }
        });
        return new(dealt, dealt, count);
    }

    /// <summary>The last level, of which only the carry into the top bit is wanted: that bit of the sum, 0 or 1.</summary>
    /// <param name="words">The parties' words, whose exclusive or the carry meets.</param>
    public RingTensor Sign(RingTensor words, RingTensor opened, RingTensor masks, RingTensor dealt, Seat seat)
    {
        if (opened.IsHollow || masks.IsHollow) return RingTensor.Hollow(words.Shape);
        var bits = RingTensor.Uninitialized(words.Shape);
        var (s, own, open, mask, ab, result, count) = (Set.Values, words.Values, opened.Values, masks.Values, dealt.Values, bits.Values, words.Count);
        var one = Ones(seat);
        Parallelism.ForChunks(count, (start, length) =>
        {
            for (var i = start; i < start + length; i += Width)
            {
                var n = Math.Min(Width, start + length - i);
                var carries = Load(s, i, n) ^ Product(
                    Load(open, i, n), Load(open, 2 * count + i, n), Load(mask, i, n), Load(mask, 2 * count + i, n), Load(ab, i, n), one);
                Store((Load(own, i, n) ^ (carries << 1)) >>> 63, result, i, n);
            }
        });
        return bits;
    }

    /// <summary>The highest bit of each lower run: 2^i − 1 and every 2^(i+1) on.</summary>
    static Vector512<ulong> From(int level)
    {
        var (bits, run) = (0UL, 1 << level);
        for (var at = run - 1; at < 64; at += 2 * run) bits |= 1UL << at;
        return Vector512.Create(bits);
    }

    /// <summary>The upper runs.</summary>
    static Vector512<ulong> To(int level) => Spread(From(level), level);

    /// <summary>Copies each bit to the 2^i places above it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<ulong> Spread(Vector512<ulong> bits, int level) => (bits << ((1 << level) + 1)) - (bits << 1);
}
