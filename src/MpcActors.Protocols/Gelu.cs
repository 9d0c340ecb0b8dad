namespace MpcActors.Protocols;

/// <summary>GELU, x·Φ(x) with the true normal distribution, of a shared value: five rounds, or three by keys, any size of argument.</summary>
/// <remarks>
/// <para>1. Open x: one round. 2. Keep it within ±4.5, and note by how much it was above (<see cref="Clamping"/>): three rounds, or one.</para>
/// <para>3. x/2 + (x/2)·erf(x/√2) of the result; the second summand is even, so a cosine series, of period 16: one round.</para>
/// <para>4. Add what was above: GELU is x there to 1.6e−5, and below −4.5 it is 0 to 1.6e−5.</para>
/// Error, all x: 4e−5. The fit is within 1.2e−5 and the rounded factors add at most 9e−6. SecFormer's seven sines have 2e−2,
/// PUMA's piecewise polynomials 7e−3.
/// </remarks>
public static class Gelu
{
    /// <summary>The largest error, before the caller truncates.</summary>
    public const double Error = 4e-5;

    const double Bound = 4.5;

    static readonly TrigonometricSeries Series = new(4, 1.5358402127947,
        [-0.8638428908411, -0.70978263486798, 0.28912748685122, -0.30765288147982, 0.11265713925869, -0.066714397811484, 0.015196829318615, -0.0048172118377269],
        new double[8]);

    /// <summary>1/2 plus the derivative of the even part: GELU's derivative within the bounds, and 0 and 1 at them to the error below.</summary>
    static readonly TrigonometricSeries Slope = Series.Derivative(0.5);

    /// <summary>The largest error of the derivative: a fit's derivative is worse than the fit.</summary>
    public const double DerivativeError = 6e-4;

    public static Cost CostOf(long count, bool byKeys = false) => Cost.Masking(count) + Clamping.CostOf(count, byKeys) + SeriesEvaluation.CostOf(count, Series.Terms);

    /// <param name="x">Smaller than 2^20; up to 39 fraction bits, so that a product need not be truncated first.</param>
    /// <param name="byKeys">Whether it compares by keys, which saves two rounds.</param>
    /// <returns>With 40 fraction bits; the caller truncates when it must.</returns>
    public static async ValueTask<Share> GaussianErrorLinearUnit(this Party party, Share x, bool byKeys = false)
    {
        var (inside, above) = await party.Clamp(await party.Mask(x), -Bound, Bound, byKeys);
        var even = await party.Evaluate(inside, Series);
        var half = inside with { FractionBits = inside.FractionBits + 1 };
        return even + half.WithMoreFractionBits(even.FractionBits) + above.WithMoreFractionBits(even.FractionBits);
    }

    /// <summary>The same, and its derivative from the same openings, both with 40 fraction bits.</summary>
    public static async ValueTask<(Share Value, Share Derivative)> GaussianErrorLinearUnitAndDerivative(this Party party, Share x, bool byKeys = false)
    {
        var (inside, above) = await party.Clamp(await party.Mask(x), -Bound, Bound, byKeys);
        var residue = await Residue.Open(party, inside, Series.PeriodBits, SeriesEvaluation.PhaseBits - Series.PeriodBits);
        var both = SeriesEvaluation.EvaluateAt(party, residue, SeriesEvaluation.FractionBits, Series, Slope);
        var half = inside with { FractionBits = inside.FractionBits + 1 };
        return (both[0] + half.WithMoreFractionBits(both[0].FractionBits) + above.WithMoreFractionBits(both[0].FractionBits), both[1]);
    }
}
