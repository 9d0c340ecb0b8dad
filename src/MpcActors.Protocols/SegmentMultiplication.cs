using System.Runtime.Intrinsics;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>Each segment of an open wire times an open factor of its own, as a row is scaled. Local.</summary>
/// <remarks>The product of <see cref="Multiplication"/>, without writing out the factor of every value.</remarks>
public static class SegmentMultiplication
{
    public static Cost CostOf(long count) => Cost.Dealt(count);

    /// <param name="x">Read as one row; values starts[g] to starts[g + 1] − 1 are segment g.</param>
    /// <param name="factors">One a segment.</param>
    public static Share MultiplySegments(this Party party, Masked x, Masked factors, int[] starts)
    {
        if (factors.Shape.Count != starts.Length - 1 || starts[^1] != x.Shape.Count)
            throw new ArgumentException($"{factors.Shape.Count} factors for {starts.Length - 1} segments up to {starts[^1]} of a wire {x.Shape}");
        var product = party.Correlations.Derived(x.Shape, () => Deal(x.Mask, factors.Mask, starts));
        party.Meter.CountElements(product.Count);
        var fractionBits = x.FractionBits + factors.FractionBits;
        if (product.IsHollow || x.Public.IsHollow) return new(RingTensor.Hollow(x.Shape), fractionBits);

        var result = RingTensor.Uninitialized(x.Shape);
        var (open, r, rs, target) = (x.Public.Values, x.Mask.Values, product.Values, result.Values);
        var (factor, s, isOne) = (factors.Public.Values, factors.Mask.Values, party.Seat == Seat.One);
        ForSegments(starts, (segment, start, length) =>
        {
            // b·x̂ŷ − x̂[s] − [r]ŷ + [rs], with b·ŷ − [s] and ŷ the same all along the segment.
            var onOpen = Vector256.Create((isOne ? factor[segment] : 0) - s[segment]);
            var onMask = Vector256.Create(factor[segment]);
            for (var i = start; i < start + length; i += Lanes.Width)
            {
                var n = Math.Min(Lanes.Width, start + length - i);
                Lanes.Store(Lanes.Load(open, i, n) * onOpen - Lanes.Load(r, i, n) * onMask + Lanes.Load(rs, i, n), target, i, n);
            }
        });
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
