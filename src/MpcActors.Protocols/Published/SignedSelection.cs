using MpcActors.Ring;

namespace MpcActors.Protocols.Published;

/// <summary>Comparisons of shares and what CrypTen does with their results, which are shares of the integers 0 and 1 (common/functions/logic.py).</summary>
public static class SignedSelection
{
    /// <summary>Eight rounds, 27 words each way: 432 bytes as CrypTen logs.</summary>
    public static Cost CostOfIsNegative(long count) => BinaryCircuits.CostOfSign(count) + BitConversion.CostOf(count);

    /// <summary>Seven rounds, 13 words each way: 208 bytes logged.</summary>
    public static Cost CostOfAreEqual(long count) => BinaryCircuits.CostOfEquality(count) + BitConversion.CostOf(count);

    public static Cost CostOfWhere(long count) => 2 * FreshProducts.CostOfMultiplying(count);

    /// <summary>Nine rounds, 464 bytes logged.</summary>
    public static Cost CostOfRelu(long count) => CostOfIsNegative(count) + FreshProducts.CostOfMultiplying(count);

    /// <summary>Of a gradient times the bit that the way there found.</summary>
    public static Cost CostOfReluBackward(long count) => FreshProducts.CostOfMultiplying(count);

    /// <summary>1 where x &lt; 0 and 0 elsewhere, without fraction bits. Exact.</summary>
    public static async ValueTask<Share> IsNegative(this Party party, Share x) => await ToInteger(party, await BinaryCircuits.SignOfSum(party, x.Value));

    /// <summary>1 where x = y and 0 elsewhere, without fraction bits. Exact.</summary>
    public static ValueTask<Share> AreEqual(this Party party, Share x, Share y) => party.IsZero(x - y);

    /// <summary>1 where x = 0 and 0 elsewhere, without fraction bits, at the cost of <see cref="AreEqual"/>. Exact.</summary>
    public static async ValueTask<Share> IsZero(this Party party, Share x) => await ToInteger(party, await BinaryCircuits.IsZeroSum(party, x.Value));

    /// <summary>x where the condition is 1, y where it is 0: two products one after the other, as in CrypTen's code.</summary>
    /// <param name="condition">Without fraction bits.</param>
    public static async ValueTask<Share> Where(this Party party, Share condition, Share x, Share y)
    {
        var chosen = await party.MultiplyAnew(condition, x);
        return chosen + await party.MultiplyAnew(party.Not(condition), y);
    }

    /// <summary>1 − bit.</summary>
    public static Share Not(this Party party, Share bit) => party.AddPublic(-bit, 1);

    /// <summary>x where it is not negative, zero elsewhere, with the fraction bits of x. Exact.</summary>
    public static async ValueTask<Share> ReluAnew(this Party party, Share x) => (await party.ReluAndSignAnew(x)).Value;

    /// <summary>The same, and 1 where x is not negative, without fraction bits: the derivative.</summary>
    internal static async ValueTask<(Share Value, Share IsPositive)> ReluAndSignAnew(this Party party, Share x)
    {
        var isPositive = party.Not(await party.IsNegative(x));
        return (await party.MultiplyAnew(x, isPositive), isPositive);
    }

    /// <summary>Converts bits that nobody else holds.</summary>
    static async ValueTask<Share> ToInteger(Party party, RingTensor bits)
    {
        var integers = await party.ToInteger(bits);
        bits.Release();
        return integers;
    }
}
