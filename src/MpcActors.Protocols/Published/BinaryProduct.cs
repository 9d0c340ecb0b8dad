using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MpcActors.Ring;

namespace MpcActors.Protocols.Published;

/// <summary>The local steps of an AND of shared words: [xy]_b = [b](x xor a) xor [a](y xor b) xor [ab] xor b·(x xor a)(y xor b).</summary>
/// <remarks>Masks and what is opened have two rows, or four: the first half belongs to first factors, the other to second ones.</remarks>
static class BinaryProduct
{
    /// <summary>Words a vector.</summary>
    public const int Width = 8;

    /// <summary>At the dealer's: the ANDs of the first half of the masks with the second.</summary>
    public static RingTensor AndOfHalves(RingTensor masks)
    {
        var result = RingTensor.Uninitialized(new(masks.Shape.Rows / 2, masks.Shape.Columns));
        var (source, target) = (masks.Values, result.Values);
        Parallelism.ForChunks(target.Length, (start, length) => TensorPrimitives.BitwiseAnd(
            source.AsSpan(start, length), source.AsSpan(start + target.Length, length), target.AsSpan(start, length)));
        return result;
    }

    /// <summary>Masks the factors of an AND of both parties' own words: of either factor one party's share is its word, the other's zero.</summary>
    public static RingTensor MaskOwn(RingTensor words, RingTensor masks, Seat seat)
    {
        if (words.IsHollow || masks.IsHollow) return RingTensor.Hollow(masks.Shape);
        var result = RingTensor.Uninitialized(masks.Shape);
        var (own, mask, target, count) = (words.Values, masks.Values, result.Values, words.Count);
        var (mine, other) = seat == Seat.Zero ? (0, count) : (count, 0);
        Parallelism.ForChunks(count, (start, length) =>
        {
            TensorPrimitives.Xor(mask.AsSpan(mine + start, length), own.AsSpan(start, length), target.AsSpan(mine + start, length));
            mask.AsSpan(other + start, length).CopyTo(target.AsSpan(other + start));
        });
        return result;
    }

    /// <summary>Masks words and the same words moved up.</summary>
    public static RingTensor MaskWithShifted(RingTensor words, RingTensor masks, int shift)
    {
        if (words.IsHollow || masks.IsHollow) return RingTensor.Hollow(masks.Shape);
        var result = RingTensor.Uninitialized(masks.Shape);
        var (x, mask, target, count) = (words.Values, masks.Values, result.Values, words.Count);
        Parallelism.ForChunks(count, (start, length) =>
        {
            for (var i = start; i < start + length; i += Width)
            {
                var n = Math.Min(Width, start + length - i);
                var word = Load(x, i, n);
                Store(word ^ Load(mask, i, n), target, i, n);
                Store((word << shift) ^ Load(mask, count + i, n), target, count + i, n);
            }
        });
        return result;
    }

    /// <summary>The AND of two opened words, in the memory of <paramref name="dealt"/>, which is this party's own copy.</summary>
    public static RingTensor And(RingTensor opened, RingTensor masks, RingTensor dealt, Seat seat)
    {
        if (opened.IsHollow || masks.IsHollow) return RingTensor.Hollow(dealt.Shape);
        var (open, mask, result, count) = (opened.Values, masks.Values, dealt.Values, dealt.Count);
        var one = Ones(seat);
        Parallelism.ForChunks(count, (start, length) =>
        {
            for (var i = start; i < start + length; i += Width)
            {
                var n = Math.Min(Width, start + length - i);
                Store(Product(
                    Load(open, i, n), Load(open, count + i, n), Load(mask, i, n), Load(mask, count + i, n), Load(result, i, n), one), result, i, n);
            }
        });
        return dealt;
    }

    /// <summary>All ones at party one, who adds what is public.</summary>
    public static Vector512<ulong> Ones(Seat seat) => seat == Seat.One ? Vector512<ulong>.AllBitsSet : Vector512<ulong>.Zero;

    /// <summary>The AND of two opened words from their masks and the dealt AND of these.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Product(
        Vector512<ulong> x, Vector512<ulong> y, Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> ab, Vector512<ulong> one) =>
        (x & (b ^ (y & one))) ^ (a & y) ^ ab;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Load(ulong[] values, int index, int count) =>
        count == Width ? Vector512.LoadUnsafe(ref values[index]) : LoadSome(values, index, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<ulong> lanes, ulong[] values, int index, int count)
    {
        if (count == Width) lanes.StoreUnsafe(ref values[index]);
        else StoreSome(lanes, values, index, count);
    }

    static Vector512<ulong> LoadSome(ulong[] values, int index, int count)
    {
        Span<ulong> lanes = stackalloc ulong[Width];
        values.AsSpan(index, count).CopyTo(lanes);
        return Vector512.Create<ulong>(lanes);
    }

    static void StoreSome(Vector512<ulong> lanes, ulong[] values, int index, int count)
    {
        for (var i = 0; i < count; i++) values[index + i] = lanes[i];
    }
}
