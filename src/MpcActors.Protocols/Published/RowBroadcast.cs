using System.Numerics.Tensors;
using MpcActors.Ring;

namespace MpcActors.Protocols.Published;

/// <summary>Operations on the rows of a tensor that this suite needs beside those of the ring; local, and hollow on hollow tensors.</summary>
public static class RowBroadcast
{
    const int RowsAtOnce = 16;

    /// <summary>Row i minus value i of <paramref name="column"/>.</summary>
    public static RingTensor MinusColumn(this RingTensor rows, RingTensor column) => rows.IsHollow || column.IsHollow
        ? RingTensor.Hollow(rows.Shape)
        : MapRows(rows, (row, source, target) => TensorPrimitives.Subtract(source, column.Values[row], target));

    /// <summary>Value i of <paramref name="column"/> minus row i.</summary>
    public static RingTensor ColumnMinus(this RingTensor rows, RingTensor column) => rows.IsHollow || column.IsHollow
        ? RingTensor.Hollow(rows.Shape)
        : MapRows(rows, (row, source, target) => TensorPrimitives.Subtract(column.Values[row], source, target));

    /// <summary>Each value plus all those before it in its row.</summary>
    public static RingTensor PrefixSums(this RingTensor rows) => MapRows(rows, static (_, source, target) =>
    {
        var sum = 0UL;
        for (var i = 0; i < source.Length; i++) target[i] = sum += source[i];
    });

    /// <summary>Each value minus the one before it in its row; of the first, the value itself.</summary>
    public static RingTensor Steps(this RingTensor rows) => MapRows(rows, static (_, source, target) =>
    {
        target[0] = source[0];
        TensorPrimitives.Subtract(source[1..], source[..^1], target[1..]);
    });

    /// <summary>Each row minus itself turned right by 1, 2, … places, below one another: row r turned by i + 1 is row i · rows + r.</summary>
    public static RingTensor MinusTurned(this RingTensor rows)
    {
        var (count, width) = (rows.Shape.Rows, rows.Shape.Columns);
        var shape = new Shape(count * (width - 1), width);
        if (rows.IsHollow) return RingTensor.Hollow(shape);
        var result = RingTensor.Uninitialized(shape);
        var (values, differences) = (rows.Values, result.Values);
        Parallelism.ForChunks(shape.Rows, (start, length) =>
        {
            for (var i = start; i < start + length; i++)
            {
                var source = values.AsSpan(i % count * width, width);
                var target = differences.AsSpan(i * width, width);
                var turn = i / count + 1;
                TensorPrimitives.Subtract(source[turn..], source[..^turn], target[turn..]);
                TensorPrimitives.Subtract(source[..turn], source[^turn..], target[..turn]);
            }
        }, RowsAtOnce);
        return result;
    }

    /// <summary>The columns of all tensors side by side.</summary>
    public static RingTensor SideBySide(params RingTensor[] tensors)
    {
        var shape = new Shape(tensors[0].Shape.Rows, tensors.Sum(tensor => tensor.Shape.Columns));
        if (tensors.Any(tensor => tensor.IsHollow)) return RingTensor.Hollow(shape);
        var result = RingTensor.Uninitialized(shape);
        var target = result.Values;
        Parallelism.ForChunks(shape.Rows, (start, length) =>
        {
            for (var row = start; row < start + length; row++)
            {
                var at = row * shape.Columns;
                foreach (var tensor in tensors)
                {
                    var width = tensor.Shape.Columns;
                    tensor.Values.AsSpan(row * width, width).CopyTo(target.AsSpan(at));
                    at += width;
                }
            }
        }, RowsAtOnce);
        return result;
    }

    delegate void RowKernel(int row, ReadOnlySpan<ulong> source, Span<ulong> target);

    static RingTensor MapRows(RingTensor rows, RowKernel kernel)
    {
        if (rows.IsHollow) return rows;
        var result = RingTensor.Uninitialized(rows.Shape);
        var (source, target, width) = (rows.Values, result.Values, rows.Shape.Columns);
        Parallelism.ForChunks(rows.Shape.Rows, (start, length) =>
        {
            for (var row = start; row < start + length; row++) kernel(row, source.AsSpan(row * width, width), target.AsSpan(row * width, width));
        }, RowsAtOnce);
        return result;
    }
}
