using System.Numerics.Tensors;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>Each row of an open wire times one open row, element by element: <see cref="Multiplication"/> with a factor opened once. Local.</summary>
public static class ColumnScaling
{
    public static Cost CostOf(Shape rows) => Cost.Dealt(rows.Count);

    /// <summary>x ⊙ y, the fraction bits of both together.</summary>
    /// <param name="y">One row, as wide as those of <paramref name="x"/>.</param>
    public static Share ScaleColumns(this Party party, Masked x, Masked y)
    {
        if (y.Shape != Shape.Vector(x.Shape.Columns)) throw new ArgumentException($"rows of a wire {x.Shape} are not scaled by one {y.Shape}");
        var product = party.Correlations.Derived(x.Shape, () => x.Mask.ScaleColumns(y.Mask));
        party.Meter.CountElements(x.Shape.Count);
        var fractionBits = x.FractionBits + y.FractionBits;
        if (x.Public.IsHollow || product.IsHollow) return new(RingTensor.Hollow(x.Shape), fractionBits);

        // x̂(b·ŷ − [s]) − [r]ŷ + [rs], the sum growing in the dealt tensor, which is this party's own copy.
        var onOpen = (party.Seat == Seat.One ? y.Public - y.Mask : -y.Mask).Values;
        var (open, mask, minus, result, width) = (x.Public.Values, x.Mask.Values, (-y.Public).Values, product.Values, x.Shape.Columns);
        Parallelism.ForChunks(x.Shape.Rows, (start, length) =>
        {
            for (var row = start; row < start + length; row++)
            {
                var sum = result.AsSpan(row * width, width);
                TensorPrimitives.MultiplyAdd(open.AsSpan(row * width, width), onOpen, sum, sum);
                TensorPrimitives.MultiplyAdd(mask.AsSpan(row * width, width), minus, sum, sum);
            }
        }, chunkLength: 16);
        return new(product, fractionBits);
    }
}
