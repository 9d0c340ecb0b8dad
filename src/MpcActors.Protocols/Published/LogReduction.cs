using MpcActors.Ring;

namespace MpcActors.Protocols.Published;

/// <summary>The largest value of each row and where it is, as CrypTen's max does with its default method, log_reduction (common/functions/maximum.py).</summary>
/// <remarks>
/// <para>1. ⌊ln n⌋ times (it is the natural logarithm), compare the first half with the second and keep the larger: ten rounds each. Some 8 values of 512 are left.</para>
/// <para>2. Compare all that are left with one another in all turns, and multiply the results: what is nowhere smaller is a largest. Choose one of these
/// (<see cref="WeightedIndex"/>) and add up the products with the values.</para>
/// <para>3. Compare all n values with the largest for equality, and choose one again. A softmax has no use for this step, half of the bytes, and
/// CrypTen takes it all the same.</para>
/// Exact: nothing is truncated. 79 rounds for rows of 128, 99 for 512.
/// </remarks>
public static class LogReduction
{
    public static Cost CostOf(Shape rows)
    {
        var (count, width) = (rows.Rows, rows.Columns);
        if (width == 1) return Cost.Free;
        var cost = Cost.Free;
        for (var step = HalvingsOf(width); step > 0; step--)
        {
            var pairs = (long)count * (width / 2);
            cost += SignedSelection.CostOfIsNegative(pairs) + SignedSelection.CostOfWhere(pairs);
            width = (width + 1) / 2;
        }

        var left = new Shape(count, width);
        cost += SignedSelection.CostOfIsNegative((long)left.Count * (width - 1));
        for (var factors = width - 1; factors > 1; factors = (factors + 1) / 2) cost += FreshProducts.CostOfMultiplying((long)left.Count * (factors / 2));
        return cost + WeightedIndex.CostOf(left) + FreshProducts.CostOfMultiplying(left.Count)
            + SignedSelection.CostOfAreEqual(rows.Count) + WeightedIndex.CostOf(rows);
    }

    /// <summary>The largest value of each row, a column; and integers with a single 1 in each row where it is. No cost for rows of one value.</summary>
    /// <remarks>No two values of a row may be 2^63 units or more apart.</remarks>
    public static async ValueTask<(Share Largest, Share IsLargest)> MaximumOfRowsAnew(this Party party, Share rows)
    {
        if (rows.Shape.Columns == 1) return (rows, party.AddPublic(new Share(rows.Value - rows.Value, 0), 1));
        var left = rows;
        for (var step = HalvingsOf(rows.Shape.Columns); step > 0; step--) left = await LargerOfHalves(party, left);
        var isLargest = await party.IndexByWeight(await AreNowhereSmaller(party, left));
        var products = await party.MultiplyAnew(left, isLargest);
        var largest = products with { Value = products.Value.SumRows() };

        var differences = new Share(rows.Value.MinusColumn(largest.Value), rows.FractionBits);
        return (largest, await party.IndexByWeight(await party.IsZero(differences)));
    }

    static int HalvingsOf(int width) => (int)Math.Log(width);

    static async ValueTask<Share> LargerOfHalves(Party party, Share rows)
    {
        var half = rows.Shape.Columns / 2;
        var (x, y) = (rows with { Value = rows.Value.Columns(0, half) }, rows with { Value = rows.Value.Columns(half, half) });
        var isSmaller = await party.IsNegative(x - y);
        var larger = await party.Where(party.Not(isSmaller), x, y);
        return rows.Shape.Columns % 2 == 0 ? larger : larger with { Value = RowBroadcast.SideBySide(larger.Value, rows.Value.Columns(2 * half, 1)) };
    }

    /// <summary>1 at the values of each row that none of it exceeds.</summary>
    static async ValueTask<Share> AreNowhereSmaller(Party party, Share rows)
    {
        var isSmaller = await party.IsNegative(rows with { Value = rows.Value.MinusTurned() });
        var results = party.Not(isSmaller);

        // A product over the turns, halving them.
        for (var factors = rows.Shape.Columns - 1; factors > 1; factors = (factors + 1) / 2)
        {
            var half = new Shape(factors / 2 * rows.Shape.Rows, rows.Shape.Columns);
            var product = await party.MultiplyAnew(
                new Share(results.Value.Slice(0, half), 0), new Share(results.Value.Slice(half.Count, half), 0));
            results = factors % 2 == 0
                ? product
                : new Share(RowOperations.Concatenate(product.Value, results.Value.Slice(2 * half.Count, rows.Shape)), 0);
        }

        return results.Reshape(rows.Shape);
    }
}
