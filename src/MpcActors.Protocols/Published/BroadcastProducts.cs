using System.Numerics.Tensors;
using MpcActors.Ring;

namespace MpcActors.Protocols.Published;

/// <summary>Products of a tensor's rows with factors that many elements share, each factor opened once in its own size: one round.</summary>
/// <remarks>CrypTen's Beaver product takes factors of broadcast sizes, and opens each in the size it has (mpc/primitives/beaver.py).</remarks>
public static class BroadcastProducts
{
    public static Cost CostOfRows(Shape x) => Cost.Round + Cost.Opening(x.Count) + Cost.Opening(x.Rows) + Cost.Dealt(x.Count);

    public static Cost CostOfColumns(Shape x) => Cost.Round + Cost.Opening(x.Count) + Cost.Opening(x.Columns) + Cost.Dealt(x.Count);

    /// <summary>Row i of x times factor i, truncated locally by the factors' fraction bits.</summary>
    /// <exception cref="ArgumentException">There are not as many factors as rows.</exception>
    public static async ValueTask<Share> RowwiseProduct(this Party party, Share x, Share factors)
    {
        if (factors.Shape.Count != x.Shape.Rows) throw new ArgumentException($"{factors.Shape.Count} factors do not scale the rows of a tensor {x.Shape}");
        var wires = await party.Mask(x, factors);
        var (open, y) = (wires[0], wires[1]);
        var dealt = party.Correlations.Derived(x.Shape, () => open.Mask.ScaleRows(y.Mask.Values));
        party.Meter.CountElements(x.Shape.Count);
        if (dealt.IsHollow || open.Public.IsHollow) dealt = RingTensor.Hollow(x.Shape);
        else
        {
            // x̂(bŷ − [s]) − [r]ŷ + [rs]; the dealt tensor is this party's own copy, so the sum grows in it.
            var half = (party.Seat == Seat.One ? y.Public - y.Mask : -y.Mask).Values;
            var (minus, target, width) = ((-y.Public).Values, dealt.Values, x.Shape.Columns);
            Parallelism.ForChunks(x.Shape.Rows, (start, length) =>
            {
                for (var row = start; row < start + length; row++)
                {
                    var sum = target.AsSpan(row * width, width);
                    TensorPrimitives.MultiplyAdd(open.Public.Values.AsSpan(row * width, width), half[row], sum, sum);
                    TensorPrimitives.MultiplyAdd(open.Mask.Values.AsSpan(row * width, width), minus[row], sum, sum);
                }
            }, chunkLength: 16);
        }

        open.Release();
        return LocalTruncation.TruncateInPlace(new Share(dealt, x.FractionBits + factors.FractionBits), factors.FractionBits);
    }

    /// <summary>Each row of x times the vector of factors, truncated locally by the factors' fraction bits.</summary>
    /// <exception cref="ArgumentException">There are not as many factors as columns.</exception>
    public static async ValueTask<Share> ColumnwiseProduct(this Party party, Share x, Share factors)
    {
        if (factors.Shape.Count != x.Shape.Columns) throw new ArgumentException($"{factors.Shape.Count} factors do not scale the columns of a tensor {x.Shape}");
        var wires = await party.Mask(x, factors.Reshape(Shape.Vector(x.Shape.Columns)));
        var product = party.ScaleColumns(wires[0], wires[1]);
        wires[0].Release();
        return LocalTruncation.TruncateInPlace(product, factors.FractionBits);
    }
}
