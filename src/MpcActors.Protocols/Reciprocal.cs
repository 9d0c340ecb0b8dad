using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>1/x of a positive share with a public range: 8 rounds, however wide the range.</summary>
/// <remarks>
/// <para>1. Open x: one round. 2. Normalise, evaluate 1/u and scale back (<see cref="PowerLaw"/>): five rounds.</para>
/// <para>3. Truncate: one round. Ranges wider than 2^22 take one round more, those within a power of four five less.</para>
/// Error: 2^−14 of 1/x and one unit of the result. CrypTen's start value limits it to x below 256, and takes 28 rounds.
/// </remarks>
public static class Reciprocal
{
    /// <summary>The largest error as a part of the result, beside one unit in the last place for the truncation.</summary>
    public const double RelativeError = 1.0 / (1 << 14);

    public static Cost CostOf(long count, double low, double high, int fractionBits)
    {
        var (lowBits, pieces) = RangeOf(low, high);
        var cost = Cost.Masking(count) + PowerLaw.Reciprocal.CostOf(count, pieces);
        return PowerLaw.Reciprocal.FractionBitsFor(lowBits, pieces) > fractionBits ? cost + Cost.Masking(count) + Truncation.CostOf(count) : cost;
    }

    /// <param name="low">x is at least this.</param>
    /// <param name="high">x is at most this; 2^61 bounds it as a ring integer.</param>
    /// <param name="fractionBits">Of the result.</param>
    public static async ValueTask<Share> Invert(this Party party, Share x, double low, double high, int fractionBits = FixedPoint.FractionBits)
    {
        var (lowBits, pieces) = RangeOf(low, high);
        var result = await PowerLaw.Reciprocal.Evaluate(party, await party.Mask(x), lowBits, pieces);
        return result.FractionBits >= fractionBits ? await party.TruncateTo(result, fractionBits) : result.WithMoreFractionBits(fractionBits);
    }

    internal static (int LowBits, int Pieces) RangeOf(double low, double high)
    {
        if (!(low > 0 && high >= low)) throw new ArgumentException($"a reciprocal needs a range above zero, not {low} to {high}");
        var lowBits = Math.ILogB(low);
        return (lowBits, Normalisation.PiecesFor(lowBits, high));
    }
}
