using System.Runtime.Intrinsics;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>What is done with a masked bit: local, all of it.</summary>
public static class Selection
{
    public static Cost CostOf(long count) => Cost.Dealt(count);

    /// <summary>The bits as a share of integers: c + (1 − 2c)·[m].</summary>
    public static Share ToShare(this Party party, MaskedBits bits) =>
        new(Elementwise.Map(bits.Public, bits.Mask, bits.Mask, new Bit(party.Seat == Seat.One)), 0);

    /// <summary>The wire where the bit is set, and zero elsewhere.</summary>
    /// <remarks>(c + (1 − 2c)·m)(v̂ − r) = c(v̂ − r) + (1 − 2c)(v̂·m − mr), from a dealt m·r.</remarks>
    public static Share Select(this Party party, MaskedBits bit, Masked value)
    {
        Shape.RequireEqual(bit.Shape, value.Shape);
        var product = party.Correlations.Derived(value.Shape, () => bit.Mask * value.Mask);
        party.Meter.CountElements(product.Count);
        return new(
            Elementwise.Map(bit.Public, bit.Mask, value.Public, value.Mask, product, new Product(party.Seat == Seat.One)),
            value.FractionBits);
    }

    readonly struct Bit(bool isOne) : IExpression3
    {
        readonly Vector512<ulong> _one = Vector512.Create(isOne ? 1UL : 0);

        public Vector512<ulong> Apply(Vector512<ulong> c, Vector512<ulong> m, Vector512<ulong> unused)
        {
            // (1 − 2c)·m is m or −m: with a mask of ones for c, (m ^ ones) − ones.
            var ones = Vector512<ulong>.Zero - c;
            return (c & _one) + (m ^ ones) - ones;
        }
    }

    readonly struct Product(bool isOne) : IExpression5
    {
        readonly Vector512<ulong> _ones = Vector512.Create(isOne ? ulong.MaxValue : 0);

        public Vector512<ulong> Apply(Vector512<ulong> c, Vector512<ulong> m, Vector512<ulong> open, Vector512<ulong> r, Vector512<ulong> mr)
        {
            var ones = Vector512<ulong>.Zero - c;
            var signed = open * m - mr;
            return (((open & _ones) - r) & ones) + (signed ^ ones) - ones;
        }
    }
}
