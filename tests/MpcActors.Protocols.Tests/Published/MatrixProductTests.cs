using MpcActors.Protocols.Published;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests.Published;

public sealed class MatrixProductTests
{
    static readonly double[] X = Values(5 * 7, 0.37), W = Values(7 * 3, 0.73), B = [0.5, -1, 2];

    [Fact]
    public void A_matrix_product_opens_weights_at_every_call()
    {
        var run = TwoParty.Run(Seed.FromNumber(1), [TwoParty.Encode(X, new Shape(5, 7)), TwoParty.Encode(W, new Shape(7, 3)), TwoParty.Encode(B)],
            static async (party, inputs) =>
            [
                await party.MatrixMultiplyAnew(inputs[0], inputs[1]),
                await party.MatrixMultiplyAnew(inputs[0], inputs[1], inputs[2]),
            ]);

        for (var i = 0; i < 5; i++)
            for (var j = 0; j < 3; j++)
            {
                var exact = Enumerable.Range(0, 7).Sum(k => X[7 * i + k] * W[3 * k + j]);
                Assert.InRange(run.DecodedAt(0)[3 * i + j] - exact, -2e-4, 2e-4);
                Assert.InRange(run.DecodedAt(1)[3 * i + j] - exact - B[j], -2e-4, 2e-4);
            }

        // CrypTen counts 896 bytes for each.
        Assert.Equal(2 * FreshMatrixProducts.CostOfMultiplying(new(5, 7), new(7, 3)), run.Cost);
        Assert.Equal((2, 2 * 896), (run.Cost.Rounds, 2 * run.Cost.SentBytes));
        Assert.Equal(run.Cost, run.Planned);
    }

    [Fact]
    public void A_bias_of_another_scale_is_refused() =>
        Assert.Throws<ArgumentException>(() => TwoParty.Run(Seed.FromNumber(1), [TwoParty.Encode(X, new Shape(5, 7)), TwoParty.Encode(W, new Shape(7, 3)), TwoParty.Encode(B, 32)],
            static async (party, inputs) => [await party.MatrixMultiplyAnew(inputs[0], inputs[1], inputs[2])]));

    [Fact]
    public void Blocks_multiply_within_larger_tensors()
    {
        // Two heads of width 3: scores = Q_h K_hᵀ.
        double[] q = Values(4 * 6, 0.51), k = Values(5 * 6, 0.29);
        Block[] blocks = [.. Enumerable.Range(0, 2).Select(h => new Block(new(3 * h, 6, 4, 3), new(3 * h, 6, 5, 3), new(20 * h, 5, 4, 5), RightIsTransposed: true))];
        var run = TwoParty.Run(Seed.FromNumber(2), [TwoParty.Encode(q, new Shape(4, 6)), TwoParty.Encode(k, new Shape(5, 6))],
            async (party, inputs) => [await party.MultiplyBlocksAnew(new(8, 5), inputs[0], inputs[1], blocks)]);

        for (var h = 0; h < 2; h++)
            for (var i = 0; i < 4; i++)
                for (var j = 0; j < 5; j++)
                {
                    var exact = Enumerable.Range(0, 3).Sum(d => q[6 * i + 3 * h + d] * k[6 * j + 3 * h + d]);
                    Assert.InRange(run.Decoded[20 * h + 5 * i + j] - exact, -2e-4, 2e-4);
                }

        Assert.Equal(FreshMatrixProducts.CostOfBlocks(new(8, 5), new(4, 6), new(5, 6)), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }

    [Fact]
    public void A_factor_that_a_row_or_a_column_shares_is_opened_once()
    {
        double[] perRow = Values(5, 1.1), perColumn = Values(7, 0.9);
        var run = TwoParty.Run(Seed.FromNumber(3), [TwoParty.Encode(X, new Shape(5, 7)), TwoParty.Encode(perRow), TwoParty.Encode(perColumn)],
            static async (party, inputs) => [await party.RowwiseProduct(inputs[0], inputs[1]), await party.ColumnwiseProduct(inputs[0], inputs[2])]);

        for (var i = 0; i < 5; i++)
            for (var j = 0; j < 7; j++)
            {
                Assert.InRange(run.DecodedAt(0)[7 * i + j] - X[7 * i + j] * perRow[i], -1e-4, 1e-4);
                Assert.InRange(run.DecodedAt(1)[7 * i + j] - X[7 * i + j] * perColumn[j], -1e-4, 1e-4);
            }

        // CrypTen counts 640 bytes for 35 values and 5 factors of rows.
        Assert.Equal(BroadcastProducts.CostOfRows(new(5, 7)) + BroadcastProducts.CostOfColumns(new(5, 7)), run.Cost);
        Assert.Equal(640, 2 * BroadcastProducts.CostOfRows(new(5, 7)).SentBytes);
        Assert.Equal(run.Cost, run.Planned);
        Assert.Throws<ArgumentException>(() => TwoParty.Run(Seed.FromNumber(3), [TwoParty.Encode(X, new Shape(5, 7)), TwoParty.Encode(perColumn)],
            static async (party, inputs) => [await party.RowwiseProduct(inputs[0], inputs[1])]));
        Assert.Throws<ArgumentException>(() => TwoParty.Run(Seed.FromNumber(3), [TwoParty.Encode(X, new Shape(5, 7)), TwoParty.Encode(perRow)],
            static async (party, inputs) => [await party.ColumnwiseProduct(inputs[0], inputs[1])]));
    }

    /// <summary>Values between −2 and 2 on no grid.</summary>
    static double[] Values(int count, double step) => [.. Enumerable.Range(1, count).Select(i => 2 * Math.Sin(step * i * i))];
}
