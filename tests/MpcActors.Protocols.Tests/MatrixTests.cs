using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests;

public sealed class MatrixTests
{
    static (RingTensor Value, int FractionBits) Random(string name, Shape shape)
    {
        var values = Sharing.ZeroHalf(Seed.FromNumber(7).Derive(name), shape);
        return (values, 0);
    }

    /// <summary>To twice the product, which is the product with one fraction bit more.</summary>
    [Fact]
    public void Fixed_weights_are_opened_once_and_multiply_twice()
    {
        var (w, x, y) = (Random("w", new(5, 7)), Random("x", new(3, 5)), Random("y", new(2, 5)));
        var run = TwoParty.Run(Seed.FromNumber(1), [w, x, y], static async (party, inputs) =>
        {
            var weights = await FixedWeights.Open(party, inputs[0]);
            var wires = await party.Mask(inputs[1], inputs[2]);
            return [weights[0].Multiply(party, wires[0]), weights[0].Multiply(party, wires[1])];
        });

        Assert.Equal((MatrixProduct.Of(x.Value, w.Value) * 2).Values, run.Opened.Values);
        Assert.Equal((MatrixProduct.Of(y.Value, w.Value) * 2).Values, (run.Zero[1].Value + run.One[1].Value).Values);
        Assert.Equal(1, run.Zero[0].FractionBits);
        Assert.Equal(
            FixedWeights.CostOfOpening(new(5, 7)) + Cost.Round + Cost.Opening(15) + Cost.Opening(10) + FixedWeights.CostOf(3, new(5, 7)) + FixedWeights.CostOf(2, new(5, 7)),
            run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }

    [Fact]
    public void A_bias_is_added_to_each_row_and_must_have_the_products_scale()
    {
        var (w, x, b) = (Random("w", new(5, 7)), Random("x", new(3, 5)), Random("b", Shape.Vector(7)));
        var run = TwoParty.Run(Seed.FromNumber(1), [w, x, (b.Value, 1)], static async (party, inputs) =>
        {
            var weights = await FixedWeights.Open(party, inputs[0]);
            return [weights[0].Multiply(party, await party.Mask(inputs[1]), inputs[2])];
        });

        var expected = MatrixProduct.Of(x.Value, w.Value) * 2;
        for (var i = 0; i < 3; i++)
            for (var j = 0; j < 7; j++)
                Assert.Equal(expected[i, j] + b.Value[0, j], run.Opened[i, j]);
        Assert.Throws<ArgumentException>(() => TwoParty.Run(Seed.FromNumber(1), [w, x, b], static async (party, inputs) =>
        {
            var weights = await FixedWeights.Open(party, inputs[0]);
            return [weights[0].Multiply(party, await party.Mask(inputs[1]), inputs[2])];
        }));
    }

    /// <summary>Of the ring's values without a truncation, so that the doubled product shows all of its bits but the first.</summary>
    [Fact]
    public void Wires_as_they_were_opened_multiply_by_one_product_a_party_to_twice_the_product_also_in_a_later_epoch()
    {
        var (x, y) = (Random("x", new(4, 3)), Random("y", new(4, 5)));
        var block = new Block(new(0, 3, 4, 3), new(0, 5, 4, 5), new(0, 5, 3, 5), LeftIsTransposed: true);
        var run = TwoParty.Run(Seed.FromNumber(1), [x, y], async (party, inputs) =>
        {
            var wires = await party.Mask(inputs);
            var halved = Halved.Of(party, wires[0]);
            var first = party.MultiplyBlocks(new(3, 5), halved, Halved.Of(party, wires[1]), [block]);
            if (party.Seat != Seat.Planner)
            {
                await party.EndEpoch();
                await party.BeginEpoch(1);
            }

            return [first, party.MultiplyBlocks(new(3, 5), halved, Halved.Of(party, await party.Mask(inputs[1])), [block])];
        });

        var expected = (TransposedProduct(x.Value, y.Value) * 2).Values;
        Assert.Equal(expected, run.Opened.Values);
        Assert.Equal(expected, (run.Zero[1].Value + run.One[1].Value).Values);
        Assert.Equal(1, run.Zero[0].FractionBits);
        Assert.Equal(Cost.Round + Cost.Opening(12) + Cost.Opening(20) + Cost.Masking(20) + 2 * MatrixMultiplication.CostOf(new(3, 5)), run.Planned);
        Assert.Throws<ArgumentException>(() => TwoParty.Run(Seed.FromNumber(1), [x, y], async (party, inputs) =>
        {
            var wires = await party.Mask(inputs);
            return [party.MultiplyBlocks(new(3, 5), Halved.Of(party, wires[0].Reshape(new(4, 3))), Halved.Of(party, wires[1]), [block])];
        }));
    }

    static RingTensor TransposedProduct(RingTensor left, RingTensor right)
    {
        var result = RingTensor.Zeros(new(left.Shape.Columns, right.Shape.Columns));
        for (var k = 0; k < left.Shape.Rows; k++)
            for (var i = 0; i < left.Shape.Columns; i++)
                for (var j = 0; j < right.Shape.Columns; j++) result.Span[i * right.Shape.Columns + j] += left[k, i] * right[k, j];
        return result;
    }

    [Fact]
    public void Blocks_multiply_within_larger_tensors_and_add_up()
    {
        // Two heads of width 3: scores = Q_h K_hᵀ, then out = Kᵀ_h Q_h, in one tensor each.
        var (q, k) = (Random("q", new(4, 6)), Random("k", new(5, 6)));
        var run = TwoParty.Run(Seed.FromNumber(1), [q, k], static async (party, inputs) =>
        {
            var wires = await party.Mask(inputs);
            Block[] scores = [.. Enumerable.Range(0, 2).Select(h => new Block(new(3 * h, 6, 4, 3), new(3 * h, 6, 5, 3), new(20 * h, 5, 4, 5), RightIsTransposed: true))];
            Block[] states = [new(new(0, 6, 4, 6), new(0, 6, 4, 6), new(0, 6, 6, 6), LeftIsTransposed: true)];
            return
            [
                party.MultiplyBlocks(new Shape(8, 5), new BlockFactors(wires[0], wires[1], scores)),
                party.MultiplyBlocks(new Shape(6, 6), new BlockFactors(wires[0], wires[0], states)),
            ];
        });

        for (var h = 0; h < 2; h++)
            for (var i = 0; i < 4; i++)
                for (var j = 0; j < 5; j++)
                {
                    var expected = 0UL;
                    for (var d = 0; d < 3; d++) expected += q.Value[i, 3 * h + d] * k.Value[j, 3 * h + d];
                    Assert.Equal(expected, run.Opened[4 * h + i, j]);
                }

        var state = run.Zero[1].Value + run.One[1].Value;
        for (var a = 0; a < 6; a++)
            for (var b = 0; b < 6; b++)
            {
                var expected = 0UL;
                for (var i = 0; i < 4; i++) expected += q.Value[i, a] * q.Value[i, b];
                Assert.Equal(expected, state[a, b]);
            }

        Assert.Equal(run.Cost, run.Planned);
    }
}
