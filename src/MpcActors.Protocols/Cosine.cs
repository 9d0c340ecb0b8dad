using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>cos 2πx and sin 2πx of a shared angle x in turns: one round, 20 bits a value.</summary>
/// <remarks>
/// <para>1. Take shares of a uniform fraction of a turn r, and of cos 2πr and sin 2πr.</para>
/// <para>2. Open δ = x + r mod 1, 20 bits a value: one round. Whole turns do not change a cosine, so they are not sent.</para>
/// <para>3. cos 2πx = cos 2πδ cos 2πr + sin 2πδ sin 2πr; sin 2πx = sin 2πδ cos 2πr − cos 2πδ sin 2πr; δ is public.</para>
/// <para>
/// The one-round cosine of SecP-Tuning (its Π_cosine) and SecFormer, which open a whole word or reduce modulo a period of 20.
/// In turns the surplus fraction bits of a product are a finer angle, so it needs no truncation first.
/// </para>
/// <para>
/// Error, any x: the angle is off by less than 2^−20 turns, and public and dealt factors of f/2 fraction bits are rounded:
/// 2π·2^−20 + √2·2^(−f/2). With f = 28 that is 9.3e−5 at worst; the mean error is a fifth of it.
/// </para>
/// </remarks>
public static class Cosine
{
    /// <summary>Bits of an angle that are opened.</summary>
    public const int PhaseBits = 20;

    public static Cost CostOf(long count) => Residue.CostOf(count, PhaseBits) + Cost.Dealt(2 * count);

    /// <summary>The largest error of a cosine or sine of <paramref name="fractionBits"/>.</summary>
    public static double ErrorOf(int fractionBits) =>
        2 * Math.PI * Math.ScaleB(1, -PhaseBits) + Math.Sqrt(2) * Math.ScaleB(1, -fractionBits / 2) + 4 * Turn.Error;

    /// <param name="turns">Angles in turns, with any number of fraction bits up to 44.</param>
    /// <param name="fractionBits">Of both results, even and at most 48; the caller truncates when it must.</param>
    public static async ValueTask<(Share Cosine, Share Sine)> CosineAndSineOfTurns(this Party party, Share turns, int fractionBits = 28)
    {
        if (fractionBits is < 2 or > 48 || fractionBits % 2 != 0)
            throw new ArgumentOutOfRangeException(nameof(fractionBits), fractionBits, "cosines have an even number of fraction bits, at most 48");
        return CosineAndSineAt(party, await Residue.Open(party, turns, integerBits: 0, PhaseBits), fractionBits);
    }

    /// <summary>The same for angles that have been opened already, of <see cref="PhaseBits"/> bits. Local.</summary>
    internal static (Share Cosine, Share Sine) CosineAndSineAt(Party party, Residue phase, int fractionBits)
    {
        var (bits, shape) = (fractionBits / 2, phase.Shape);
        var dealt = party.Correlations.Derived(new Shape(2, shape.Count), () => Deal(phase.Mask, bits));
        party.Meter.CountElements(2L * shape.Count);
        if (phase.Public.IsHollow || dealt.IsHollow)
        {
            dealt.Release();
            var hollow = new Share(RingTensor.Hollow(shape), fractionBits);
            return (hollow, hollow);
        }

        var (cosine, sine) = (RingTensor.Uninitialized(shape), RingTensor.Uninitialized(shape));
        var (delta, r, cosineValues, sineValues) = (phase.Public.Values, dealt.Values, cosine.Values, sine.Values);
        var count = delta.Length;
        Parallelism.ForChunks(count, (start, length) =>
        {
            for (var i = start; i < start + length; i += Lanes.Width)
            {
                var n = Math.Min(Lanes.Width, start + length - i);
                var (c, s) = Turn.CosineAndSine(Lanes.Load(delta, i, n) << (64 - PhaseBits));
                (c, s) = (Lanes.Round(c, Lanes.Bits - bits), Lanes.Round(s, Lanes.Bits - bits));
                var (cosineR, sineR) = (Lanes.Load(r, i, n), Lanes.Load(r, count + i, n));
                Lanes.Store(c * cosineR + s * sineR, cosineValues, i, n);
                Lanes.Store(s * cosineR - c * sineR, sineValues, i, n);
            }
        });
        dealt.Release();
        return (new(cosine, fractionBits), new(sine, fractionBits));
    }

    /// <summary>At the dealer's: cosines of the masks in the first row, sines in the second.</summary>
    static RingTensor Deal(RingTensor mask, int bits)
    {
        var result = RingTensor.Uninitialized(new Shape(2, mask.Count));
        var (source, target, count) = (mask.Values, result.Values, mask.Count);
        Parallelism.ForChunks(count, (start, length) =>
        {
            for (var i = start; i < start + length; i += Lanes.Width)
            {
                var n = Math.Min(Lanes.Width, start + length - i);
                var (c, s) = Turn.CosineAndSine(Lanes.Load(source, i, n) << (64 - PhaseBits));
                Lanes.Store(Lanes.Round(c, Lanes.Bits - bits), target, i, n);
                Lanes.Store(Lanes.Round(s, Lanes.Bits - bits), target, count + i, n);
            }
        });
        return result;
    }
}
