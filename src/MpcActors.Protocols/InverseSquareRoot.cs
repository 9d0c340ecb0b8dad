using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>1/√x of a positive share: 7 rounds, or 5 by keys, over the whole range of fixed point.</summary>
/// <remarks>
/// <para>1. Open x: one round. 2. Normalise, evaluate 1/√u and scale back (<see cref="PowerLaw"/>): five rounds, or three. 3. Truncate: one round.</para>
/// Error: 2^−14 of 1/√x and one unit of the result. CrypTen's is 5 % off at 0.05, 40 % at 0.01, and fails above 190.
/// </remarks>
public static class InverseSquareRoot
{
    /// <summary>The largest error as a part of the result, beside one unit in the last place for the truncation.</summary>
    public const double RelativeError = 1.0 / (1 << 14);

    /// <summary>x is at least 2^−16, the smallest positive number with 16 fraction bits.</summary>
    public const int LowBits = -16;

    /// <summary>x is below 2^30 if nothing else is said.</summary>
    public const int HighBits = 30;

    /// <summary>As many as there are, or as the ring has room for beside the fraction bits.</summary>
    static int PiecesFor(int fractionBits, int highBits) => (Math.Min(highBits, 60 - fractionBits) - LowBits) / 2;

    public static Cost CostOf(long count, int fractionBitsOfArgument, int fractionBits, bool byKeys = false, int highBits = HighBits)
    {
        var pieces = PiecesFor(fractionBitsOfArgument, highBits);
        var cost = Cost.Masking(count) + PowerLaw.InverseSquareRoot.CostOf(count, pieces, byKeys);
        return PowerLaw.InverseSquareRoot.FractionBitsFor(LowBits, pieces) > fractionBits ? cost + Cost.Masking(count) + Truncation.CostOf(count) : cost;
    }

    /// <param name="x">In [2^−16, 2^<paramref name="highBits"/>), and below 2^60 as a ring integer.</param>
    /// <param name="fractionBits">Of the result.</param>
    /// <param name="byKeys">Whether it compares by keys, which saves two rounds.</param>
    /// <param name="highBits">Even. The fewer, the fewer comparisons.</param>
    public static async ValueTask<Share> InvertSquareRoot(this Party party, Share x, int fractionBits = FixedPoint.FractionBits, bool byKeys = false, int highBits = HighBits)
    {
        var result = await PowerLaw.InverseSquareRoot.Evaluate(party, await party.Mask(x), LowBits, PiecesFor(x.FractionBits, highBits), byKeys);
        return result.FractionBits >= fractionBits ? await party.TruncateTo(result, fractionBits) : result.WithMoreFractionBits(fractionBits);
    }
}
