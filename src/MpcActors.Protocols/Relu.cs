using MpcActors.Protocols.FunctionSecretSharing;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>max(x, 0) in four rounds, or two by keys: one masking, whose wire is compared, truncated and selected.</summary>
public static class Rectification
{
    /// <param name="truncates">Whether x has more fraction bits than the result.</param>
    /// <param name="byKeys">Whether the comparison is that of <see cref="KeyComparison"/>.</param>
    public static Cost CostOf(long count, bool truncates, bool byKeys = false) =>
        Cost.Masking(count) + (byKeys ? KeyComparison.CostOf(count) : Comparison.CostOf(count)) + (truncates ? Selection.CostOfTruncated(count) : Selection.CostOf(count));

    /// <summary>Of a gradient times the bit that the way there found: it is opened, and the product is local.</summary>
    public static Cost CostOfBackward(long count) => Cost.Masking(count) + Selection.CostOf(count);

    /// <summary>x where it is positive and zero elsewhere, with <paramref name="fractionBits"/>; x may be a product that nobody has truncated yet.</summary>
    /// <remarks>Exact to one unit in the last place; |x| must be below <see cref="Truncation.Limit"/> if it is truncated.</remarks>
    public static async ValueTask<Share> Relu(this Party party, Share x, int fractionBits = FixedPoint.FractionBits, bool byKeys = false) =>
        (await party.ReluAndSign(x, fractionBits, byKeys)).Value;

    /// <summary>The same, and the bit that says where x is positive: the derivative.</summary>
    internal static async ValueTask<(Share Value, MaskedBits IsPositive)> ReluAndSign(
        this Party party, Share x, int fractionBits = FixedPoint.FractionBits, bool byKeys = false)
    {
        var wire = await party.Mask(x);
        var isPositive = !(byKeys ? await party.IsNegativeByKey(wire) : await party.IsNegative(wire));
        return (party.TruncateAndSelect(wire, isPositive, x.FractionBits - fractionBits), isPositive);
    }
}
