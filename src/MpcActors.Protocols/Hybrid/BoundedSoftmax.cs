using MpcActors.Ring;

namespace MpcActors.Protocols.Hybrid;

/// <summary>Softmax of rows without a maximum: eight rounds, one more for many scores.</summary>
/// <remarks>
/// <para>1. Subtract each row's mean, about: local. A row then has a value that is not below zero, so its sum of exponentials is at least one; that is all that the
/// maximum would be good for. 2. 2^y with y = x·log₂ e kept within ±<see cref="Bound"/> by keys (<see cref="BoundedExponential"/>): two rounds or three.</para>
/// <para>3. Open exponentials and sums: one round. 4. The sums' inverses, the powers of four found by keys: three rounds.</para>
/// <para>5. Open them, truncate and multiply row by row: one round. 6. Truncate: one round.</para>
/// PriFFT's softmax is known to have no maximum and to be iterative, and no more (arXiv 2503.03146); docs/decisions/0014 tells why this one does not iterate.
/// </remarks>
public static class BoundedSoftmax
{
    /// <summary>Where scores are cut off, on either side of their row's mean, in powers of two: a factor of 2^20 between weights.</summary>
    public const int Bound = 10;

    /// <summary>The largest error of a weight, in [0, 1].</summary>
    public const double Error = 5e-4;

    /// <summary>Fraction bits of log₂ e and of its part in a mean. What a mean is off is the same for all of a row and so changes no weight.</summary>
    const int Log2EBits = 20;

    const double Log2E = 1.4426950408889634;
    const int TableBits = 46;
    const int InverseBits = 24;

    public static Cost CostOf(Shape rows) => CostOf(rows.PlannedCount, rows.Rows, rows.Columns);

    /// <param name="rowStarts">As for <see cref="SoftmaxOfRowsWithoutMaximum"/>.</param>
    public static Cost CostOf(int[] rowStarts) => CostOf(rowStarts[^1], rowStarts.Length - 1, LongestOf(rowStarts));

    static Cost CostOf(long count, int rows, int longest) =>
        Cost.Masking(count) + FunctionSecretSharing.KeyClamping.CostOf(count) + Exponential.CostOf(count)
        + Cost.Round + Cost.Opening(count) + Cost.Opening(rows)
        + PowerLaw.Reciprocal.CostOf(rows, PiecesFor(longest), byKeys: true)
        + Cost.Masking(rows) + SegmentMultiplication.CostOf(count, rows)
        + Cost.Masking(count) + Truncation.CostOf(count);

    /// <summary>The weights of each row.</summary>
    /// <param name="scores">With up to 32 fraction bits; smaller than 512.</param>
    public static async ValueTask<Share> SoftmaxWithoutMaximum(this Party party, Share scores) => await party.SoftmaxOfRowsWithoutMaximum(scores, StartsOf(scores.Shape));

    /// <summary>The weights of ragged rows.</summary>
    /// <param name="scores">Read as one row, with up to 32 fraction bits; smaller than 512.</param>
    /// <param name="rowStarts">Scores rowStarts[g] to rowStarts[g + 1] − 1 are row g; one more entry than rows.</param>
    public static ValueTask<Share> SoftmaxOfRowsWithoutMaximum(this Party party, Share scores, int[] rowStarts)
    {
        var sums = scores.Value.SumSegments(rowStarts);
        var parts = FixedPoint.Encode([.. Enumerable.Range(0, rowStarts.Length - 1).Select(row => Log2E / (rowStarts[row + 1] - rowStarts[row]))], sums.Shape, Log2EBits);
        var means = sums.IsHollow ? sums : sums * parts;
        var inTwos = scores.Value * FixedPoint.Encode(Log2E, Log2EBits);
        return party.SoftmaxOfCentred(new Share(inTwos - means.SpreadOver(rowStarts, scores.Shape), scores.FractionBits + Log2EBits), rowStarts);
    }

    /// <summary>2^y over its row's sum, for rows whose sum is zero already.</summary>
    /// <param name="y">With up to 54 fraction bits; smaller than 2^61 as a ring integer.</param>
    public static ValueTask<Share> SoftmaxOfCentred(this Party party, Share y) => party.SoftmaxOfCentred(y, StartsOf(y.Shape));

    static async ValueTask<Share> SoftmaxOfCentred(this Party party, Share y, int[] starts)
    {
        var exponentials = await party.ExponentialOfTwoWithin(y, -Bound, Bound, Bound, TableBits);
        var wires = await party.Mask(exponentials, exponentials with { Value = exponentials.Value.SumSegments(starts) });
        var inverses = await PowerLaw.Reciprocal.Evaluate(party, wires[1], 0, PiecesFor(LongestOf(starts)), byKeys: true);
        var weights = party.MultiplySegments(wires[0], await party.Mask(inverses), inverses.FractionBits - InverseBits, starts);
        return await party.TruncateTo(weights);
    }

    static int PiecesFor(int longest) => Normalisation.PiecesFor(0, Math.ScaleB(longest, Bound));

    static int LongestOf(int[] starts)
    {
        var longest = 1;
        for (var row = 0; row < starts.Length - 1; row++) longest = Math.Max(longest, starts[row + 1] - starts[row]);
        return longest;
    }

    static int[] StartsOf(Shape rows) => [.. Enumerable.Range(0, rows.Rows + 1).Select(row => row * rows.Columns)];
}
