using MpcActors.Fss;
using MpcActors.Ring;

namespace MpcActors.Protocols.FunctionSecretSharing;

/// <summary>A signed number of few bits, opened modulo 2^n, as a share over the whole ring: no round.</summary>
/// <remarks>
/// <para>With x' = x + 2^(n−1) in [0, 2^n) and x̂' = x̂ + 2^(n−1) mod 2^n:</para>
/// <para>x = x̂' − (r mod 2^n) + 2^n·[x̂' &lt; r mod 2^n] − 2^(n−1).</para>
/// <para>1. Take a key over n bits with payload 2^n, and shares of r mod 2^n.</para>
/// <para>2. Evaluate it at x̂'. Boyle, Chandran, Gilboa, Gupta, Ishai, Kumar, Rathee, EUROCRYPT 2021, section 6.</para>
/// </remarks>
public static class SignExtension
{
    /// <param name="bits">1 to 63.</param>
    public static Cost CostOf(long count, int bits) => Cost.Keys(KeyForm.Comparison(bits), count) + Cost.Dealt(count);

    /// <summary>The number in −2^(Bits−1) ≤ x &lt; 2^(Bits−1) that is congruent to the residue, with <paramref name="fractionBits"/>.</summary>
    public static async ValueTask<Share> SignExtend(this Party party, Residue residue, int fractionBits)
    {
        if (residue.Bits > 63) throw new ArgumentException("a number of 64 bits is extended already", nameof(residue));
        var (low, half) = ((1UL << residue.Bits) - 1, 1UL << (residue.Bits - 1));
        var form = KeyForm.Comparison(residue.Bits);
        KeyWork.Count(party, form, residue.Shape.Count);

        var keys = await party.TakeKeys(form, residue.Shape.Count, () => new(
            Array.ConvertAll(residue.Mask.Values, r => r & low), Array.ConvertAll(residue.Mask.Values, _ => low + 1)));
        var mask = party.Correlations.Derived(residue.Shape, () => RingTensor.Of(residue.Shape, Array.ConvertAll(residue.Mask.Values, r => r & low)));
        if (keys is null) return new(RingTensor.Hollow(residue.Shape), fractionBits);

        var points = Array.ConvertAll(residue.Public.Values, open => open + half & low);
        var wrap = RingTensor.Uninitialized(residue.Shape);
        keys.Evaluate(points, wrap.Values);
        var own = wrap - mask;
        return new(party.Seat == Seat.One ? own + (RingTensor.Of(residue.Shape, points) + (0 - half)) : own, fractionBits);
    }
}
