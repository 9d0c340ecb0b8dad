using System.Runtime.Intrinsics;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>Products of wires that are open already: local, since the dealer deals the product of the masks (Beaver, CRYPTO '91).</summary>
/// <remarks>
/// <para>1. x = x̂ − r and y = ŷ − s, where x̂, ŷ are public and r, s shared.</para>
/// <para>2. Take a share of r·s.</para>
/// <para>3. [xy]_b = b·x̂ŷ − x̂[s]_b − [r]_b ŷ + [rs]_b.</para>
/// The product has the fraction bits of both factors; the caller truncates when it must.
/// </remarks>
public static class Multiplication
{
    public static Cost CostOf(long count) => Cost.Dealt(count);

    /// <summary>Element-wise product.</summary>
    public static Share Multiply(this Party party, Masked x, Masked y)
    {
        Shape.RequireEqual(x.Shape, y.Shape);
        var product = party.Correlations.Derived(x.Shape, () => x.Mask * y.Mask);
        party.Meter.CountElements(product.Count);

        // b·x̂ŷ − x̂[s] = x̂(b·ŷ − [s]): one product fewer.
        var half = party.Seat == Seat.One
            ? Elementwise.Map(x.Public, x.Mask, y.Public, y.Mask, product, default(OneHalfOfProduct))
            : Elementwise.Map(x.Public, x.Mask, y.Public, y.Mask, product, default(ZeroHalfOfProduct));
        product.Release();
        return new(half, x.FractionBits + y.FractionBits);
    }

    /// <summary>Element-wise square: x̂² b − 2x̂[r] + [r²].</summary>
    public static Share Square(this Party party, Masked x)
    {
        var square = party.Correlations.Derived(x.Shape, () => x.Mask * x.Mask);
        party.Meter.CountElements(square.Count);
        var half = party.Seat == Seat.One
            ? Elementwise.Map(x.Public, x.Mask, square, default(OneHalfOfSquare))
            : Elementwise.Map(x.Public, x.Mask, square, default(ZeroHalfOfSquare));
        square.Release();
        return new(half, 2 * x.FractionBits);
    }

    /// <summary>x·y² of two open wires, from dealt s², rs and rs²; local as well.</summary>
    public static Share MultiplyBySquare(this Party party, Masked x, Masked y)
    {
        Shape.RequireEqual(x.Shape, y.Shape);
        var ss = party.Correlations.Derived(x.Shape, () => y.Mask * y.Mask);
        var rs = party.Correlations.Derived(x.Shape, () => x.Mask * y.Mask);
        var rss = party.Correlations.Derived(x.Shape, () => x.Mask * y.Mask * y.Mask);
        party.Meter.CountElements(3L * x.Shape.Count);
        if (x.Public.IsHollow) return new(RingTensor.Hollow(x.Shape), x.FractionBits + 2 * y.FractionBits);

        // (x̂ − r)(ŷ − s)² = x̂ŷ² − 2x̂ŷs + x̂s² − rŷ² + 2rsŷ − rs².
        var square = y.Public * y.Public;
        var sum = x.Public * (ss - y.Public * y.Mask * 2) - x.Mask * square + y.Public * rs * 2 - rss;
        return new(party.Seat == Seat.One ? sum + x.Public * square : sum, x.FractionBits + 2 * y.FractionBits);
    }

    public static Cost CostOfBySquare(long count) => Cost.Dealt(3 * count);

    readonly struct OneHalfOfProduct : IExpression5
    {
        public Vector512<ulong> Apply(Vector512<ulong> x, Vector512<ulong> r, Vector512<ulong> y, Vector512<ulong> s, Vector512<ulong> rs) =>
            x * (y - s) - r * y + rs;
    }

    readonly struct ZeroHalfOfProduct : IExpression5
    {
        public Vector512<ulong> Apply(Vector512<ulong> x, Vector512<ulong> r, Vector512<ulong> y, Vector512<ulong> s, Vector512<ulong> rs) =>
            rs - x * s - r * y;
    }

    readonly struct OneHalfOfSquare : IExpression3
    {
        public Vector512<ulong> Apply(Vector512<ulong> x, Vector512<ulong> r, Vector512<ulong> rr) => x * (x - r - r) + rr;
    }

    readonly struct ZeroHalfOfSquare : IExpression3
    {
        public Vector512<ulong> Apply(Vector512<ulong> x, Vector512<ulong> r, Vector512<ulong> rr) => rr - x * (r + r);
    }
}
