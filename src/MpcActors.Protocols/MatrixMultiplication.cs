using System.Runtime.Intrinsics;
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
            return new(RingTensor.Hollow(result), fractionBits);

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
    /// Party b knows X_b = X̂ − 2[R]_b, and X = (X_0 + X_1)/2; likewise Y. Then 2XY = X_0Y_0 + X_1Y_1 − (X_0 − X_1)(Y_0 − Y_1)/2, of which the last is
    /// 2([R]_0 − [R]_1)([S]_0 − [S]_1): the masks' alone, so that it is dealt. Twice a product is the product with its point a bit further on.
    /// </remarks>
    /// <exception cref="ArgumentException">A wire is a part or a rearrangement of what was opened.</exception>
    public static Share MultiplyWholeBlocks(this Party party, Shape result, Masked left, Masked right, IReadOnlyList<Block> blocks)
    {
        if (!left.IsWhole || !right.IsWhole) throw new ArgumentException($"{left} and {right} are not both wires as they were opened");
        foreach (var block in blocks) party.Meter.CountMultiplications(2 * block.Multiplications);
        var fractionBits = left.FractionBits + right.FractionBits + 1;
        var dealt = party.Correlations.Derived(result, () =>
        {
            var sum = RingTensor.Zeros(result);
            var (ofLeft, ofRight) = (HalvesDifference(left, default(Difference)), HalvesDifference(right, default(MinusTwiceDifference)));
            Accumulate(ofLeft, ofRight, blocks, sum);
            ofLeft.Release();
            ofRight.Release();
            return sum;
        });
        if (dealt.IsHollow || left.Public.IsHollow || right.Public.IsHollow) return new(RingTensor.Hollow(result), fractionBits);

        // The dealt tensor is this party's own copy and nobody else's, so the sum grows in it.
        var (x, y) = (OwnOf(left), OwnOf(right));
        Accumulate(x, y, blocks, dealt);
        x.Release();
        y.Release();
        return new(dealt, fractionBits);
    }

    /// <summary>A multiple of [R]_0 − [R]_1 = 2[R]_0 − R.</summary>
    static RingTensor HalvesDifference<TMultiple>(Masked wire, TMultiple multiple)
        where TMultiple : struct, IExpression3
    {
        var half = wire.ZeroHalf!();
        var difference = Elementwise.Map(half, half, wire.Mask, multiple);
        half.Release();
        return difference;
    }

    /// <summary>X̂ − 2[R]_b.</summary>
    static RingTensor OwnOf(Masked wire) => Elementwise.Map(wire.Public, wire.Mask, wire.Mask, default(OwnHalf));

    readonly struct OwnHalf : IExpression3
    {
        public Vector512<ulong> Apply(Vector512<ulong> open, Vector512<ulong> mask, Vector512<ulong> again) => open - mask - again;
    }

    readonly struct Difference : IExpression3
    {
        public Vector512<ulong> Apply(Vector512<ulong> half, Vector512<ulong> again, Vector512<ulong> mask) => half + again - mask;
    }

    readonly struct MinusTwiceDifference : IExpression3
    {
        public Vector512<ulong> Apply(Vector512<ulong> half, Vector512<ulong> again, Vector512<ulong> mask) => (mask - half - again) << 1;
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
