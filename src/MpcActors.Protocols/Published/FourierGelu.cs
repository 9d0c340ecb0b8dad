using MpcActors.Protocols.Training;
using MpcActors.Ring;

namespace MpcActors.Protocols.Published;

/// <summary>x(1 + erf(x/√2))/2 with the error function in three pieces, −1, a sine series and 1 (SecFormer, ACL Findings 2024): 11 rounds, 944 bytes logged.</summary>
/// <remarks>
/// <para>1. Compare x with both break points at once: 8 rounds, 864 bytes.</para>
/// <para>2. Open x plus a dealt angle t, the whole word, beside which sin kt and cos kt are dealt for the seven terms: one round, 16 bytes.</para>
/// <para>3. Multiply the series by the bit of the middle piece, and the sum of pieces by x: two rounds, 64 bytes.</para>
/// The angle is in turns of the period, so that t is uniform in the ring; SecFormer's benchmark reduces modulo 2π where the period is 20, and uses one
/// t for every call. Largest error 0.0194 at the break points, 0.004 on average between −6 and 6.
/// </remarks>
public static class FourierGelu
{
    const int ProductBits = 2 * FixedPoint.FractionBits;

    /// <summary>Of the public factor that makes turns of the period out of x.</summary>
    const int TurnBits = 28;

    /// <summary>Where x is compared, so that x/√2 meets <see cref="PublishedFunctions.GeluBreak"/>.</summary>
    static readonly double Break = PublishedFunctions.GeluBreak * Math.Sqrt(2);

    static readonly TrigonometricSeries Series = new(0, 0, new double[PublishedFunctions.GeluSines.Count], [.. PublishedFunctions.GeluSines]);

    /// <summary>The derivative of the series by x.</summary>
    static readonly TrigonometricSeries Slope = new(0, 0,
        [.. PublishedFunctions.GeluSines.Select((b, k) => b * Math.Tau * (k + 1) / (PublishedFunctions.GeluPeriod * Math.Sqrt(2)))], new double[PublishedFunctions.GeluSines.Count]);

    public static Cost CostOf(long count) => SignedSelection.CostOfIsNegative(2 * count)
        + Cost.Masking(count) + Cost.Dealt(2L * PublishedFunctions.GeluSines.Count * count)
        + 2 * FreshProducts.CostOfMultiplying(count);

    /// <summary>Three products a value on the way back: with the bit of the middle piece, with x, with the gradient.</summary>
    public static Cost CostOfBackward(long count) => 3 * FreshProducts.CostOfMultiplying(count);

    /// <summary>With the fraction bits of x.</summary>
    public static async ValueTask<Share> Gelu(this Party party, Share x) => (await GeluAndBackward(party, x)).Value;

    /// <summary>The same, and the way back: g(1 + erf)/2 + gx·erf′/2 with the bits of the pieces and the angle that the value had.</summary>
    internal static async ValueTask<Traced> GeluAndBackward(Party party, Share x)
    {
        // Below the lower break point, and below the upper one.
        var differences = RowOperations.Concatenate(party.AddPublic(x, Break).Value, party.AddPublic(x, -Break).Value);
        var isBelow = await party.IsNegative(new Share(differences, x.FractionBits));
        var (lower, upper) = (isBelow.Value.Slice(0, x.Shape), isBelow.Value.Slice(x.Shape.Count, x.Shape));

        var turns = new Share(
            x.Value * FixedPoint.Encode(1 / (Math.Sqrt(2) * PublishedFunctions.GeluPeriod), TurnBits), x.FractionBits + TurnBits);
        var phase = await Residue.Open(party, turns, integerBits: 0, SeriesEvaluation.PhaseBits, opensWhole: true);
        var both = SeriesEvaluation.EvaluateAt(party, phase, ProductBits, Series, Slope);
        var series = LocalTruncation.TruncateInPlace(both[0], ProductBits - x.FractionBits);

        // 1 + erf is 2 minus both bits, plus what the series says between the break points.
        var isMiddle = new Share(upper - lower, 0);
        var middle = await party.MultiplyAnew(isMiddle, series);
        var outer = party.AddPublic(new Share(lower + upper, 0) * -1, 2).WithMoreFractionBits(x.FractionBits);
        var onePlusErf = outer + middle;
        return new((await party.MultiplyAnew(x, onePlusErf)).DivideLocally(2), async gradient =>
        {
            var slope = await party.MultiplyAnew(isMiddle, LocalTruncation.TruncateInPlace(both[1], ProductBits - x.FractionBits));
            var derivative = (onePlusErf + await party.MultiplyAnew(x, slope)).DivideLocally(2);
            return await party.MultiplyAnew(gradient, derivative);
        });
    }
}
