using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests;

public sealed class LayerNormalisationTests
{
    [Theory]
    [InlineData(16, 1e-5, 16)]
    [InlineData(300, 1e-5, 16)]
    [InlineData(1024, 1e-12, 16)]
    [InlineData(4096, 1e-5, 16)]
    [InlineData(64, 1e-5, 32)]
    [InlineData(3, 1e-3, 20)]
    public void Rows_of_any_variance_are_normalised_within_the_bound(int width, double epsilon, int argumentBits)
    {
        if (epsilon < 1e-7) epsilon = Math.ScaleB(1, -24);

        // Standard deviations from far below ε to the largest there can be, with means as large as their values allow.
        double[] deviations = [0, 1e-4, 1.0 / 256, 0.05, 0.3, 1, 7, 30, 250, 500];
        var shape = new Shape(deviations.Length, width);
        var values = new double[shape.Count];
        for (var row = 0; row < shape.Rows; row++)
        {
            var mean = row % 3 == 0 ? 0 : Math.CopySign(1000 - 2 * deviations[row], row % 2 - 0.5);
            if (deviations[row] > 400) mean = 0;
            for (var i = 0; i < width; i++) values[row * width + i] = mean + deviations[row] * Math.Sqrt(2) * Math.Sin(0.7 * i * i + row);
        }

        // The extreme: half of a row at either end.
        for (var i = 0; i < width; i++) values[(shape.Rows - 1) * width + i] = i < width / 2 ? -1024 : 1023;
        var x = TwoParty.Encode(values, shape, argumentBits);

        var run = TwoParty.Run(Seed.FromNumber(1), [x], async (party, inputs) => [await party.Normalize(inputs[0], epsilon)]);

        var (opened, decoded) = (run.Decoded, FixedPoint.Decode(x.Value, argumentBits));
        for (var row = 0; row < shape.Rows; row++)
        {
            var own = decoded.AsSpan(row * width, width).ToArray();
            var mean = own.Average();
            var root = Math.Sqrt(own.Sum(value => (value - mean) * (value - mean)) / width + epsilon);
            for (var i = 0; i < width; i++)
            {
                var exact = (own[i] - mean) / root;
                var bound = Math.Abs(exact) * Math.ScaleB(1, -13) + Math.ScaleB(1, -19) / root + Math.ScaleB(1, -16);
                var error = opened[row * width + i] - exact;
                Assert.True(Math.Abs(error) <= bound, $"row {row} of variance {root * root - epsilon}, value {i}: {error} off {exact}");
            }
        }

        Assert.Equal(LayerNormalisation.CostOf(shape, epsilon), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
        Assert.Equal(10, run.Cost.Rounds);
    }

    [Fact]
    public void What_is_opened_is_uniform_whatever_the_rows()
    {
        foreach (var value in (double[])[0, -1000])
        {
            var run = TwoParty.Run(Seed.FromNumber(2), [TwoParty.Encode([.. Enumerable.Repeat(value, 4096)], new Shape(16, 256))],
                static async (party, inputs) => [await party.Normalize(inputs[0], 1e-5)]);

            // The frames of whole words: all rounds but the comparison's and the series'.
            foreach (var round in (int[])[0, 1, 9]) UniformView.Check(OpenedIn(run, round));
        }
    }

    static IEnumerable<ulong> OpenedIn(TwoPartyRun run, int round) =>
        run.Sent(Role.PartyZero, Role.PartyOne).ElementAt(round).Zip(run.Sent(Role.PartyOne, Role.PartyZero).ElementAt(round), (x, y) => x + y);
}
