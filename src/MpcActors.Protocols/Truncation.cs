using System.Runtime.Intrinsics;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>Division by 2^f of an open wire, exact to one unit in the last place, always. Local.</summary>
/// <remarks>
/// <para>For |z| &lt; 2^61, z = ẑ − r with z' = z + 2^62 &gt; 0:</para>
/// <para>1. Take shares of r ≫ f and of the top bit of r, moved to bit 64 − f.</para>
/// <para>2. z' + r passes 2^64 exactly when r has its top bit and ẑ' = ẑ + 2^62 has not: w = msb(r)·(1 − msb(ẑ')), a public bit times a shared one.</para>
/// <para>3. z ≫ f = (ẑ' ≫ f) − 2^(62−f) − (r ≫ f) + w·2^(64−f), or that plus one.</para>
/// Shifting each share alone (SecureML; CrypTen) is wrong by 2^(64−f) with probability |z|/2^63 a value: at the size of a
/// language model that is a certainty. Here there is no such case.
/// </remarks>
public static class Truncation
{
    /// <summary>The wire must be smaller than this in absolute value, as a ring integer.</summary>
    public const long Limit = 1L << 61;

    const ulong Offset = 1UL << 62;

    public static Cost CostOf(long count) => Cost.Dealt(2 * count);

    /// <summary>Drops the last <paramref name="bits"/> bits.</summary>
    public static Share Truncate(this Party party, Masked wire, int bits)
    {
        if (bits == 0) return party.Unmask(wire);
        if (bits is < 0 or > 61) throw new ArgumentOutOfRangeException(nameof(bits), bits, "a truncation drops 0 to 61 bits");
        var shifted = party.Correlations.Derived(wire.Shape, () => Shifted(wire.Mask, bits));
        var top = party.Correlations.Derived(wire.Shape, () => Wrap(wire.Mask, bits));
        party.Meter.CountElements(wire.Shape.Count);

        var truncated = Elementwise.Map(wire.Public, shifted, top, new Half(bits, party.Seat == Seat.One));
        shifted.Release();
        top.Release();
        return new(truncated, wire.FractionBits - bits);
    }

    /// <summary>Masks and truncates to <paramref name="fractionBits"/>: one round.</summary>
    public static async ValueTask<Share> TruncateTo(this Party party, Share share, int fractionBits = FixedPoint.FractionBits)
    {
        if (share.FractionBits == fractionBits) return share;
        var wire = await party.Mask(share);
        var truncated = party.Truncate(wire, share.FractionBits - fractionBits);

        // Nobody else has seen the wire.
        wire.Release();
        return truncated;
    }

    /// <summary>At the dealer's: r ≫ f.</summary>
    internal static RingTensor Shifted(RingTensor mask, int bits) => mask >>> bits;

    /// <summary>At the dealer's: the top bit of r, moved to bit 64 − f.</summary>
    internal static RingTensor Wrap(RingTensor mask, int bits) => mask.Map((r, destination) =>
    {
        for (var i = 0; i < r.Length; i++) destination[i] = r[i] >> 63 << (64 - bits);
    });

    /// <summary>What both parties know: (ẑ' ≫ f) − 2^(62−f), and all ones where the sum of z' and r may have passed 2^64.</summary>
    internal static (Vector512<ulong> Known, Vector512<ulong> MayWrap) PublicPart(Vector512<ulong> open, int bits)
    {
        var moved = open + Vector512.Create(Offset);
        return ((moved >>> bits) - Vector512.Create(Offset >> bits), (moved >>> 63) - Vector512<ulong>.One);
    }

    readonly struct Half(int bits, bool isOne) : IExpression3
    {
        readonly Vector512<ulong> _ones = Vector512.Create(isOne ? ulong.MaxValue : 0);

        public Vector512<ulong> Apply(Vector512<ulong> open, Vector512<ulong> shiftedMask, Vector512<ulong> wrap)
        {
            var (known, mayWrap) = PublicPart(open, bits);
            return (known & _ones) - shiftedMask + (wrap & mayWrap);
        }
    }
}
