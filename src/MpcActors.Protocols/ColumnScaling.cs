using System.Numerics.Tensors;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>Each row of an open wire times one open row, element by element: <see cref="Multiplication"/> with a factor opened once. Local.</summary>
public static class RowScaling
{
    public static Cost CostOf(Shape rows) => Cost.Dealt(rows.Count);

    /// <summary>x ⊙ y, the fraction bits of both together.</summary>
    /// <param name="y">One row, as wide as those of <paramref name="x"/>.</param>
    public static Share ScaleRows(this Party party, Masked x, Masked y)
    {
        if (y.Shape != Shape.Vector(x.Shape.Columns)) throw new ArgumentException($"rows of a wire {x.Shape} are not scaled by one {y.Shape}");
        var product = party.Correlations.Derived(x.Shape, () => Dealt(x.Mask, y.Mask));
        party.Meter.CountElements(x.Shape.Count);
        var fractionBits = x.FractionBits + y.FractionBits;
        if (x.Public.IsHollow || product.IsHollow) return new(RingTensor.Hollow(x.Shape), fractionBits);

        // x̂(b·ŷ − [s]) − [r]ŷ + [rs], the sum growing in the dealt tensor, which is this party's own copy.
        var onOpen = party.Seat == Seat.One ? y.Public - y.Mask : -y.Mask;
        var (open, mask, factor, scale, result, width) = (x.Public.Values, x.Mask.Values, onOpen.Values, y.Public.Values, product.Values, x.Shape.Columns);
        Parallelism.ForChunks(x.Shape.Rows, (start, length) =>
        {
            var products = new ulong[width];
            for (var row = start; row < start + length; row++)
            {
                var target = result.AsSpan(row * width, width);
                TensorPrimitives.MultiplyAdd(open.AsSpan(row * width, width), factor, target, target);
                TensorPrimitives.Multiply(mask.AsSpan(row * width, width), scale, products);
                TensorPrimitives.Subtract(target, products, target);
            }
        }, chunkLength: 16);
        return new(product, fractionBits);
    }

    static RingTensor Dealt(RingTensor x, RingTensor y)
    {
        var result = RingTensor.Uninitialized(x.Shape);
        var (source, factor, target, width) = (x.Values, y.Values, result.Values, x.Shape.Columns);
        Parallelism.ForChunks(x.Shape.Rows, (start, length) =>
        {
            for (var row = start; row < start + length; row++)
                TensorPrimitives.Multiply(source.AsSpan(row * width, width), factor, target.AsSpan(row * width, width));
        }, chunkLength: 16);
        return result;
    }
}
