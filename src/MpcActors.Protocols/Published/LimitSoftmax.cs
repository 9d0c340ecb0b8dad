using MpcActors.Ring;

namespace MpcActors.Protocols.Published;

/// <summary>Softmax of rows as CrypTen has it: <see cref="LogReduction"/>, <see cref="LimitExponential"/>, <see cref="NewtonReciprocal"/> of the sum, a product with each row's own factor.</summary>
/// <remarks>
/// 116 rounds and 1,488 bytes logged a score for rows of 128, 136 and 1,332 for 512. Wrong for scores more than 512 below their row's largest, such as masked ones.
/// One thing is not CrypTen's: the sum of a long row is divided by a public power of two before it is inverted, which costs nothing. As it stands CrypTen
/// gives garbage once a sum passes 255, that is for 512 scores which hardly differ, and no model of that length would survive it.
/// </remarks>
public static class LimitSoftmax
{
    /// <summary>Of rows of one length.</summary>
    public static Cost CostOf(Shape rows) => rows.Columns == 1
        ? Cost.Free
        : LogReduction.CostOf(rows) + LimitExponential.CostOf(rows.Count) + NewtonReciprocal.CostOfPositive(rows.Rows) + BroadcastProducts.CostOfRows(rows);

    /// <summary>Rows of each length after those of another.</summary>
    public static Cost CostOf(int[] rowStarts)
    {
        var cost = Cost.Free;
        foreach (var group in RowGroup.Of(rowStarts)) cost += CostOf(new Shape(group.Rows.Length, group.Length));
        return cost;
    }

    /// <summary>Rows of one length.</summary>
    public static async ValueTask<Share> SoftmaxAnew(this Party party, Share rows)
    {
        if (rows.Shape.Columns == 1) return party.AddPublic(rows - rows, 1);
        var (largest, _) = await party.MaximumOfRowsAnew(rows);
        var exponentials = await party.Exponential(rows with { Value = rows.Value.MinusColumn(largest.Value) });
        var shift = PublishedFunctions.ShiftOfSum(rows.Shape.Columns);
        var sums = (exponentials with { Value = exponentials.Value.SumRows() }).TruncateLocally(shift) with { FractionBits = exponentials.FractionBits };
        var inverses = await party.ReciprocalOfPositive(sums);
        return await party.RowwiseProduct(exponentials, inverses with { FractionBits = inverses.FractionBits + shift });
    }

    /// <param name="scores">Read as one row; scores rowStarts[g] to rowStarts[g + 1] − 1 are row g. Rows of one length go side by side, those of others after them.</param>
    public static async ValueTask<Share> SoftmaxOfRowsAnew(this Party party, Share scores, int[] rowStarts)
    {
        var groups = RowGroup.Of(rowStarts);
        if (groups is [var only]) return (await party.SoftmaxAnew(scores.Reshape(new(only.Rows.Length, only.Length)))).Reshape(scores.Shape);
        var result = scores.Value.IsHollow ? scores.Value : RingTensor.Uninitialized(scores.Shape);
        foreach (var group in groups) group.Scatter((await party.SoftmaxAnew(scores with { Value = group.Gather(scores.Value, rowStarts) })).Value, result, rowStarts);
        return scores with { Value = result };
    }
}
