using MpcActors.Ring.Kernels;

namespace MpcActors.Ring;

/// <summary>A right factor of matrix products laid out once for the kernel, in place of the tensor it was made of.</summary>
public sealed unsafe class PackedMatrix
{
    const int WordsOfALine = 8;

    // Pinned, because the kernel wants whole cache lines and an address that stays.
    readonly ulong[]? _words;
    readonly ulong* _aligned;

    /// <summary>Copies <paramref name="source"/>; a hollow tensor makes a hollow matrix.</summary>
    public PackedMatrix(RingTensor source) : this(source, MatrixKernels.Best, Environment.ProcessorCount)
    {
    }

    internal PackedMatrix(RingTensor source, IMatrixKernel kernel, int workers)
    {
        (Shape, Kernel) = (source.Shape, kernel);
        if (source.IsHollow) return;
        var length = BlockedProduct.PackedLength(kernel, Shape.Rows, Shape.Columns);
        _words = GC.AllocateUninitializedArray<ulong>(length + WordsOfALine, pinned: true);
        fixed (ulong* words = _words)
            _aligned = (ulong*)(((nuint)words + sizeof(ulong) * WordsOfALine - 1) & ~(nuint)(sizeof(ulong) * WordsOfALine - 1));
        fixed (ulong* values = source.Values)
            BlockedProduct.PackRight(kernel, values, new(Shape.Columns, 1), Shape.Rows, Shape.Columns, _aligned, workers);
    }

    public Shape Shape { get; }

    public bool IsHollow => _words is null;

    internal IMatrixKernel Kernel { get; }

    /// <summary>Writes left · this, or adds it if <paramref name="accumulate"/>.</summary>
    internal void MultiplyBy(ReadOnlySpan<ulong> left, int rows, Span<ulong> result, int workers, bool accumulate = false)
    {
        if (Shape.Rows == 0 && !accumulate) result.Clear();
        fixed (ulong* x = left, y = result)
        {
            BlockedProduct.Multiply(
                Kernel, x, new(Shape.Rows, 1), rows, Shape.Rows, _aligned, Shape.Columns, y, Shape.Columns, accumulate, workers);
        }

        GC.KeepAlive(this);
    }
}
