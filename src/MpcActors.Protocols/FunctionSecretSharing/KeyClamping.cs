using MpcActors.Ring;

namespace MpcActors.Protocols.FunctionSecretSharing;

/// <summary>An open wire kept within public bounds by keys: no round for a few values, one round for many.</summary>
/// <remarks>
/// <para>With n_t = [x &lt; t], (x − t)·n_t = (x̂ − t)·n_t − r·n_t, both shared without a round (<see cref="KeyRelu.ReluWithoutRound"/>).</para>
/// <para>The wire within [low, high] is high − (x − low)·n_low + (x − high)·n_high: one key for the bits and one for r times them, since
/// neither depends on the bound. That is 484 AES calls a value and 6,016 bytes dealt.</para>
/// <para>Opening the two bits takes 114 AES calls and 1,856 bytes instead (<see cref="KeyComparison"/>), and one round.</para>
/// </remarks>
public static class KeyClamping
{
    /// <summary>Up to so many values the round is longer than the computation that saves it: 0.8 ms on a LAN.</summary>
    public const int MostWithoutRound = 512;

    public static Cost CostOf(long count) => count <= MostWithoutRound ? CostWithoutRound(count) : KeyComparison.CostOf(count, 2) + 2 * Selection.CostOf(count);

    public static Cost CostWithoutRound(long count) => 2 * KeyComparison.CostOfShares(count);

    /// <summary>The wire within [<paramref name="low"/>, <paramref name="high"/>], with its fraction bits; |x − low| and |x − high| must be below 2^63.</summary>
    public static async ValueTask<Share> ClampByKeys(this Party party, Masked x, double low, double high)
    {
        if (x.Shape.Count <= MostWithoutRound) return await party.ClampWithoutRound(x, low, high);
        var (least, most) = Bounds(x, low, high);
        var isBelow = await party.IsBelowByKey(x, least, most);
        return party.AddPublic(party.Select(isBelow[1], x.Plus(0 - (ulong)most)) - party.Select(isBelow[0], x.Plus(0 - (ulong)least)), high);
    }

    /// <summary>The same whatever the number of values, without a round.</summary>
    public static async ValueTask<Share> ClampWithoutRound(this Party party, Masked x, double low, double high)
    {
        var (least, most) = Bounds(x, low, high);
        var isBelow = await party.IsBelowShares(x, least, most);
        var products = await KeyComparison.TakeProductKeys(party, x);
        return party.AddPublic(new Share(WhereBelow(most, isBelow[1]) - WhereBelow(least, isBelow[0]), x.FractionBits), high);

        RingTensor WhereBelow(long bound, Share isLess)
        {
            if (x.Public.IsHollow) return x.Public;
            var open = x.Public + (0 - (ulong)bound);
            return open * isLess.Value - KeyComparison.TimesSign(products, x, bound, 0) - (open >>> 63) * x.Mask;
        }
    }

    static (long Least, long Most) Bounds(Masked x, double low, double high) => low < high
        ? ((long)FixedPoint.Encode(low, x.FractionBits), (long)FixedPoint.Encode(high, x.FractionBits))
        : throw new ArgumentException($"bounds from {low} to {high} leave nothing in between");
}
