using System.Runtime.Intrinsics;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>A trigonometric series at a shared argument: one round, 24 bits a value, whatever the number of terms.</summary>
/// <remarks>
/// <para>1. Take shares of cos 2πkr and sin 2πkr of a uniform fraction of the period r, for k = 1 … K: 2K dealt words.</para>
/// <para>2. Open δ = x + r modulo the period.</para>
/// <para>3. a cos k(δ − r) + b sin k(δ − r) = (a cos kδ + b sin kδ) cos kr + (a sin kδ − b cos kδ) sin kr, summed up: local.</para>
/// The idea of the Fourier GELU of SecFormer (ACL Findings 2024); here with a period that is a power of two, so that only the
/// angle is opened, and a fresh uniform mask a value.
/// </remarks>
static class SeriesEvaluation
{
    public const int PhaseBits = 24;

    /// <summary>Fraction bits of the result where nothing else is said.</summary>
    public const int FractionBits = 40;

    const int CoefficientBits = 26;

    /// <summary>Values a piece of work, whose dealt words stay in the second-level cache.</summary>
    const int ChunkLength = 1024;

    public static Cost CostOf(long count, int terms) => Residue.CostOf(count, PhaseBits) + Cost.Dealt(2L * terms * count);

    /// <param name="x">Within half a period of where the series is meant to be used; any number of fraction bits up to 40.</param>
    /// <param name="fractionBits">Of the result, even.</param>
    public static async ValueTask<Share> Evaluate(this Party party, Share x, TrigonometricSeries series, int fractionBits = FractionBits) =>
        EvaluateAt(party, await Residue.Open(party, x, series.PeriodBits, PhaseBits - series.PeriodBits), series, fractionBits);

    /// <summary>The same for an argument that has been opened already, of <see cref="PhaseBits"/> bits. Local.</summary>
    public static Share EvaluateAt(Party party, Residue residue, TrigonometricSeries series, int fractionBits) => EvaluateAt(party, residue, fractionBits, series)[0];

    /// <summary>Several series of as many terms at one argument, from the same dealt words. Local.</summary>
    public static Share[] EvaluateAt(Party party, Residue residue, int fractionBits, params TrigonometricSeries[] series)
    {
        var (bits, shape, terms) = (fractionBits / 2, residue.Shape, series[0].Terms);
        var dealt = party.Correlations.Derived(new Shape(shape.Count, 2 * terms), () => Deal(residue.Mask, terms, bits));
        party.Meter.CountElements(2L * terms * series.Length * shape.Count);
        var results = Array.ConvertAll(series, one => Evaluate(party.Seat, residue, dealt, one, fractionBits));
        dealt.Release();
        return results;
    }

    static Share Evaluate(Seat seat, Residue residue, RingTensor dealt, TrigonometricSeries series, int fractionBits)
    {
        var (bits, shape) = (fractionBits / 2, residue.Shape);
        var (count, terms) = (shape.Count, series.Terms);
        if (residue.Public.IsHollow || dealt.IsHollow) return new(RingTensor.Hollow(shape), fractionBits);

        var result = RingTensor.Uninitialized(shape);
        var (delta, masks, target) = (residue.Public.Values, dealt.Values, result.Values);
        var constant = seat == Seat.One ? FixedPoint.Encode(series.Constant, fractionBits) : 0;
        var (a, b) = (Encode(series.Cosines), Encode(series.Sines));
        Parallelism.ForChunks(count, (start, length) =>
        {
            for (var i = start; i < start + length; i += Lanes.Width)
            {
                var n = Math.Min(Lanes.Width, start + length - i);
                var first = Turn.CosineAndSine(Lanes.Load(delta, i, n) << (64 - PhaseBits));
                var (power, sum, at) = (first, Vector256.Create(constant), i * 2 * terms);
                for (var k = 0; k < terms; k++, at += 2 * n)
                {
                    if (k > 0) power = Turn.Rotate(power, first);
                    var (cosine, sine) = power;
                    var onCosine = Lanes.MultiplySigned(a[k], cosine) + Lanes.MultiplySigned(b[k], sine);
                    var onSine = Lanes.MultiplySigned(a[k], sine) - Lanes.MultiplySigned(b[k], cosine);
                    sum += Lanes.Round(onCosine, CoefficientBits + Lanes.Bits - bits) * Lanes.Load(masks, at, n)
                        + Lanes.Round(onSine, CoefficientBits + Lanes.Bits - bits) * Lanes.Load(masks, at + n, n);
                }

                Lanes.Store(sum, target, i, n);
            }
        }, ChunkLength);
        return new(result, fractionBits);
    }

    static Vector256<ulong>[] Encode(double[] coefficients) =>
        Array.ConvertAll(coefficients, coefficient => Math.Abs(coefficient) < 16
            ? Vector256.Create(FixedPoint.Encode(coefficient, CoefficientBits))
            : throw new ArgumentException($"a coefficient of {coefficient} is not below 16"));

    /// <summary>At the dealer's: 2K words a value, four values together as the kernel reads them.</summary>
    static RingTensor Deal(RingTensor mask, int terms, int bits)
    {
        var result = RingTensor.Uninitialized(new Shape(mask.Count, 2 * terms));
        var (source, target) = (mask.Values, result.Values);
        Parallelism.ForChunks(mask.Count, (start, length) =>
        {
            for (var i = start; i < start + length; i += Lanes.Width)
            {
                var n = Math.Min(Lanes.Width, start + length - i);
                var first = Turn.CosineAndSine(Lanes.Load(source, i, n) << (64 - PhaseBits));
                var (power, at) = (first, i * 2 * terms);
                for (var k = 0; k < terms; k++, at += 2 * n)
                {
                    if (k > 0) power = Turn.Rotate(power, first);
                    Lanes.Store(Lanes.Round(power.Cosine, Lanes.Bits - bits), target, at, n);
                    Lanes.Store(Lanes.Round(power.Sine, Lanes.Bits - bits), target, at + n, n);
                }
            }
        }, ChunkLength);
        return result;
    }
}
