using MpcActors.Ring;

namespace MpcActors.Protocols.Published;

/// <summary>cos 2πx and sin 2πx of angles in turns, with a dealt angle and its cosine and sine: one round, 128 bits together (SecP-Tuning's Π_cosine).</summary>
/// <remarks>
/// <para>1. Take shares of a random angle t, of cos 2πt and of sin 2πt.</para>
/// <para>2. Open δ = x + t, the whole word: one round. Both are in turns, so t is uniform in the ring and whole turns do not matter; an angle
/// in radians could not be hidden so, since no power of two is a multiple of 2π.</para>
/// <para>3. cos 2πx = cos 2πδ cos 2πt + sin 2πδ sin 2πt, sin 2πx = sin 2πδ cos 2πt − cos 2πδ sin 2πt; truncate locally.</para>
/// The arithmetic is that of <see cref="Cosine"/>, which opens 20 bits a value instead of 64. The sine is not in the paper; it is free.
/// </remarks>
public static class OneRoundCosine
{
    const int ProductBits = 2 * FixedPoint.FractionBits;

    public static Cost CostOf(long count) => Cost.Masking(count) + Cost.Dealt(2 * count);

    /// <summary>Both with 16 fraction bits.</summary>
    public static async ValueTask<(Share Cosine, Share Sine)> CosineAndSineInOneRound(this Party party, Share turns)
    {
        var phase = await Residue.Open(party, turns, integerBits: 0, Cosine.PhaseBits, opensWhole: true);
        var (cosine, sine) = Cosine.CosineAndSineAt(party, phase, ProductBits);
        return (LocalTruncation.TruncateInPlace(cosine, FixedPoint.FractionBits), LocalTruncation.TruncateInPlace(sine, FixedPoint.FractionBits));
    }
}
