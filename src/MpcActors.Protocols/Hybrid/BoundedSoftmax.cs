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

    const int MeanBits = 8;
    const int TableBits = 46;
    const int InverseBits = 24;

    public static Cost CostOf(Shape rows)
    {
        var count = rows.PlannedCount;
        return Cost.Masking(count) + FunctionSecretSharing.KeyClamping.CostOf(count) + Exponential.CostOf(count)
            + Cost.Round + Cost.Opening(count) + Cost.Opening(rows.Rows)
            + PowerLaw.Reciprocal.CostOf(rows.Rows, PiecesFor(rows), byKeys: true)
            + Cost.Masking(rows.Rows) + SegmentMultiplication.CostOf(count, rows.Rows)
            + Cost.Masking(count) + Truncation.CostOf(count);
    }

    /// <summary>The weights of each row.</summary>
    /// <param name="scores">With up to 32 fraction bits; smaller than 512.</param>
    public static ValueTask<Share> SoftmaxWithoutMaximum(this Party party, Share scores)
    {
        var width = scores.Shape.Columns;
        var mean = scores.Value.SumRows() * FixedPoint.Encode(1.0 / width, MeanBits);
        var centred = new Share(scores.Value * (1UL << MeanBits) - mean.SpreadOver(StartsOf(scores.Shape), scores.Shape), scores.FractionBits + MeanBits);
        return party.SoftmaxOfCentred(BoundedExponential.InTwos(centred));
    }

    /// <summary>2^y over its row's sum, for rows whose sum is zero already.</summary>
    /// <param name="y">With up to 54 fraction bits; smaller than 2^61 as a ring integer.</param>
    public static async ValueTask<Share> SoftmaxOfCentred(this Party party, Share y)
    {
        var starts = StartsOf(y.Shape);
        var exponentials = await party.ExponentialOfTwoWithin(y, -Bound, Bound, Bound, TableBits);
        var wires = await party.Mask(exponentials, exponentials with { Value = exponentials.Value.SumRows() });
        var inverses = await PowerLaw.Reciprocal.Evaluate(party, wires[1], 0, PiecesFor(y.Shape), byKeys: true);
        var weights = party.MultiplySegments(wires[0], await party.Mask(inverses), inverses.FractionBits - InverseBits, starts);
        return await party.TruncateTo(weights);
    }

    static int PiecesFor(Shape rows) => Normalisation.PiecesFor(0, Math.ScaleB(rows.Columns, Bound));

    static int[] StartsOf(Shape rows) => [.. Enumerable.Range(0, rows.Rows + 1).Select(row => row * rows.Columns)];
}
