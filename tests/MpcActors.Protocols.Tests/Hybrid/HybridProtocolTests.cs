using MpcActors.Protocols.FunctionSecretSharing;
using MpcActors.Protocols.Hybrid;
using MpcActors.Protocols.Published;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests.Hybrid;

public sealed class HybridProtocolTests
{
    /// <summary>Each protocol beside the published one of the same function: one bound of the error for both.</summary>
    static readonly Dictionary<string, (Func<Party, Share, ValueTask<Share>> Ours, Func<Party, Share, ValueTask<Share>> Published, Func<long, Cost> CostOf,
        Func<double, double> Clear, double Low, double High, double Bound, int Rounds)> Table = new()
    {
        ["exponential"] = (static (party, x) => party.ExponentialWithin(x, -8, 2), static (party, x) => party.Exponential(x), BoundedExponential.CostOf, Math.Exp, -8, 2, 0.1, 2),
        ["reciprocal"] = (static (party, x) => party.InvertByKeys(x, 0.25, 60), static (party, x) => party.ReciprocalOfPositive(x),
            static n => KeyReciprocal.CostOf(n, 0.25, 60), static x => 1 / x, 0.25, 60, 5e-3, 4),
        ["sigmoid"] = (static (party, x) => party.SigmoidByKeys(x), static (party, x) => party.Sigmoid(x), KeyLogistic.CostOf, static x => 1 / (1 + Math.Exp(-x)), -16, 16, 1e-2, 2),
        ["tanh"] = (static (party, x) => party.TanhByKeys(x), static (party, x) => party.Tanh(x), KeyLogistic.CostOf, Math.Tanh, -8, 8, 2e-2, 2),
        ["clamp"] = (static async (party, x) => await party.ClampWithoutRound(await party.Mask(x), -1.5, 2), static (party, x) => party.ReluAnew(x),
            static n => Cost.Masking(n) + KeyClamping.CostOf(n), static x => Math.Clamp(x, -1.5, 2), 0, 2, 2e-5, 1),
    };

    /// <summary>What ours alone reach.</summary>
    static readonly Dictionary<string, double> Errors = new() { ["exponential"] = 6e-3, ["reciprocal"] = 3e-4, ["sigmoid"] = 2e-4, ["tanh"] = 2e-4, ["clamp"] = 1e-9 };

    public static TheoryData<string> Names => [.. Table.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_protocol_is_as_exact_as_the_published_one_and_costs_what_it_declares(string name)
    {
        var (ours, published, costOf, clear, low, high, bound, rounds) = Table[name];
        double[] x = [.. Enumerable.Range(0, 401).Select(i => FixedPoint.Decode(FixedPoint.Encode(low + (high - low) * i / 400)))];
        var run = TwoParty.Run(Seed.FromNumber(1), x, ours);
        var baseline = TwoParty.Run(Seed.FromNumber(2), x, published);
        for (var i = 0; i < x.Length; i++)
        {
            Assert.Equal(clear(x[i]), run.Decoded[i], Errors[name]);
            Assert.Equal(clear(x[i]), baseline.Decoded[i], bound);
        }

        Assert.True(Errors[name] <= bound);
        Assert.Equal(costOf(x.Length), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
        Assert.Equal(rounds, run.Cost.Rounds);
        Assert.True(run.Cost.Rounds < baseline.Cost.Rounds && run.Cost.SentBytes < baseline.Cost.SentBytes);
    }

    [Theory]
    [InlineData(KeyClamping.MostWithoutRound, 1)]
    [InlineData(KeyClamping.MostWithoutRound + 1, 2)]
    public void Many_values_take_a_round_more_and_smaller_keys(int count, int rounds)
    {
        double[] x = [.. Enumerable.Range(0, count).Select(i => i * 0.25 - 50)];
        var run = TwoParty.Run(Seed.FromNumber(10), x, static async (party, share) => await party.ClampByKeys(await party.Mask(share), -1.5, 2));
        Assert.Equal(x.Select(value => Math.Clamp(value, -1.5, 2)), run.Decoded);
        Assert.Equal(Cost.Masking(count) + KeyClamping.CostOf(count), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
        Assert.Equal(rounds, run.Cost.Rounds);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    public void Softmax_needs_no_maximum_and_survives_scores_beyond_its_bounds(int classes)
    {
        var shape = new Shape(40, classes);
        double[] scores = [.. Enumerable.Range(0, shape.Count).Select(i => Math.Sin(i * 1.7) * (i / classes) / 8 + i / classes % 5 - 2)];
        scores[0] = 200;
        var run = TwoParty.Run(Seed.FromNumber(3), [TwoParty.Encode(scores, shape)], static async (party, inputs) => [await party.SoftmaxWithoutMaximum(inputs[0])]);
        for (var row = 0; row < shape.Rows; row++)
        {
            var clear = ClearSoftmax(scores.AsSpan(row * classes, classes));
            for (var i = 0; i < classes; i++) Assert.Equal(clear[i], run.Decoded[row * classes + i], row == 0 ? 2e-3 : BoundedSoftmax.Error);
        }

        Assert.Equal(16, run.Zero[0].FractionBits);
        Assert.Equal(BoundedSoftmax.CostOf(shape), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
        Assert.Equal(8, run.Cost.Rounds);
        Assert.True(run.Cost.SentBytes * 4 < LimitSoftmax.CostOf(shape).SentBytes);
    }

    /// <summary>What the iteration is off is Euler's, not fixed point's; and it sends more than ten times as much in six times the rounds.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(100)]
    public void Softmax_by_iteration_follows_its_steps_in_the_clear_and_is_dearer_than_the_one_that_does_not_iterate(int classes)
    {
        var shape = new Shape(12, classes);
        double[] scores = [.. Enumerable.Range(0, shape.Count).Select(i => 4 * Math.Sin(i * 1.7) + i / classes % 5 - 2)];
        scores[0] = 200;
        var run = TwoParty.Run(Seed.FromNumber(12), [TwoParty.Encode(scores, shape)], static async (party, inputs) => [await party.SoftmaxByIteration(inputs[0])]);
        for (var row = 0; row < shape.Rows; row++)
        {
            var own = scores.AsSpan(row * classes, classes);
            var (steps, exact) = (EulerSoftmax(own), ClearSoftmax(own));
            for (var i = 0; i < classes; i++)
            {
                Assert.Equal(steps[i], run.Decoded[row * classes + i], 1e-4);
                if (row > 0) Assert.Equal(exact[i], run.Decoded[row * classes + i], IterativeSoftmax.Error);
            }
        }

        Assert.Equal(IterativeSoftmax.CostOf(shape), run.Cost);
        Assert.Equal(run.Planned, run.Cost);
        Assert.True(run.Cost.Rounds >= 5 * BoundedSoftmax.CostOf(shape).Rounds && run.Cost.SentBytes > 5 * BoundedSoftmax.CostOf(shape).SentBytes);
    }

    static double[] EulerSoftmax(ReadOnlySpan<double> row)
    {
        var mean = 0.0;
        foreach (var score in row) mean += score / row.Length;
        double[] u = [.. row.ToArray().Select(score => Math.Clamp(score - mean, -IterativeSoftmax.Bound, IterativeSoftmax.Bound) / 16)];
        double[] g = [.. u.Select(_ => 1.0 / u.Length)];
        for (var step = 0; step < 16; step++)
        {
            var z = g.Zip(u, (weight, x) => weight * x).Sum();
            g = [.. g.Zip(u, (weight, x) => weight * (1 + x - z))];
        }

        return g;
    }

    /// <summary>A row of one and a row of three hundred, whose mean has a small part of each: what the mean is off must change no weight.</summary>
    [Fact]
    public void Softmax_of_ragged_rows_centres_each_by_its_own_mean()
    {
        int[] starts = [0, 1, 6, 306];
        double[] scores = [.. Enumerable.Range(0, starts[^1]).Select(i => 3 * Math.Sin(i * 1.7) + (i < 6 ? 40 : -90))];
        var run = TwoParty.Run(Seed.FromNumber(11), [TwoParty.Encode(scores, fractionBits: 20)], async (party, inputs) => [await party.SoftmaxOfRowsWithoutMaximum(inputs[0], starts)]);
        for (var row = 0; row < starts.Length - 1; row++)
        {
            var clear = ClearSoftmax(scores.AsSpan(starts[row]..starts[row + 1]));
            for (var i = 0; i < clear.Length; i++) Assert.Equal(clear[i], run.Decoded[starts[row] + i], BoundedSoftmax.Error);
        }

        Assert.Equal(BoundedSoftmax.CostOf(starts), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }

    [Fact]
    public void Outer_products_add_up_over_rows()
    {
        double[] x = [.. Enumerable.Range(0, 12).Select(i => i - 5.5)], y = [.. Enumerable.Range(0, 8).Select(i => 0.25 * i - 1)];
        var (left, right) = (new Shape(4, 3), new Shape(4, 2));
        var run = TwoParty.Run(Seed.FromNumber(4), [TwoParty.Encode(x, left), TwoParty.Encode(y, right)], static async (party, inputs) =>
        {
            var wires = await party.Mask(inputs);
            return [party.OuterProduct(wires[0], wires[1])];
        });
        for (var i = 0; i < 3; i++)
            for (var j = 0; j < 2; j++)
                Assert.Equal(Enumerable.Range(0, 4).Sum(row => x[row * 3 + i] * y[row * 2 + j]), run.Decoded[i * 2 + j], 1e-9);
        Assert.Equal(Cost.Round + Cost.Opening(12) + Cost.Opening(8) + OuterProducts.CostOf(left, right), run.Cost);
        Assert.Equal(run.Cost, run.Planned);

        var expanded = TwoParty.Run(Seed.FromNumber(5), [3, -2], [0.5, 4, 1], static (party, a, b) => party.OuterProductAnew(a, b));
        Assert.Equal([1.5, 12, 3, -1, -8, -2], expanded.Decoded.Select(value => Math.Round(value, 3)));
        Assert.Equal(ExpandedProducts.CostOf(2, 3), expanded.Cost);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.1)]
    public void Dropout_drops_the_share_it_says_and_the_same_values_on_the_way_back(double rate)
    {
        const int Count = 4096;
        double[] ones = [.. Enumerable.Repeat(1.0, Count)];
        var run = TwoParty.Run(Seed.FromNumber(6), [TwoParty.Encode(ones), TwoParty.Encode(ones)], async (party, inputs) =>
        {
            var dropout = Dropout.Draw(party, inputs[0].Shape, rate);
            var wires = await party.Mask(inputs);
            return [dropout.Apply(party, wires[0]), dropout.Apply(party, wires[1])];
        });
        var forth = run.DecodedAt(0);
        Assert.Equal(forth, run.DecodedAt(1));
        Assert.All(forth, value => Assert.True(value == 0 || Math.Abs(value - 1 / (1 - rate)) < 1e-3));
        Assert.InRange(forth.Count(value => value == 0) / (double)Count, rate - 0.04, rate + 0.04);
        Assert.Equal(Cost.Round + 2 * Cost.Opening(Count) + Dropout.CostOfDrawing(Count) + 2 * Dropout.CostOf(Count), run.Cost);
        Assert.Equal(run.Cost, run.Planned);

        var published = TwoParty.Run(Seed.FromNumber(7), ones, (party, x) => party.DropAnew(x, rate));
        Assert.InRange(published.Decoded.Count(value => Math.Abs(value) < 1e-3) / (double)Count, rate - 0.04, rate + 0.04);
        Assert.Equal(Dropping.CostOf(Count), published.Cost);
        Assert.Equal(published.Cost, published.Planned);
        Assert.Throws<ArgumentOutOfRangeException>(() => TwoParty.Run(Seed.Zero, ones, async (party, x) => Dropout.Draw(party, x.Shape, 1).Apply(party, await party.Mask(x))));
    }

    [Fact]
    public void The_ways_back_are_the_derivatives()
    {
        double[] g = [1, -2, 0.5, 3, 0.25, -1], y = [0.5, 0.25, 0.25, 0.7, 0.1, 0.2];
        var shape = new Shape(2, 3);
        var run = TwoParty.Run(Seed.FromNumber(8), [TwoParty.Encode(g, shape), TwoParty.Encode(y, shape)], static async (party, inputs) =>
        {
            var wires = await party.Mask(inputs);
            return
            [
                party.TanhBackward(wires[0], wires[1]), party.SigmoidBackward(wires[0], wires[1]), party.ExponentialBackward(wires[0], wires[1]),
                party.ReciprocalBackward(wires[0], wires[1]), await party.SoftmaxBackward(wires[0], wires[1]),
            ];
        });
        for (var i = 0; i < g.Length; i++)
        {
            var dot = Enumerable.Range(i / 3 * 3, 3).Sum(k => g[k] * y[k]);
            double[] expected = [g[i] * (1 - y[i] * y[i]), g[i] * y[i] * (1 - y[i]), g[i] * y[i], -g[i] * y[i] * y[i], y[i] * (g[i] - dot)];
            for (var output = 0; output < expected.Length; output++) Assert.Equal(expected[output], run.DecodedAt(output)[i], 1e-4);
        }

        Assert.Equal(
            Cost.Round + 2 * Cost.Opening(6) + Derivatives.CostOfTanh(6) + Derivatives.CostOfSigmoid(6) + Multiplication.CostOf(6) + Multiplication.CostOfBySquare(6)
            + Derivatives.CostOfSoftmax(shape), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }

    [Theory]
    [InlineData(-7)]
    [InlineData(3)]
    public void What_crosses_the_link_is_uniform_whatever_the_input(double value)
    {
        var run = TwoParty.Run(Seed.FromNumber(9), [TwoParty.Encode([.. Enumerable.Repeat(value, 4096)], new Shape(2048, 2))], static async (party, inputs) =>
            [await party.SoftmaxWithoutMaximum(inputs[0])]);
        var (zero, one) = (run.Sent(Role.PartyZero, Role.PartyOne).ToArray(), run.Sent(Role.PartyOne, Role.PartyZero).ToArray());
        UniformView.Check(zero[0].Zip(one[0], (a, b) => a + b));
        UniformView.Check(zero[3].Zip(one[3], (a, b) => a + b));
        UniformView.Check(zero[^1].Zip(one[^1], (a, b) => a + b));
    }

    static double[] ClearSoftmax(ReadOnlySpan<double> row)
    {
        var largest = row[0];
        foreach (var x in row) largest = Math.Max(largest, x);
        double[] result = [.. row.ToArray().Select(x => Math.Exp(x - largest))];
        var sum = result.Sum();
        return Array.ConvertAll(result, x => x / sum);
    }
}
