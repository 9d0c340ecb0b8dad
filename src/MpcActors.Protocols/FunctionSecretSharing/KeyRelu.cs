using MpcActors.Ring;

namespace MpcActors.Protocols.FunctionSecretSharing;

/// <summary>max(x, 0) of an open wire and its derivative, by keys: one round and little dealt, or no round and more.</summary>
public static class KeyRelu
{
    public static Cost CostOf(long count, bool truncates) =>
        KeyComparison.CostOf(count) + (truncates ? Selection.CostOfTruncated(count) : Selection.CostOf(count));

    /// <summary>x where it is positive without its last <paramref name="bits"/> bits, and [x ≥ 0] as a masked bit for the way back. One round.</summary>
    public static async ValueTask<(Share Value, MaskedBits Derivative)> ReluByKey(this Party party, Masked x, int bits = 0)
    {
        var isPositive = !await party.IsNegativeByKey(x);
        return (party.TruncateAndSelect(x, isPositive, bits), isPositive);
    }

    public static Cost CostWithoutRound(long count) => 2 * KeyComparison.CostOfShares(count);

    /// <summary>x where it is positive, and [x ≥ 0] as a share of 0 or 1. No round.</summary>
    /// <remarks>
    /// With n = [x &lt; 0] = m + (1 − 2m)·h (<see cref="KeyComparison.IsBelowShares"/>), x·n = x̂·n − r·n, and r·n = m·r + (1 − 2m)·rh,
    /// where the second key shares r·h. ReLU(x) = x − x·n (Boyle, Chandran, Gilboa, Gupta, Ishai, Kumar, Rathee, EUROCRYPT 2021,
    /// section 5.1, there with both payloads in one key).
    /// </remarks>
    public static async ValueTask<(Share Value, Share Derivative)> ReluWithoutRound(this Party party, Masked x)
    {
        var isNegative = (await party.IsBelowShares(x, 0))[0];
        var products = await KeyComparison.TakeProductKeys(party, x);
        var maskTimesNegative = KeyComparison.TimesSign(products, x, 0, 0) + WhereTopBit(x);
        var negativePart = x.Public * isNegative.Value - maskTimesNegative;
        var one = party.Public(RingTensor.Zeros(x.Shape) + 1, 0);
        return (party.Unmask(x) - new Share(negativePart, x.FractionBits), one - isNegative);
    }

    /// <summary>m·[r]: a party's share of the mask where the opening has its top bit.</summary>
    static RingTensor WhereTopBit(Masked x) => x.Public.IsHollow ? x.Public : (x.Public >>> 63) * x.Mask;
}
