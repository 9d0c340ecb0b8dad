using System.Numerics;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>(x − mean) / √(variance + ε) of each row: 10 rounds, or 8 by keys, for any variance, rows of 2 to 16384 values.</summary>
/// <remarks>
/// <para>1. d·2^q = (w·x − Σx)·c with c = 2^q/w rounded: local. What the rounding does to d it does to the variance too, and cancels.</para>
/// <para>2. Open it and truncate it twice, to 20 fraction bits and to as many as squares have room for: one round. Open both: one round.</para>
/// <para>3. Square and sum up: local. Open the sum: one round; its inverse square root (<see cref="PowerLaw"/>): five rounds, or three.</para>
/// <para>4. Open that: one round; truncate it and multiply row by row (<see cref="SegmentMultiplication"/>): local. Truncate: one round.</para>
/// Limits: |x| ≤ 2^10, ε ≥ 2^−24. Error: 2^−13 of the result, 2^−19 over √(variance + ε), and one unit. CrypTen's inverse root
/// holds for a variance from 0.1 to 160 only.
/// </remarks>
public static class LayerNormalisation
{
    /// <summary>2^−24: what must at least be added to a variance.</summary>
    public const double LeastEpsilon = 1.0 / (1 << 24);

    /// <summary>Of the argument.</summary>
    internal const int MostFractionBits = 36;

    /// <summary>Values are at most 2^10 in size.</summary>
    const int ValueBits = 10;

    /// <summary>Deviations are opened as 2^60 at most: 2^11 and these fraction bits.</summary>
    const int CentredBits = 49;

    const int DeviationBits = 20;

    /// <summary>Of the inverse square root, which leaves the bits that a normalised value can have: 6 up to a width of 4096, √4096.</summary>
    static int RootBitsFor(int width) => width <= 4096 ? 34 : 33;

    public static Cost CostOf(Shape rows, double epsilon, bool byKeys = false)
    {
        var (count, width) = ((long)rows.Count, rows.Columns);
        return Cost.Masking(count) + 2 * Truncation.CostOf(count)
            + Cost.Round + 2 * Cost.Opening(count) + Multiplication.CostOf(count)
            + Cost.Masking(rows.Rows) + PowerLaw.InverseSquareRoot.CostOf(rows.Rows, PiecesFor(width, LowBitsFor(epsilon)), byKeys)
            + Cost.Masking(rows.Rows) + SegmentMultiplication.CostOf(count, rows.Rows)
            + Cost.Masking(count) + Truncation.CostOf(count);
    }

    /// <param name="rows">With up to 36 fraction bits, so that a product need not be truncated first.</param>
    /// <param name="fractionBits">Of the result.</param>
    /// <param name="byKeys">Whether it compares by keys, which saves two rounds.</param>
    public static async ValueTask<Share> Normalize(this Party party, Share rows, double epsilon, int fractionBits = FixedPoint.FractionBits, bool byKeys = false) =>
        (await party.NormalizeWithRoot(rows, epsilon, fractionBits, byKeys)).Normalised;

    /// <summary>The same, and the open inverse roots 1/√(variance + ε), one a row, to be truncated by so many bits where they are a factor.</summary>
    internal static async ValueTask<(Share Normalised, Masked Root, int RootSurplus)> NormalizeWithRoot(
        this Party party, Share rows, double epsilon, int fractionBits = FixedPoint.FractionBits, bool byKeys = false)
    {
        var width = rows.Shape.Columns;
        if (width is < 2 or > 16384) throw new ArgumentException($"rows of 2 to 16384 values can be normalised, not of {width}");
        if (rows.FractionBits > MostFractionBits)
            throw new ArgumentException($"rows with {rows.FractionBits} fraction bits are to be truncated to {MostFractionBits} first");

        // Centred, with a factor that stands for 1/w. What it lacks of that is known, so ε is given the same.
        var factorBits = CentredBits - rows.FractionBits;
        var factor = ((1UL << factorBits) + (ulong)width / 2) / (ulong)width;
        var lack = (double)(factor * (ulong)width) / (1UL << factorBits);
        var centred = await party.Mask(new Share(Centre(rows.Value, (ulong)width, factor), CentredBits));

        var squareBits = SquareBitsFor(width);
        var deviations = await party.Mask(party.Truncate(centred, CentredBits - DeviationBits), party.Truncate(centred, CentredBits - squareBits));
        var squares = party.Square(deviations[1]);
        var sums = party.AddPublic(new Share(squares.Value.SumRows(), squares.FractionBits), width * epsilon * lack * lack);

        // Sum / 4^h is variance · w/4^h, with w/4^h in [1, 4), whose root goes into the series.
        var h = BitOperations.Log2((uint)width) / 2;
        var lowBits = LowBitsFor(epsilon);
        var root = await PowerLaw.InverseSquareRoot.Times(Math.Sqrt(Math.ScaleB(width, -2 * h)))
            .Evaluate(party, await party.Mask(sums with { FractionBits = sums.FractionBits + 2 * h }), lowBits, PiecesFor(width, lowBits), byKeys);
        var (open, surplus) = (await party.Mask(root), root.FractionBits - RootBitsFor(width));
        return (await party.TruncateTo(party.MultiplySegments(deviations[0], open, surplus, RowStarts(rows.Shape)), fractionBits), open, surplus);
    }

    /// <summary>Where the rows begin when the values are read as one row.</summary>
    internal static int[] RowStarts(Shape rows)
    {
        var starts = new int[rows.Rows + 1];
        for (var i = 0; i < starts.Length; i++) starts[i] = i * rows.Columns;
        return starts;
    }

    /// <summary>Squares of a row, 2^20 each at most, stay below 2^60.</summary>
    static int SquareBitsFor(int width) => Math.Min(DeviationBits, (60 - 2 * ValueBits - CeilingOfLog2(width)) / 2);

    static int LowBitsFor(double epsilon) => epsilon >= LeastEpsilon
        ? Math.ILogB(epsilon) & ~1
        : throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "at least 2^-24 must be added to a variance");

    static int PiecesFor(int width, int lowBits) =>
        (2 * ValueBits + CeilingOfLog2(width) - 2 * (BitOperations.Log2((uint)width) / 2) - lowBits + 1) / 2;

    static int CeilingOfLog2(int width) => BitOperations.Log2((uint)width - 1) + 1;

    static RingTensor Centre(RingTensor rows, ulong width, ulong factor)
    {
        if (rows.IsHollow) return rows;
        var result = RingTensor.Uninitialized(rows.Shape);
        var (source, target, columns) = (rows.Values, result.Values, rows.Shape.Columns);
        Parallelism.ForChunks(rows.Shape.Rows, (start, length) =>
        {
            for (var row = start; row < start + length; row++)
            {
                var values = source.AsSpan(row * columns, columns);
                var destination = target.AsSpan(row * columns, columns);
                var sum = 0UL;
                foreach (var value in values) sum += value;
                var (scale, offset) = (width * factor, sum * factor);
                for (var i = 0; i < values.Length; i++) destination[i] = values[i] * scale - offset;
            }
        }, chunkLength: 16);
        return result;
    }
}
