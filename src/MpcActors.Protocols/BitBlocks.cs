using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>Tensors of bit planes: rows are planes, columns are words of 64 values each.</summary>
/// <remarks>
/// Stored block by block, a block being four words of each plane in turn (fewer in the last), so that a kernel that looks at
/// all planes of 256 values reads one piece of memory. Whatever order bits have in memory, exclusive or and opening keep it.
/// </remarks>
[SkipLocalsInit]
static class BitBlocks
{
    const int BlockWords = 4;
    const int BlocksAtOnce = 16;

    /// <summary>Values a block.</summary>
    public const int Values = 64 * BlockWords;

    public static int WordsFor(int count) => (count + 63) / 64;

    /// <summary>Calls <paramref name="body"/>(block) for each block of so many words, on all cores.</summary>
    public static void ForEach(int words, Action<int> body) =>
        Parallelism.ForChunks((words + BlockWords - 1) / BlockWords, (start, length) =>
        {
            for (var block = start; block < start + length; block++) body(block);
        }, BlocksAtOnce);

    /// <summary>All planes of a block; those of a last, narrower one are laid out in <paramref name="scratch"/>, zeros beyond.</summary>
    public static ReadOnlySpan<Vector256<ulong>> Load(RingTensor tensor, int block, Span<Vector256<ulong>> scratch)
    {
        var source = Slice(tensor, block, out var width);
        if (width == BlockWords) return MemoryMarshal.Cast<ulong, Vector256<ulong>>(source);
        scratch = scratch[..tensor.Shape.Rows];
        scratch.Clear();
        var padded = MemoryMarshal.Cast<Vector256<ulong>, ulong>(scratch);
        for (var plane = 0; plane < tensor.Shape.Rows; plane++) source.Slice(plane * width, width).CopyTo(padded[(plane * BlockWords)..]);
        return scratch;
    }

    /// <summary>Writes all planes of a block; the last block takes only the words it has.</summary>
    public static void Store(ReadOnlySpan<Vector256<ulong>> planes, RingTensor tensor, int block)
    {
        var target = Slice(tensor, block, out var width);
        var words = MemoryMarshal.Cast<Vector256<ulong>, ulong>(planes);
        if (width == BlockWords)
        {
            words[..target.Length].CopyTo(target);
            return;
        }

        for (var plane = 0; plane < tensor.Shape.Rows; plane++) words.Slice(plane * BlockWords, width).CopyTo(target[(plane * width)..]);
    }

    /// <summary>The 64 bit planes of a block of <paramref name="values"/>, each minus <paramref name="subtrahend"/>.</summary>
    public static void Transpose(RingTensor values, int block, ulong subtrahend, Span<Vector256<ulong>> planes)
    {
        var start = block * Values;
        var source = values.Values.AsSpan(start, Math.Min(Values, values.Count - start));
        Span<ulong> buffer = stackalloc ulong[Values];
        buffer = buffer[..source.Length];
        TensorPrimitives.Subtract(source, subtrahend, buffer);
        BitTranspose.ToPlanes(buffer, MemoryMarshal.Cast<Vector256<ulong>, ulong>(planes), BlockWords);
    }

    public static RingTensor Xor(RingTensor left, RingTensor right)
    {
        Shape.RequireEqual(left.Shape, right.Shape);
        if (left.IsHollow || right.IsHollow) return RingTensor.Hollow(left.Shape);
        var result = RingTensor.Uninitialized(left.Shape);
        var (x, y, destination) = (left.Values, right.Values, result.Values);
        Parallelism.ForChunks(destination.Length, (start, length) =>
            TensorPrimitives.Xor(x.AsSpan(start, length), y.AsSpan(start, length), destination.AsSpan(start, length)));
        return result;
    }

    /// <summary>The bits of a single plane as 0 or 1 an element.</summary>
    public static RingTensor ToIntegers(RingTensor plane, Shape shape)
    {
        if (plane.IsHollow) return RingTensor.Hollow(shape);
        var result = RingTensor.Uninitialized(shape);
        var (words, destination) = (plane.Values, result.Values);
        Parallelism.ForChunks(destination.Length, (start, length) =>
        {
            var first = Vector256.Create(1UL, 2, 4, 8);
            var i = start;
            for (; i + 64 <= start + length; i += 64)
            {
                // Four bits at a time: each lane asks whether its own is clear, which is −1 or 0.
                var word = Vector256.Create(words[i / 64]);
                ref var target = ref destination[i];
                for (var at = 0; at < 64; at += 4)
                {
                    var isClear = Vector256.Equals(word & first, Vector256<ulong>.Zero);
                    (isClear + Vector256<ulong>.One).StoreUnsafe(ref target, (nuint)at);
                    word >>>= 4;
                }
            }

            for (; i < start + length; i++) destination[i] = words[i / 64] >> (i % 64) & 1;
        });
        return result;
    }

    static Span<ulong> Slice(RingTensor tensor, int block, out int width)
    {
        var first = block * BlockWords;
        width = Math.Min(BlockWords, tensor.Shape.Columns - first);
        return tensor.Values.AsSpan(first * tensor.Shape.Rows, width * tensor.Shape.Rows);
    }
}
