namespace MpcActors.Protocols;

/// <summary>A public function c + Σ_k a_k cos(2πkx/P) + b_k sin(2πkx/P) of period P = 2^<paramref name="PeriodBits"/>, fitted to another where it is used.</summary>
/// <remarks>
/// Used on less than half of its period: a fit there need not be periodic, so a few terms reach 1e−5 where a Fourier series
/// proper would need hundreds (Fourier extension). Coefficients are least-squares fits, reweighted until the largest error
/// is as small as the smallest can be (Lawson).
/// </remarks>
sealed record TrigonometricSeries(int PeriodBits, double Constant, double[] Cosines, double[] Sines)
{
    public int Terms => Cosines.Length;

    /// <summary>The function times a public number.</summary>
    public TrigonometricSeries Times(double factor) =>
        new(PeriodBits, factor * Constant, Array.ConvertAll(Cosines, a => factor * a), Array.ConvertAll(Sines, b => factor * b));

    /// <summary>The derivative, plus a constant.</summary>
    public TrigonometricSeries Derivative(double constant) => new(
        PeriodBits, constant, [.. Sines.Select((b, k) => b * Frequency(k))], [.. Cosines.Select((a, k) => -a * Frequency(k))]);

    /// <summary>How much its rounded factors add to the error, at most, with <paramref name="fractionBits"/> of the result.</summary>
    public double RoundingErrorOf(int fractionBits)
    {
        var sum = 0.0;
        for (var k = 0; k < Terms; k++) sum += 1 + Math.Sqrt(Cosines[k] * Cosines[k] + Sines[k] * Sines[k]);
        return Math.Sqrt(0.5) * Math.ScaleB(1, -fractionBits / 2) * sum;
    }

    double Frequency(int term) => Math.ScaleB(Math.Tau * (term + 1), -PeriodBits);
}
