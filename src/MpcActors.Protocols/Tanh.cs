namespace MpcActors.Protocols;

/// <summary>tanh of a shared value: five rounds, any size of argument.</summary>
/// <remarks>
/// <para>1. Open x: one round. 2. Keep it within ±5.25 (<see cref="Clamping"/>): three rounds.</para>
/// <para>3. Sine series of period 16 at the result (<see cref="SeriesEvaluation"/>): one round.</para>
/// Error, all x: 1.1e−4. The fit is within 3.2e−5 inside, tanh is within 5.6e−5 of ±1 outside, and the rounded factors add
/// at most 2e−5 (mean 2e−6).
/// </remarks>
public static class Tanh
{
    /// <summary>The largest error, before the caller truncates.</summary>
    public const double Error = 1.1e-4;

    internal const double Bound = 5.25;

    internal static readonly TrigonometricSeries Series = new(4, 0, new double[14],
    [
        0.16626226135711, 1.8751428040177, -2.1479441237451, 2.5553683703607, -2.3040568819909, 1.968020289392, -1.4408614360361,
        0.97322153193931, -0.57095342907314, 0.30079115020998, -0.13302461182478, 0.049975208983363, -0.013728800647974, 0.0026299886963706,
    ]);

    public static Cost CostOf(long count) => Cost.Masking(count) + Clamping.CostOf(count) + SeriesEvaluation.CostOf(count, Series.Terms);

    /// <param name="x">Smaller than 2^62 as a ring integer; up to 40 fraction bits, so that a product need not be truncated first.</param>
    /// <returns>With 40 fraction bits; the caller truncates when it must.</returns>
    public static async ValueTask<Share> HyperbolicTangent(this Party party, Share x)
    {
        var (inside, _) = await party.Clamp(await party.Mask(x), -Bound, Bound);
        return await party.Evaluate(inside, Series);
    }
}
