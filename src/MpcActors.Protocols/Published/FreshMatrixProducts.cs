using System.Runtime.Intrinsics;
using MpcActors.Ring;

namespace MpcActors.Protocols.Published;

/// <summary>Matrix products that open both factors each time anew, weights too: one round, 64 bits an element of either factor.</summary>
public static class FreshMatrixProducts
{
    public static Cost CostOfMultiplying(Shape x, Shape w) =>
        Cost.Round + Cost.Opening(x.Count) + Cost.Opening(w.Count) + Cost.Dealt((long)x.Rows * w.Columns);

    public static Cost CostOfBlocks(Shape result, Shape left, Shape right) =>
        Cost.Round + Cost.Opening(left.Count) + Cost.Opening(right.Count) + MatrixMultiplication.CostOf(result);

    /// <summary>x · w, truncated locally by the fraction bits of <paramref name="w"/>, plus <paramref name="bias"/> in each row.</summary>
    /// <param name="bias">A row with the fraction bits of <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The bias has another scale than the truncated product.</exception>
    public static async ValueTask<Share> MatrixMultiplyAnew(this Party party, Share x, Share w, Share? bias = null)
    {
        if (bias is not null && bias.FractionBits != x.FractionBits)
            throw new ArgumentException($"a bias of {bias.FractionBits} fraction bits does not fit a truncated product of {x.FractionBits}");
        var wires = await party.Mask(x, w);
        var product = LocalTruncation.TruncateInPlace(Multiply(party, wires[0], wires[1]), w.FractionBits);
        if (bias is not null && !product.Value.IsHollow) product.Value.AddToEachRow(bias.Value);
        return product;
    }

    /// <summary>The product of all <paramref name="blocks"/> of two tensors, as attention needs them; truncated locally by the fraction bits of <paramref name="right"/>.</summary>
    public static async ValueTask<Share> MultiplyBlocksAnew(this Party party, Shape result, Share left, Share right, IReadOnlyList<Block> blocks)
    {
        var wires = await party.Mask(left, right);
        return LocalTruncation.TruncateInPlace(party.MultiplyBlocks(result, new BlockFactors(wires[0], wires[1], blocks)), right.FractionBits);
    }

    /// <summary>X̂(bŴ − [S]) − [R]Ŵ + [RS], all of it on all cores, which one block of many would not be.</summary>
    static Share Multiply(Party party, Masked x, Masked w)
    {
        var shape = new Shape(x.Shape.Rows, w.Shape.Columns);
        party.Meter.CountMultiplications((party.Seat == Seat.Dealer ? 1L : 2L) * x.Shape.Rows * w.Shape.Count);
        var dealt = party.Correlations.Derived(shape, () => MatrixProduct.Of(x.Mask, w.Mask));
        if (dealt.IsHollow || x.Public.IsHollow) return new(RingTensor.Hollow(shape), x.FractionBits + w.FractionBits);
        var half = party.Seat == Seat.One ? w.Public - w.Mask : -w.Mask;
        return new(
            Elementwise.Map(dealt, MatrixProduct.Of(x.Public, half), MatrixProduct.Of(x.Mask, w.Public), default(PlusMinus)),
            x.FractionBits + w.FractionBits);
    }

    readonly struct PlusMinus : IExpression3
    {
        public Vector512<ulong> Apply(Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c) => a + b - c;
    }
}
