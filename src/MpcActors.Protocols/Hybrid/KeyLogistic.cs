using MpcActors.Protocols.FunctionSecretSharing;

namespace MpcActors.Protocols.Hybrid;

/// <summary>tanh x and 1/(1 + e^−x) = (1 + tanh(x/2))/2: two rounds for a few values and three for many, 88 to 90 bits a value, any size of argument.</summary>
/// <remarks>
/// <see cref="Protocols.Tanh"/> with the bounds kept by keys (<see cref="KeyClamping"/>): at most one round instead of three. The same series, so the same error; CrypTen's
/// sign and reciprocal take 23 rounds and are within 0.003.
/// </remarks>
public static class KeyLogistic
{
    public static Cost CostOf(long count) =>
        Cost.Masking(count) + KeyClamping.CostOf(count) + SeriesEvaluation.CostOf(count, Tanh.Series.Terms);

    /// <summary>tanh x with 40 fraction bits; the caller truncates when it must.</summary>
    /// <param name="x">Smaller than 2^62 as a ring integer, with up to 40 fraction bits.</param>
    public static async ValueTask<Share> TanhByKeys(this Party party, Share x) =>
        await party.Evaluate(await party.ClampByKeys(await party.Mask(x), -Tanh.Bound, Tanh.Bound), Tanh.Series);

    /// <summary>1/(1 + e^−x) with 41 fraction bits.</summary>
    /// <param name="x">Smaller than 2^62 as a ring integer, with up to 39 fraction bits.</param>
    public static async ValueTask<Share> SigmoidByKeys(this Party party, Share x)
    {
        var half = party.AddPublic(await party.TanhByKeys(x with { FractionBits = x.FractionBits + 1 }), 1);
        return half with { FractionBits = half.FractionBits + 1 };
    }
}
