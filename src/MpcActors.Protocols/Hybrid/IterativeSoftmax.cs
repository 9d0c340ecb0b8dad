using MpcActors.Protocols.FunctionSecretSharing;
using MpcActors.Ring;

namespace MpcActors.Protocols.Hybrid;

/// <summary>Softmax of rows by iteration, without a maximum, an exponential or a reciprocal: 48 rounds, for scores within some units of their row's mean.</summary>
/// <remarks>
/// <para>Softmax of t·x, as a function of t, solves g' = (x − ⟨g, x⟩) ⊙ g from g(0) = 1/n; sixteen of Euler's steps lead to t = 1 (SHAFT, Kei and Chow, NDSS 2025, who have two rounds a
/// step with local truncation). PriFFT's softmax is known to be iterative (arXiv 2503.03146) and no more; no suite runs it: experiment <c>prifft</c> sets it beside <see cref="BoundedSoftmax"/>.</para>
/// <para>1. Subtract each row's mean; keep x within ±<see cref="Bound"/> by keys: one round or two. 2. Open u = x/16, for all steps: one round. The first step begins at a public g and is linear: truncate, one round.</para>
/// <para>3. Each other step: open g; p = g ⊙ u and its row sums z, local; open z; g + p − z·g, local; truncate: three rounds, 128 bits a value.</para>
/// Its way back is that of any softmax, a polynomial of the result (<see cref="Derivatives.SoftmaxBackward"/>).
/// </remarks>
public static class IterativeSoftmax
{
    /// <summary>Where scores are cut off, on either side of their row's mean: beyond 16 a step would overshoot.</summary>
    public const double Bound = 8;

    /// <summary>The largest error of a weight where no score is further than 4 from its row's mean. Euler's steps are what it is made of, not fixed point.</summary>
    public const double Error = 0.04;

    const int Steps = 16;
    const int StepBits = 4;
    const int MeanBits = 12;
    const int WeightBits = 24;

    public static Cost CostOf(Shape rows)
    {
        var count = rows.PlannedCount;
        var truncated = Cost.Masking(count) + Truncation.CostOf(count);
        var step = Cost.Masking(count) + Multiplication.CostOf(count) + Cost.Masking(rows.Rows) + SegmentMultiplication.CostOf(count, rows.Rows) + truncated;
        return Cost.Masking(count) + KeyClamping.CostOf(count) + Cost.Masking(count) + truncated + (Steps - 1) * step;
    }

    /// <summary>The weights of each row, with 24 fraction bits.</summary>
    /// <param name="scores">With 16 fraction bits; smaller than 2^20.</param>
    public static async ValueTask<Share> SoftmaxByIteration(this Party party, Share scores)
    {
        var (shape, width) = (scores.Shape, scores.Shape.Columns);
        int[] starts = [.. Enumerable.Range(0, shape.Rows + 1).Select(row => row * width)];
        var mean = scores.Value.SumRows() * FixedPoint.Encode(1.0 / width, MeanBits);
        var centred = new Share(scores.Value * (1UL << MeanBits) - mean.SpreadOver(starts, shape), scores.FractionBits + MeanBits);
        var inside = await party.ClampByKeys(await party.Mask(centred), -Bound, Bound);
        var u = await party.Mask(inside with { FractionBits = inside.FractionBits + StepBits });

        // g(1) = 1/n + u/n − Σu/n².
        var own = party.Unmask(u);
        var wide = u.FractionBits + WeightBits;
        var change = own.Value * FixedPoint.Encode(1.0 / width, WeightBits) - (own.Value.SumRows() * FixedPoint.Encode(1.0 / width / width, WeightBits)).SpreadOver(starts, shape);
        var g = await party.TruncateTo(party.AddPublic(new Share(change, wide), 1.0 / width), WeightBits);
        for (var step = 1; step < Steps; step++)
        {
            var open = await party.Mask(g);
            var products = party.Multiply(open, u);
            var sums = await party.Mask(products with { Value = products.Value.SumRows() });
            var next = g.WithMoreFractionBits(wide) + products - party.MultiplySegments(open, sums, WeightBits, starts);
            g = await party.TruncateTo(next, WeightBits);
        }

        return g;
    }
}
