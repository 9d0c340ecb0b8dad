namespace MpcActors.Ring;

/// <summary>Where a matrix lies in a tensor: its first element, and the distance from row to row.</summary>
public readonly record struct MatrixView(int Offset, int Stride, int Rows, int Columns);

/// <summary>Matrix products over Z_2^64.</summary>
/// <remarks>Wrap-around is the ring's own addition: any order of summation gives the same bits, so tiles and threads are free.</remarks>
public static class MatrixProduct
{
    /// <summary>left · right; a hollow operand gives a hollow product.</summary>
    /// <exception cref="ArgumentException">The inner lengths differ.</exception>
    public static RingTensor Of(RingTensor left, RingTensor right)
    {
        var shape = ShapeOf(left.Shape, right.Shape);
        if (left.IsHollow || right.IsHollow) return RingTensor.Hollow(shape);
        var result = RingTensor.Zeros(shape);
        Parallelism.ForChunks(left.Shape.Rows, (start, length) => Accumulate(
            left.Values, new(start * left.Shape.Columns, left.Shape.Columns, length, left.Shape.Columns), leftIsTransposed: false,
            right.Values, new(0, right.Shape.Columns, right.Shape.Rows, right.Shape.Columns), rightIsTransposed: false,
            result.Values, new(start * shape.Columns, shape.Columns, length, shape.Columns)), chunkLength: 16);
        return result;
    }

    /// <summary>left · packed, for a right factor that is used many times.</summary>
    public static RingTensor Of(RingTensor left, PackedMatrix right)
    {
        var shape = ShapeOf(left.Shape, right.Shape);
        return left.IsHollow || right.IsHollow ? RingTensor.Hollow(shape) : Of(left, right.Source);
    }

    /// <summary>result += left · right for matrices that lie within larger arrays, either factor transposed if said so; one core.</summary>
    public static void Accumulate(
        ReadOnlySpan<ulong> left, MatrixView leftView, bool leftIsTransposed,
        ReadOnlySpan<ulong> right, MatrixView rightView, bool rightIsTransposed,
        Span<ulong> result, MatrixView resultView)
    {
        var inner = leftIsTransposed ? leftView.Rows : leftView.Columns;
        if ((rightIsTransposed ? rightView.Columns : rightView.Rows) != inner) throw new ArgumentException($"a block {leftView} cannot be multiplied by a block {rightView}");
        for (var i = 0; i < resultView.Rows; i++)
        {
            var row = result.Slice(resultView.Offset + i * resultView.Stride, resultView.Columns);
            for (var k = 0; k < inner; k++)
            {
                var x = leftIsTransposed ? left[leftView.Offset + k * leftView.Stride + i] : left[leftView.Offset + i * leftView.Stride + k];
                if (rightIsTransposed)
                    for (var j = 0; j < row.Length; j++) row[j] += x * right[rightView.Offset + j * rightView.Stride + k];
                else
                    System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(
                        right.Slice(rightView.Offset + k * rightView.Stride, row.Length), x, row, row);
            }
        }
    }

    static Shape ShapeOf(Shape left, Shape right) => left.Columns == right.Rows
        ? new(left.Rows, right.Columns)
        : throw new ArgumentException($"a matrix {left} cannot be multiplied by a matrix {right}");
}

/// <summary>A right factor of matrix products laid out once for the kernel.</summary>
public sealed class PackedMatrix(RingTensor source)
{
    internal RingTensor Source { get; } = source;

    public Shape Shape => Source.Shape;

    public bool IsHollow => Source.IsHollow;
}
