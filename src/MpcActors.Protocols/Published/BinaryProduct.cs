using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MpcActors.Ring;

namespace MpcActors.Protocols.Published;

/// <summary>What one round of ANDs multiplies, at a computing party: its kernels, for some words of a block of them.</summary>
/// <remarks>Blocks of masks and of what is opened have two rows, or four: the first half belongs to first factors, the other to second ones.</remarks>
interface IBinaryRound
{
    /// <summary>Writes masked factors.</summary>
    void Mask(in BinaryBlock block, int start, int end);

    /// <summary>Puts the results in place of what was dealt.</summary>
    void Join(in BinaryBlock block, int start, int end);
}

/// <summary>A block of words in the course of a round.</summary>
/// <param name="Index">The how many-th block it is, and <paramref name="First"/> its first word.</param>
/// <param name="At">Where the block's rows begin in <paramref name="Own"/> and <paramref name="Other"/>, the masked factors of both parties.</param>
/// <param name="Products">What was dealt, the products of masks, and then the results.</param>
readonly record struct BinaryBlock(int Index, int First, int Length, ulong[] Masks, ulong[] Own, ulong[] Other, int At, ulong[] Products);

/// <summary>ANDs of words of shared bits, by Beaver's products: [xy]_b = [b](x xor a) xor [a](y xor b) xor [ab] xor b·(x xor a)(y xor b).</summary>
/// <remarks>
/// Both operands are opened under fresh masks, 128 bits, and the AND of the masks is dealt. All words go in one round, but a block of them
/// at a time through the kernels, whose memory is used again from block to block and round to round.
/// </remarks>
static class BinaryProduct
{
    /// <summary>Words a vector.</summary>
    public const int Width = 8;

    /// <summary>Words a block, whose masks and results are small enough for the caches.</summary>
    const int BlockLength = 1 << 15;

    /// <summary>Values a piece of work for a core.</summary>
    const int ChunkLength = 1 << 13;

    /// <returns>The results, a block a tensor, of half as many rows as are opened; hollow where nothing has values.</returns>
    /// <param name="rows">Words opened a value, 2 for each AND.</param>
    public static async ValueTask<RingTensor[]> Round(Party party, int count, int rows, IBinaryRound? kernels)
    {
        // The planner has no memory to be spared.
        var length = party.Seat == Seat.Planner ? count : BlockLength;
        var masks = new RingTensor[(count + length - 1) / length];
        var own = kernels is null ? RingTensor.Hollow(new(rows, count)) : RingTensor.Uninitialized(new(rows, count));
        for (var i = 0; i < masks.Length; i++)
        {
            masks[i] = party.Correlations.UniformBits(new(rows, Math.Min(length, count - i * length)));
            if (kernels is null) continue;
            var block = new BinaryBlock(i, i * length, masks[i].Shape.Columns, masks[i].Values, own.Values, [], rows * i * length, []);
            Parallelism.ForChunks(block.Length, (start, n) => kernels.Mask(block, start, start + n), ChunkLength);
        }

        var opening = new Opening(party);
        var slot = opening.Xor(own);
        await opening.Exchange();
        var other = kernels is null ? [] : WordsOf(slot.Halves.Other);

        var results = new RingTensor[masks.Length];
        for (var i = 0; i < masks.Length; i++)
        {
            var mask = masks[i];
            var dealt = party.Correlations.DerivedBits(new(rows / 2, mask.Shape.Columns), () => AndOfHalves(mask));
            if (kernels is not null)
            {
                var block = new BinaryBlock(i, i * length, mask.Shape.Columns, mask.Values, own.Values, other, rows * i * length, dealt.Values);
                Parallelism.ForChunks(block.Length, (start, n) => kernels.Join(block, start, start + n), ChunkLength);
                results[i] = dealt;
            }
            else
            {
                results[i] = RingTensor.Hollow(dealt.Shape);
                dealt.Release();
            }

            mask.Release();
        }

        return results;
    }

    /// <summary>All ones at party one, who adds what is public.</summary>
    public static Vector512<ulong> Ones(Seat seat) => seat == Seat.One ? Vector512<ulong>.AllBitsSet : Vector512<ulong>.Zero;

    /// <summary>The AND of two opened words from their masks and the dealt AND of these.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Product(
        Vector512<ulong> x, Vector512<ulong> y, Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> ab, Vector512<ulong> one) =>
        (x & (b ^ (y & one))) ^ (a & y) ^ ab;

    /// <summary>The product of what is opened in rows <paramref name="x"/> and <paramref name="y"/> of a block, at value <paramref name="i"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Product(in BinaryBlock block, int x, int y, int i, int n, Vector512<ulong> one)
    {
        var (atX, atY) = (x * block.Length + i, y * block.Length + i);
        return Product(
            Load(block.Own, block.At + atX, n) ^ Load(block.Other, block.At + atX, n),
            Load(block.Own, block.At + atY, n) ^ Load(block.Other, block.At + atY, n),
            Load(block.Masks, atX, n), Load(block.Masks, atY, n), Load(block.Products, atX, n), one);
    }

    /// <summary>Masks a word of row <paramref name="row"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreMasked(Vector512<ulong> word, in BinaryBlock block, int row, int i, int n) =>
        Store(word ^ Load(block.Masks, row * block.Length + i, n), block.Own, block.At + row * block.Length + i, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Load(ulong[] values, int index, int count) =>
        count == Width ? Vector512.LoadUnsafe(ref values[index]) : LoadSome(values, index, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<ulong> lanes, ulong[] values, int index, int count)
    {
        if (count == Width) lanes.StoreUnsafe(ref values[index]);
        else StoreSome(lanes, values, index, count);
    }

    /// <summary>At the dealer's: the ANDs of the first half of the masks with the second.</summary>
    static RingTensor AndOfHalves(RingTensor masks)
    {
        var result = RingTensor.Uninitialized(new(masks.Shape.Rows / 2, masks.Shape.Columns));
        var (source, target) = (masks.Values, result.Values);
        Parallelism.ForChunks(target.Length, (start, length) => TensorPrimitives.BitwiseAnd(
            source.AsSpan(start, length), source.AsSpan(start + target.Length, length), target.AsSpan(start, length)));
        return result;
    }

    /// <summary>The array behind what the other party sent, which an exchange always has.</summary>
    static ulong[] WordsOf(ReadOnlyMemory<ulong> words) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(words, out var segment) && segment.Offset == 0 ? segment.Array! : words.ToArray();

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
