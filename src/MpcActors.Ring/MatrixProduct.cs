using System.Buffers;
using MpcActors.Ring.Kernels;

namespace MpcActors.Ring;

/// <summary>Matrix products over Z_2^64.</summary>
/// <remarks>Wrap-around is the ring's own addition: any order of summation gives the same bits, so tiles and threads are free.</remarks>
public static unsafe class MatrixProduct
{
    /// <summary>left · right; a hollow operand gives a hollow product.</summary>
    /// <exception cref="ArgumentException">The inner lengths differ.</exception>
    public static RingTensor Of(RingTensor left, RingTensor right) => Of(left, right, MatrixKernels.Best, Environment.ProcessorCount);

    /// <summary>left · packed, for a right factor that is used many times.</summary>
    /// <exception cref="ArgumentException">The inner lengths differ.</exception>
    public static RingTensor Of(RingTensor left, PackedMatrix right)
    {
        var shape = ShapeOf(left.Shape, right.Shape);
        if (left.IsHollow || right.IsHollow) return RingTensor.Hollow(shape);
        var result = RingTensor.Uninitialized(shape);
        right.MultiplyBy(left.Values, left.Shape.Rows, result.Values, Environment.ProcessorCount);
        return result;
    }

    /// <summary>result += left · packed, in place: a temporary tensor of this size would cost as much as a fifth of the product.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void AddTo(RingTensor result, RingTensor left, PackedMatrix right)
    {
        Shape.RequireEqual(result.Shape, ShapeOf(left.Shape, right.Shape));
        right.MultiplyBy(left.Values, left.Shape.Rows, result.Values, Environment.ProcessorCount, accumulate: true);
    }

    /// <summary>result += left · right for matrices that lie within larger arrays, either factor transposed if said so; one core.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a view does not lie within its array.</exception>
    public static void Accumulate(
        ReadOnlySpan<ulong> left, MatrixView leftView, bool leftIsTransposed,
        ReadOnlySpan<ulong> right, MatrixView rightView, bool rightIsTransposed,
        Span<ulong> result, MatrixView resultView) =>
        Accumulate(left, leftView, leftIsTransposed, right, rightView, rightIsTransposed, result, resultView, MatrixKernels.Best);

    internal static RingTensor Of(RingTensor left, RingTensor right, IMatrixKernel kernel, int workers)
    {
        var shape = ShapeOf(left.Shape, right.Shape);
        if (left.IsHollow || right.IsHollow) return RingTensor.Hollow(shape);
        if (right.Shape.Rows == 0) return RingTensor.Zeros(shape);
        var result = RingTensor.Uninitialized(shape);
        fixed (ulong* x = left.Values, y = right.Values, z = result.Values)
        {
            Multiply(
                kernel, x, new(left.Shape.Columns, 1), shape.Rows, right.Shape.Rows, y, new(shape.Columns, 1), shape.Columns,
                z, shape.Columns, accumulate: false, workers);
        }

        return result;
    }

    internal static void Accumulate(
        ReadOnlySpan<ulong> left, MatrixView leftView, bool leftIsTransposed,
        ReadOnlySpan<ulong> right, MatrixView rightView, bool rightIsTransposed,
        Span<ulong> result, MatrixView resultView, IMatrixKernel kernel)
    {
        leftView.RequireWithin(left.Length);
        rightView.RequireWithin(right.Length);
        resultView.RequireWithin(result.Length);
        var (rows, inner, leftStride) = Orient(leftView, leftIsTransposed);
        var (innerOfRight, columns, rightStride) = Orient(rightView, rightIsTransposed);
        if (inner != innerOfRight || rows != resultView.Rows || columns != resultView.Columns)
        {
            throw new ArgumentException(
                $"a {rows}×{inner} matrix times a {innerOfRight}×{columns} matrix does not make a {resultView.Rows}×{resultView.Columns} matrix");
        }

        if (rows == 0 || columns == 0 || inner == 0) return;
        fixed (ulong* x = &left[leftView.Offset], y = &right[rightView.Offset], z = &result[resultView.Offset])
            Multiply(kernel, x, leftStride, rows, inner, y, rightStride, columns, z, resultView.Stride, accumulate: true, workers: 1);
    }

    static (int Rows, int Columns, MatrixStride Stride) Orient(MatrixView view, bool isTransposed) => isTransposed
        ? (view.Columns, view.Rows, new(1, view.Stride))
        : (view.Rows, view.Columns, new(view.Stride, 1));

    static void Multiply(
        IMatrixKernel kernel, ulong* left, MatrixStride leftStride, int rows, int inner,
        ulong* right, MatrixStride rightStride, int columns, ulong* result, nint resultStride, bool accumulate, int workers)
    {
        var rented = ArrayPool<ulong>.Shared.Rent(BlockedProduct.PackedLength(kernel, inner, columns));
        fixed (ulong* packed = rented)
        {
            BlockedProduct.PackRight(kernel, right, rightStride, inner, columns, packed, workers);
            BlockedProduct.Multiply(kernel, left, leftStride, rows, inner, packed, columns, result, resultStride, accumulate, workers);
        }

        ArrayPool<ulong>.Shared.Return(rented);
    }

    static Shape ShapeOf(Shape left, Shape right) => left.Columns == right.Rows
        ? new(left.Rows, right.Columns)
        : throw new ArgumentException($"a matrix {left} cannot be multiplied by a matrix {right}");
}
