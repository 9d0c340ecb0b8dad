using MpcActors.Ring;

namespace MpcActors.Protocols.Published;

/// <summary>One of each row's positions at random, with the values as weights, as a row with a single 1 (CrypTen's weighted_index): ten rounds.</summary>
/// <remarks>
/// <para>1. A random fraction of 16 bits that nobody knows, each bit converted on its own: one round, 16 words a row.</para>
/// <para>2. Times the row's sum: one round.</para>
/// <para>3. Where the sums so far exceed that: a comparison a value. The first such position is where they begin to.</para>
/// CrypTen breaks ties of a maximum so, and pays for it whether there are any and whether or not somebody wants to know where the maximum was.
/// </remarks>
public static class WeightedIndex
{
    const int RandomBits = FixedPoint.FractionBits;

    public static Cost CostOf(Shape weights) => BitConversion.CostOf(RandomBits * (long)weights.Rows)
        + FreshProducts.CostOfMultiplying(weights.Rows) + SignedSelection.CostOfIsNegative(weights.Count);

    /// <param name="weights">Integers not below zero, some above it in each row; few enough to add up to less than 2^31.</param>
    /// <returns>Integers, a single 1 in each row.</returns>
    public static async ValueTask<Share> IndexByWeight(this Party party, Share weights)
    {
        var sums = new Share(weights.Value.PrefixSums(), 0);
        var total = sums with { Value = sums.Value.Columns(weights.Shape.Columns - 1, 1) };
        var bar = await party.MultiplyAnew(await RandomFractions(party, weights.Shape.Rows), total);
        var isAbove = await party.IsNegative(new Share(sums.WithMoreFractionBits(RandomBits).Value.ColumnMinus(bar.Value), RandomBits));
        return isAbove with { Value = isAbove.Value.Steps() };
    }

    /// <summary>A column of uniform numbers between 0 and 1.</summary>
    static async ValueTask<Share> RandomFractions(Party party, int count)
    {
        var bits = party.Correlations.UniformBits(new Shape(RandomBits, count));
        var integers = await party.ToInteger(party.Seat is Seat.Zero or Seat.One ? bits.LowestBit() : RingTensor.Hollow(bits.Shape));
        var powers = new ulong[RandomBits];
        for (var i = 0; i < RandomBits; i++) powers[i] = 1UL << i;
        return new(integers.Value.ScaleRows(powers).SumRowGroups([0, RandomBits]).Reshape(new Shape(count, 1)), RandomBits);
    }
}
