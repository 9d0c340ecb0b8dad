using MpcActors.Protocols.FunctionSecretSharing;
using MpcActors.Ring;

namespace MpcActors.Protocols.Hybrid;

/// <summary>e^x within public bounds: two rounds for a few values and three for many, 89 to 91 bits a value.</summary>
/// <remarks>
/// <para>1. y = x·log₂ e, local, and open it: one round. 2. Keep it within bounds by keys: no round for a few values, one for many (<see cref="KeyClamping"/>).</para>
/// <para>3. 2^y by a dealt table (<see cref="Exponential.ExponentialOfTwo"/>): one round, 25 bits.</para>
/// PriFFT (arXiv 2503.03146) has a natural exponential by function secret sharing and does not publish how; CrypTen's limit formula takes
/// eight rounds and explodes below −512. The result has 2^high for its unit: at its smallest it has the error of its largest.
/// </remarks>
public static class BoundedExponential
{
    /// <summary>Fraction bits of log₂ e.</summary>
    public const int Log2EBits = 12;

    /// <summary>Of the table's own result, the most that it has.</summary>
    const int TableBits = 48;

    const double Log2E = 1.4426950408889634;

    public static Cost CostOf(long count) => Cost.Masking(count) + KeyClamping.CostOf(count) + Exponential.CostOf(count);

    /// <summary>The largest error at <paramref name="x"/> where results may be as large as e^<paramref name="high"/>.</summary>
    public static double ErrorOf(double x, double high) =>
        Math.ScaleB(Exponential.ErrorOf(x * Log2E - WholeAbove(high), TableBits), WholeAbove(high)) + Math.Exp(x) * (Math.Abs(x) * Math.ScaleB(1, -Log2EBits) + 1e-5);

    /// <summary>e^x for x in [<paramref name="low"/>, <paramref name="high"/>], and e^low or e^high outside. Not truncated: the result says how many fraction bits it has.</summary>
    /// <param name="x">With up to 40 fraction bits; smaller than 2^(50 − its fraction bits).</param>
    /// <exception cref="ArgumentException">The bounds are more than 20 apart.</exception>
    public static ValueTask<Share> ExponentialWithin(this Party party, Share x, double low, double high) =>
        party.ExponentialOfTwoWithin(InTwos(x), low * Log2E, WholeAbove(high), high * Log2E, TableBits);

    /// <summary>x·log₂ e.</summary>
    internal static Share InTwos(Share x) => new(x.Value * FixedPoint.Encode(Log2E, Log2EBits), x.FractionBits + Log2EBits);

    /// <summary>2^y for y within [<paramref name="low"/>, <paramref name="high"/>] ≤ <paramref name="whole"/>, from a table that ends at 2^whole.</summary>
    internal static async ValueTask<Share> ExponentialOfTwoWithin(this Party party, Share y, double low, int whole, double high, int tableBits)
    {
        if (low - whole < Exponential.Least) throw new ArgumentException($"an exponential from 2^{low:0.#} to 2^{whole} spans more than 2^{-Exponential.Least}");
        var inside = await party.ClampByKeys(await party.Mask(y), low, high);
        var power = await party.ExponentialOfTwo(party.AddPublic(inside, -whole), tableBits);
        return power with { FractionBits = power.FractionBits - whole };
    }

    static int WholeAbove(double high) => (int)Math.Ceiling(high * Log2E);
}
