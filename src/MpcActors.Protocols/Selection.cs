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

    public static Cost CostOfTruncated(long count) => Truncation.CostOf(count) + Cost.Dealt(2 * count);

    /// <summary>The wire without its last <paramref name="bits"/> bits where the bit is set, and zero elsewhere; nothing is opened again.</summary>
    /// <remarks>
    /// The truncated value is T = P − ρ1 + u·ρ2 for public P and u (<see cref="Truncation"/>). The mask of the bit times it is
    /// mP − mρ1 + u·mρ2, from dealt mρ1 and mρ2; the result is c·T + (1 − 2c)·mT.
    /// </remarks>
    public static Share TruncateAndSelect(this Party party, Masked wire, MaskedBits bit, int bits)
    {
        if (bits == 0) return party.Select(bit, wire);
        Shape.RequireEqual(bit.Shape, wire.Shape);
        var truncated = party.Truncate(wire, bits);
        var shifted = party.Correlations.Derived(wire.Shape, () => Truncation.Shifted(wire.Mask, bits) * bit.Mask);
        var wrap = party.Correlations.Derived(wire.Shape, () => Truncation.Wrap(wire.Mask, bits) * bit.Mask);
        party.Meter.CountElements(2L * wire.Shape.Count);

        var masked = Elementwise.Map(wire.Public, bit.Public, bit.Mask, shifted, wrap, new MaskTimesTruncated(bits));
        return truncated with { Value = Elementwise.Map(bit.Public, truncated.Value, masked, default(Chosen)) };
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

    /// <summary>(1 − 2c)·mT.</summary>
    readonly struct MaskTimesTruncated(int bits) : IExpression5
    {
        public Vector512<ulong> Apply(Vector512<ulong> open, Vector512<ulong> c, Vector512<ulong> m, Vector512<ulong> shifted, Vector512<ulong> wrap)
        {
            var (known, mayWrap) = Truncation.PublicPart(open, bits);
            var product = known * m - shifted + (wrap & mayWrap);
            var ones = Vector512<ulong>.Zero - c;
            return (product ^ ones) - ones;
        }
    }

    /// <summary>c·T and what is added to it.</summary>
    readonly struct Chosen : IExpression3
    {
        public Vector512<ulong> Apply(Vector512<ulong> c, Vector512<ulong> truncated, Vector512<ulong> addend) =>
            (truncated & (Vector512<ulong>.Zero - c)) + addend;
    }
}
