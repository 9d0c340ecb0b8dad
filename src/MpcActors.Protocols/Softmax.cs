using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>exp(s_i) / Σ exp(s_j) over ragged rows: 13 rounds after those of the maximum, for rows and scores of any size.</summary>
/// <remarks>
/// <para>1. Subtract each row's <see cref="Maximum"/>. 2. <see cref="Exponential.NaturalExponential"/>: five rounds.</para>
/// <para>3. Open exponentials and row sums together: one round. A sum is between 1 and the row's length, so its inverse
/// (<see cref="PowerLaw"/>) needs one comparison for each power of four in between: five rounds.</para>
/// <para>4. Open the inverses: one round; truncate them and multiply row by row (<see cref="SegmentMultiplication"/>): local. 5. Truncate: one round.</para>
/// Error: 2^−14 of a weight, 2^−16, and a unit of the result; a score 20.5 below its row's largest has a weight of exactly zero, so a mask of −10000
/// does what is meant. CrypTen's is garbage there, and for 512 scores alike.
/// </remarks>
public static class Softmax
{
    /// <summary>Exponentials have 36, a weight is at most one, and 60 is what the ring has room for.</summary>
    const int InverseBits = 24;

    public static Cost CostOf(int[] rowStarts)
    {
        var (count, rows) = ((long)rowStarts[^1], rowStarts.Length - 1);
        return Maximum.CostOf(rowStarts) + Exponential.CostOfNatural(count)
            + Cost.Round + Cost.Opening(count) + Cost.Opening(rows)
            + PowerLaw.Reciprocal.CostOf(rows, PiecesFor(rowStarts))
            + Cost.Masking(rows) + SegmentMultiplication.CostOf(count, rows)
            + Cost.Masking(count) + Truncation.CostOf(count);
    }

    /// <param name="scores">Read as one row, with up to 39 fraction bits, so that a product need not be truncated first.</param>
    /// <param name="rowStarts">Scores rowStarts[g] to rowStarts[g + 1] − 1 are row g; one more entry than rows.</param>
    public static async ValueTask<Share> SoftmaxOfRows(this Party party, Share scores, int[] rowStarts, int fractionBits = FixedPoint.FractionBits)
    {
        var largest = await party.MaximumOfRows(scores, rowStarts);
        var differences = scores with { Value = scores.Value - largest.Value.SpreadOver(rowStarts, scores.Shape) };
        var exponentials = await party.NaturalExponential(differences);
        var wires = await party.Mask(exponentials, exponentials with { Value = exponentials.Value.SumSegments(rowStarts) });
        var inverses = await PowerLaw.Reciprocal.Evaluate(party, wires[1], 0, PiecesFor(rowStarts));
        var weights = party.MultiplySegments(wires[0], await party.Mask(inverses), inverses.FractionBits - InverseBits, rowStarts);
        return await party.TruncateTo(weights, fractionBits);
    }

    static int PiecesFor(int[] rowStarts)
    {
        var longest = 1;
        for (var row = 0; row < rowStarts.Length - 1; row++) longest = Math.Max(longest, rowStarts[row + 1] - rowStarts[row]);
        return Normalisation.PiecesFor(0, longest);
    }
}
