using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>One matrix product within larger tensors: result += left · right, either factor transposed if said so.</summary>
/// <remarks>Views are of the tensors as they are stored; a transposed factor's view has its rows and columns before transposing.</remarks>
public readonly record struct Block(MatrixView Left, MatrixView Right, MatrixView Result, bool LeftIsTransposed = false, bool RightIsTransposed = false)
{
    public long Multiplications => (long)Result.Rows * Result.Columns * (LeftIsTransposed ? Left.Rows : Left.Columns);
}

/// <summary>A pair of open wires and the blocks of them that are multiplied.</summary>
public sealed record BlockFactors(Masked Left, Masked Right, IReadOnlyList<Block> Blocks);

/// <summary>Products of open wires block by block, as attention needs them: every text and head its own small matrices. Local.</summary>
/// <remarks>
/// [XY]_b = X̂(bŶ − [S]_b) − [R]_b Ŷ + [RS]_b, the matrix form of <see cref="Multiplication"/>; one dealt word a result element
/// whatever the inner length and however many products are added up in it.
/// </remarks>
public static class MatrixMultiplication
{
    public static Cost CostOf(Shape result) => Cost.Dealt(result.Count);

    /// <summary>The sum of all blocks of all <paramref name="factors"/>; blocks of one pair must write apart from each other.</summary>
    /// <exception cref="ArgumentException">The pairs have different fraction bits.</exception>
    public static Share MultiplyBlocks(this Party party, Shape result, params BlockFactors[] factors)
    {
        var fractionBits = factors[0].Left.FractionBits + factors[0].Right.FractionBits;
        foreach (var pair in factors)
        {
            if (pair.Left.FractionBits + pair.Right.FractionBits != fractionBits)
                throw new ArgumentException($"block products of {fractionBits} and {pair.Left.FractionBits + pair.Right.FractionBits} fraction bits are added");
            foreach (var block in pair.Blocks) party.Meter.CountMultiplications(2 * block.Multiplications);
        }

        var dealt = party.Correlations.Derived(result, () =>
        {
            var sum = RingTensor.Zeros(result);
            foreach (var pair in factors) Accumulate(pair.Left.Mask, pair.Right.Mask, pair.Blocks, sum);
            return sum;
        });
        if (dealt.IsHollow || factors.Any(pair => pair.Left.Public.IsHollow || pair.Right.Public.IsHollow))
        {
            dealt.Release();
            return new(RingTensor.Hollow(result), fractionBits);
        }

        // The dealt tensor is this party's own copy and nobody else's, so the sum grows in it.
        foreach (var pair in factors)
        {
            var right = party.Seat == Seat.One ? pair.Right.Public - pair.Right.Mask : -pair.Right.Mask;
            Accumulate(pair.Left.Public, right, pair.Blocks, dealt);
            right.Release();
            var minusMask = -pair.Left.Mask;
            Accumulate(minusMask, pair.Right.Public, pair.Blocks, dealt);
            minusMask.Release();
        }

        return new(dealt, fractionBits);
    }

    /// <summary>The same of two wires as they were opened, by one product a party and one of the dealer's instead of two and one; one fraction bit more.</summary>
    /// <remarks>
    /// 2XY = X_0Y_0 + X_1Y_1 − (X_0 − X_1)(Y_0 − Y_1)/2 with the halves of <see cref="Halved"/>. The last term is 2([R]_0 − [R]_1)([S]_0 − [S]_1): the masks'
    /// alone, so that it is dealt. Twice a product is the product with its point a bit further on.
    /// </remarks>
    public static Share MultiplyBlocks(this Party party, Shape result, Halved left, Halved right, IReadOnlyList<Block> blocks)
    {
        foreach (var block in blocks) party.Meter.CountMultiplications(2 * block.Multiplications);
        var fractionBits = left.FractionBits + right.FractionBits + 1;
        var dealt = party.Correlations.Derived(result, () =>
        {
            // The −2 goes to the smaller of both.
            var sum = RingTensor.Zeros(result);
            var isLeftSmaller = left.Shape.Count < right.Shape.Count;
            var scaled = (isLeftSmaller ? left : right).MinusTwice();
            if (isLeftSmaller) Accumulate(scaled, right.Half, blocks, sum);
            else Accumulate(left.Half, scaled, blocks, sum);
            scaled.Release();
            return sum;
        });
        if (party.Seat is Seat.Dealer or Seat.Planner)
        {
            dealt.Release();
            return new(RingTensor.Hollow(result), fractionBits);
        }

        // The dealt tensor is this party's own copy and nobody else's, so the sum grows in it.
        Accumulate(left.Half, right.Half, blocks, dealt);
        return new(dealt, fractionBits);
    }

    static void Accumulate(RingTensor left, RingTensor right, IReadOnlyList<Block> blocks, RingTensor result)
    {
        var (x, y, z) = (left.Values, right.Values, result.Values);
        Parallelism.For(blocks.Count, i =>
        {
            var block = blocks[i];
            MatrixProduct.Accumulate(x, block.Left, block.LeftIsTransposed, y, block.Right, block.RightIsTransposed, z, block.Result);
        });
    }
}
