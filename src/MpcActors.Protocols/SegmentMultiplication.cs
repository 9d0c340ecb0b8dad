using System.Runtime.Intrinsics;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>Each segment of an open wire times an open factor of its own that is truncated on the way, as a row is scaled. Local.</summary>
/// <remarks>
/// <para>A factor y = ŷ − s is truncated by f bits as in <see cref="Truncation"/>: y ≫ f = Ŷ − (s ≫ f) + w·t, with Ŷ = (ŷ' ≫ f) − 2^(62−f)
/// and the bit w = 1 − msb(ŷ') public, and s ≫ f and t = msb(s)·2^(64−f) dealt.</para>
/// <para>So it is an open wire still, with one of two masks: m = (s ≫ f) − w·t. With products of both with the wire's own mask r
/// dealt, x·(y ≫ f) = x̂(b·Ŷ − [m]) − [r]Ŷ + [r·(s ≫ f)] − w·[r·t]: no round to open the truncated factor again.</para>
/// </remarks>
public static class SegmentMultiplication
{
    public static Cost CostOf(long count, long segments) => Cost.Dealt(2 * segments + 2 * count);

    /// <summary>x · (factor ≫ <paramref name="bits"/>), the factor within a unit of its last place.</summary>
    /// <param name="x">Read as one row; values starts[g] to starts[g + 1] − 1 are segment g.</param>
    /// <param name="factors">One a segment, smaller than <see cref="Truncation.Limit"/>.</param>
    public static Share MultiplySegments(this Party party, Masked x, Masked factors, int bits, int[] starts)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bits is >= 1 and <= 61, true, nameof(bits));
        if (factors.Shape.Count != starts.Length - 1 || starts[^1] != x.Shape.Count)
            throw new ArgumentException($"{factors.Shape.Count} factors for {starts.Length - 1} segments up to {starts[^1]} of a wire {x.Shape}");
        var correlations = party.Correlations;
        var shifted = correlations.Derived(factors.Shape, () => factors.Mask >>> bits);
        var top = correlations.Derived(factors.Shape, () => (factors.Mask >>> 63) * (1UL << (64 - bits)));
        var withShifted = correlations.Derived(x.Shape, () => Deal(x.Mask, shifted, starts));
        var withTop = correlations.Derived(x.Shape, () => Deal(x.Mask, top, starts));
        party.Meter.CountElements(2L * x.Shape.Count);
        var fractionBits = x.FractionBits + factors.FractionBits - bits;
        if (x.Public.IsHollow) return new(RingTensor.Hollow(x.Shape), fractionBits);

        var result = RingTensor.Uninitialized(x.Shape);
        var (open, r, target) = (x.Public.Values, x.Mask.Values, result.Values);
        var (rs, rt, factor, s, t) = (withShifted.Values, withTop.Values, factors.Public.Values, shifted.Values, top.Values);
        var isOne = party.Seat == Seat.One;
        ForSegments(starts, (segment, start, length) =>
        {
            var moved = factor[segment] + (1UL << 62);
            var truncated = (moved >> bits) - (1UL << (62 - bits));
            var mayWrap = (moved >> 63) - 1;
            var onOpen = Vector256.Create((isOne ? truncated : 0) - s[segment] + (t[segment] & mayWrap));
            var onMask = Vector256.Create(truncated);
            var onWrap = Vector256.Create(mayWrap);
            for (var i = start; i < start + length; i += Lanes.Width)
            {
                var n = Math.Min(Lanes.Width, start + length - i);
                var product = Lanes.Load(open, i, n) * onOpen - Lanes.Load(r, i, n) * onMask;
                Lanes.Store(product + Lanes.Load(rs, i, n) - (Lanes.Load(rt, i, n) & onWrap), target, i, n);
            }
        });
        foreach (var dealt in (RingTensor[])[shifted, top, withShifted, withTop]) dealt.Release();
        return new(result, fractionBits);
    }

    static RingTensor Deal(RingTensor x, RingTensor factors, int[] starts)
    {
        var result = RingTensor.Uninitialized(x.Shape);
        var (r, s, target) = (x.Values, factors.Values, result.Values);
        ForSegments(starts, (segment, start, length) =>
        {
            var factor = Vector256.Create(s[segment]);
            for (var i = start; i < start + length; i += Lanes.Width)
            {
                var n = Math.Min(Lanes.Width, start + length - i);
                Lanes.Store(Lanes.Load(r, i, n) * factor, target, i, n);
            }
        });
        return result;
    }

    /// <summary>Calls <paramref name="body"/>(segment, start, length) for each, shared between the cores.</summary>
    static void ForSegments(int[] starts, Action<int, int, int> body) =>
        Parallelism.ForChunks(starts.Length - 1, (first, count) =>
        {
            for (var segment = first; segment < first + count; segment++) body(segment, starts[segment], starts[segment + 1] - starts[segment]);
        }, chunkLength: 64);
}
