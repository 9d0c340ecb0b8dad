using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>−ln softmax(s)[label] of each row of shared scores, for shared labels: what a classifier's loss is, and nobody sees a score.</summary>
/// <remarks>
/// <para>1. Subtract each row's <see cref="Maximum"/>: four rounds for each doubling of the classes. 2. <see cref="Exponential.NaturalExponential"/>: five rounds.</para>
/// <para>3. Open row sums, differences and labels together: one round. A sum is between 1 and the number of classes, so its <see cref="Logarithm"/> takes one round
/// for up to four of them, and four beyond.</para>
/// <para>4. The margin Σ label·difference is a sum of products of open wires: local. Loss = ln Σ exp − margin.</para>
/// A margin is a unit of −2^−f or less where another class scores higher, and exactly zero where none does; so its sign tells whether the row is labelled right.
/// </remarks>
public static class CrossEntropy
{
    /// <summary>The largest error of a row's loss: 10^−5 for each exponential's part in its sum, which is at least one, and the logarithm's.</summary>
    public static double ErrorOf(int classes) => classes * Exponential.ErrorOf(0, ExponentialBits) + Logarithm.Error;

    /// <summary>Fraction bits of losses.</summary>
    public const int FractionBits = Logarithm.FractionBits;

    const int ExponentialBits = 36;

    public static Cost CostOf(Shape scores)
    {
        var starts = RowStarts(scores);
        return Maximum.CostOf(starts) + Exponential.CostOfNatural(scores.Count)
            + Cost.Round + Cost.Opening(scores.Rows) + 2 * Cost.Opening(scores.Count)
            + Logarithm.CostOf(scores.Rows, 1, scores.Columns) + Multiplication.CostOf(scores.Count);
    }

    /// <param name="scores">[rows, classes]; below 2^15, so that a loss has room.</param>
    /// <param name="labels">[rows, classes], integers without fraction bits: one 1 in each row.</param>
    /// <returns>Losses [rows] with <see cref="FractionBits"/>, and margins [rows] with those of the scores.</returns>
    public static async ValueTask<(Share Losses, Share Margins)> CrossEntropyOfRows(this Party party, Share scores, Share labels)
    {
        Shape.RequireEqual(scores.Shape, labels.Shape);
        if (labels.FractionBits != 0) throw new ArgumentException($"labels are integers, not numbers with {labels.FractionBits} fraction bits", nameof(labels));
        var (starts, all) = (RowStarts(scores.Shape), Shape.Vector(scores.Shape.Count));
        var row = scores.Reshape(all);
        var largest = await party.MaximumOfRows(row, starts);
        var differences = row with { Value = row.Value - largest.Value.SpreadOver(starts, all) };
        var exponentials = await party.NaturalExponential(differences, ExponentialBits);
        var wires = await party.Mask(exponentials with { Value = exponentials.Value.SumSegments(starts) }, differences, labels.Reshape(all));
        var logarithms = await party.NaturalLogarithm(wires[0], 1, scores.Shape.Columns);
        var products = party.Multiply(wires[1], wires[2]);
        var margins = products with { Value = products.Value.SumSegments(starts) };
        return (logarithms - margins.WithMoreFractionBits(FractionBits), margins);
    }

    /// <summary>Rows of which another class scores higher, 1 or 0: four rounds.</summary>
    /// <param name="margins">Of <see cref="CrossEntropyOfRows"/>.</param>
    public static async ValueTask<Share> IsWrong(this Party party, Share margins) => party.ToShare(await party.IsNegative(await party.Mask(margins)));

    public static Cost CostOfIsWrong(long rows) => Cost.Masking(rows) + Comparison.CostOf(rows);

    /// <summary>Fraction bits of sums that are opened.</summary>
    public const int OpenedBits = 24;

    /// <summary>The sum of losses over each group of rows with <see cref="OpenedBits"/>, and after them, where it is wanted, how many rows of each group are labelled wrong.</summary>
    /// <param name="groupStarts">One more entry than groups.</param>
    /// <returns>A row of groups, or of twice as many: all that needs to be opened of a batch.</returns>
    public static async ValueTask<Share> SumsOfGroups(this Party party, Share scores, Share labels, int[] groupStarts, bool countsWrong)
    {
        var (losses, margins) = await party.CrossEntropyOfRows(scores, labels);
        // Truncated first: a sum over many rows would have no room.
        losses = await party.TruncateTo(losses, OpenedBits);
        var sums = losses with { Value = losses.Value.SumSegments(groupStarts) };
        if (!countsWrong) return sums;
        var wrong = await party.IsWrong(margins);
        var counts = (wrong with { Value = wrong.Value.SumSegments(groupStarts) }).WithMoreFractionBits(OpenedBits);
        return sums with { Value = RowOperations.Concatenate(sums.Value, counts.Value) };
    }

    public static Cost CostOfSums(Shape scores, bool countsWrong) =>
        CostOf(scores) + Cost.Masking(scores.Rows) + Truncation.CostOf(scores.Rows) + (countsWrong ? CostOfIsWrong(scores.Rows) : Cost.Free);

    static int[] RowStarts(Shape scores) => [.. Enumerable.Range(0, scores.Rows + 1).Select(row => row * scores.Columns)];
}
