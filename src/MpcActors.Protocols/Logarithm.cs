namespace MpcActors.Protocols;

/// <summary>ln x of a positive open wire with a public range: four rounds, however wide the range; one within a power of four.</summary>
/// <remarks>
/// <para>1. Open x. 2. x = u·4^k·2^low with u in [1, 4) (<see cref="Normalisation"/>): three rounds.</para>
/// <para>3. ln u by a series fitted for [0.98, 4.04], of period 8: one round. k is a sum of bits, so ln x = ln u + (2k + low) ln 2 is local.</para>
/// Error: <see cref="Error"/>, whatever x. CrypTen takes two Householder steps of order eight, each with an exponential of eight squares.
/// </remarks>
public static class Logarithm
{
    /// <summary>The largest absolute error before the caller truncates: 1.7e−6 of the fit, 2^−22 of the phase, and the series' rounded factors.</summary>
    public const double Error = 6e-6;

    /// <summary>Fraction bits of the result.</summary>
    public const int FractionBits = 44;

    const double Ln2 = 0.69314718055994531;

    static readonly TrigonometricSeries Series = new(3, -0.51162967431581,
        [-2.2142408748864, 0.070263750042099, 0.54496110997018, 0.15550274147543, -0.0070513542135, -0.0041720315499133],
        [1.4178344182206, 1.3955317635802, 0.26198810382895, -0.11601015112451, -0.040481981544794, -0.0012252338433866]);

    /// <summary>Of a wire that is open already.</summary>
    public static Cost CostOf(long count, double low, double high) =>
        Normalisation.CostOf(count, Reciprocal.RangeOf(low, high).Pieces) + SeriesEvaluation.CostOf(count, Series.Terms);

    /// <param name="low">x is at least this.</param>
    /// <param name="high">x is at most this; 2^61 bounds it as a ring integer.</param>
    /// <returns>With <see cref="FractionBits"/>.</returns>
    public static async ValueTask<Share> NaturalLogarithm(this Party party, Masked x, double low, double high)
    {
        var (lowBits, pieces) = Reciprocal.RangeOf(low, high);
        var normalisation = await Normalisation.Find(party, x, lowBits, pieces);
        var u = normalisation.Scale(party, x, 2);
        u = u with { FractionBits = u.FractionBits + lowBits + 2 * (pieces - 1) };
        var result = party.AddPublic(await party.Evaluate(u, Series, FractionBits), (lowBits + 2 * (pieces - 1)) * Ln2);

        // k is how many bits of m − 1 are not set.
        foreach (var isBelow in normalisation.IsBelow)
            result -= party.ToShare(isBelow) with { FractionBits = FractionBits } * (long)Ring.FixedPoint.Encode(2 * Ln2, FractionBits);
        return result;
    }
}
