namespace MpcActors.Protocols.Hybrid;

/// <summary>1/x of a positive share with a public range: four rounds, however wide the range.</summary>
/// <remarks>
/// <see cref="Reciprocal"/> with the powers of four found by keys (<see cref="FunctionSecretSharing.KeyComparison"/>), one round instead of three; the same error.
/// Newton's steps as CrypTen has them take 28 rounds and end at 255.
/// </remarks>
public static class KeyReciprocal
{
    public static Cost CostOf(long count, double low, double high)
    {
        var (_, pieces) = Reciprocal.RangeOf(low, high);
        return Cost.Masking(count) + PowerLaw.Reciprocal.CostOf(count, pieces, byKeys: true);
    }

    /// <summary>1/x, not truncated: the result says how many fraction bits it has.</summary>
    /// <param name="low">x is at least this.</param>
    /// <param name="high">x is at most this; 2^61 bounds it as a ring integer.</param>
    public static async ValueTask<Share> InvertByKeys(this Party party, Share x, double low, double high)
    {
        var (lowBits, pieces) = Reciprocal.RangeOf(low, high);
        return await PowerLaw.Reciprocal.Evaluate(party, await party.Mask(x), lowBits, pieces, byKeys: true);
    }
}
