using MpcActors.Ring;

namespace MpcActors.Protocols.FunctionSecretSharing;

/// <summary>An open wire kept within public bounds by two keys a value: no round.</summary>
/// <remarks>
/// <para>With n_t = [x &lt; t], (x − t)·n_t = (x̂ − t)·n_t − r·n_t, both shared without a round (<see cref="KeyRelu.ReluWithoutRound"/>).</para>
/// <para>The wire within [low, high] is high − (x − low)·n_low + (x − high)·n_high: one key for the bits and one for r times them, since
/// neither depends on the bound.</para>
/// </remarks>
public static class KeyClamping
{
    public static Cost CostOf(long count) => 2 * KeyComparison.CostOfShares(count);

    /// <summary>The wire within [<paramref name="low"/>, <paramref name="high"/>], with its fraction bits; |x − low| and |x − high| must be below 2^63.</summary>
    public static async ValueTask<Share> ClampWithoutRound(this Party party, Masked x, double low, double high)
    {
        if (!(low < high)) throw new ArgumentException($"bounds from {low} to {high} leave nothing in between");
        var (least, most) = ((long)FixedPoint.Encode(low, x.FractionBits), (long)FixedPoint.Encode(high, x.FractionBits));
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
}
