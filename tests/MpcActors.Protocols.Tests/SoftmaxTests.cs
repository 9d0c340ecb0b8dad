using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests;

public sealed class SoftmaxTests
{
    [Theory]
    [InlineData(16)]
    [InlineData(32)]
    public void Ragged_rows_flat_rows_and_masked_rows_are_all_within_the_bound(int argumentBits)
    {
        // A row of each length, 512 equal scores, 512 nearly so, a mask of −10000 over half a row and over all but one, and a far spread.
        double[][] rows =
        [
            [3.5], [1, -1], [0, 0, 0],
            [.. Enumerable.Repeat(-7.25, 512)],
            [.. Enumerable.Range(0, 512).Select(i => 0.1 * Math.Sin(i * i))],
            [.. Enumerable.Range(0, 100).Select(i => i % 2 == 0 ? -1e4 + Math.Sin(i) : Math.Sin(i))],
            [.. Enumerable.Range(0, 33).Select(i => i == 17 ? 0 : -1e4)],
            [.. Enumerable.Range(0, 128).Select(i => 1000 * Math.Sin(i))],
            [.. Enumerable.Range(0, 65).Select(i => -0.4 * i)],
        ];
        int[] starts = [0, .. rows.Select((_, row) => rows.Take(row + 1).Sum(scores => scores.Length))];
        var x = TwoParty.Encode([.. rows.SelectMany(row => row)], argumentBits);

        var run = TwoParty.Run(Seed.FromNumber(1), [x], async (party, inputs) => [await party.SoftmaxOfRows(inputs[0], starts)]);

        var (opened, decoded) = (run.Decoded, FixedPoint.Decode(x.Value, argumentBits));
        for (var row = 0; row < rows.Length; row++)
        {
            var scores = decoded.AsSpan(starts[row]..starts[row + 1]).ToArray();
            var largest = scores.Max();
            var sum = scores.Sum(score => Math.Exp(score - largest));
            for (var i = 0; i < scores.Length; i++)
            {
                var exact = Math.Exp(scores[i] - largest) / sum;
                var error = opened[starts[row] + i] - exact;
                Assert.True(Math.Abs(error) <= exact * Math.ScaleB(1, -14) + Math.ScaleB(1, -15), $"row {row}, score {i}: {error} off {exact}");
                if (scores[i] < largest - 20.6) Assert.Equal(0, opened[starts[row] + i]);
            }
        }

        Assert.Equal(Softmax.CostOf(starts), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }

    [Fact]
    public void Short_rows_take_no_comparison_for_their_sum()
    {
        int[] starts = [0, 4, 7];
        var run = TwoParty.Run(Seed.FromNumber(2), [TwoParty.Encode([1, 2, 3, 4, 0, 0, 0])], async (party, inputs) => [await party.SoftmaxOfRows(inputs[0], starts)]);
        Assert.Equal(Softmax.CostOf(starts), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
        Assert.All(run.Decoded[4..], weight => Assert.InRange(weight, 1 / 3.0 - 1e-4, 1 / 3.0 + 1e-4));
    }
}
