using System.Numerics.Tensors;
using MpcActors.Ring;

namespace MpcActors.Protocols.Published;

/// <summary>Sums and differences of rows with a value of their own; local, and hollow on hollow tensors.</summary>
static class RowBroadcast
{
    /// <summary>Row i minus value i of <paramref name="column"/>.</summary>
    public static RingTensor MinusColumn(this RingTensor rows, RingTensor column)
    {
        if (rows.IsHollow || column.IsHollow) return RingTensor.Hollow(rows.Shape);
        var result = RingTensor.Uninitialized(rows.Shape);
        var (source, subtrahend, target, width) = (rows.Values, column.Values, result.Values, rows.Shape.Columns);
        Parallelism.ForChunks(rows.Shape.Rows, (start, length) =>
        {
            for (var row = start; row < start + length; row++)
                TensorPrimitives.Subtract(source.AsSpan(row * width, width), subtrahend[row], target.AsSpan(row * width, width));
        }, chunkLength: 16);
        return result;
    }
}
