using MpcActors.Protocols.Published;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests.Published;

public sealed class SoftmaxTests
{
    /// <summary>Rows, their length, and what CrypTen 0.4.0 counted for max(dim) and softmax(dim): rounds and bytes.</summary>
    public static TheoryData<int, int, int, int, int, int> Counted => new()
    {
        { 3, 2, 36, 10_944, 73, 13_680 },
        { 3, 3, 46, 14_352, 83, 17_520 },
        { 3, 5, 47, 26_544, 84, 30_576 },
        { 2, 10, 57, 29_056, 94, 33_184 },
        { 4, 128, 79, 685_824, 116, 762_048 },
        { 2, 512, 99, 1_215_360, 136, 1_364_064 },
    };

    [Theory]
    [MemberData(nameof(Counted))]
    public void Costs_what_CrypTen_counts_and_computes_what_its_formula_says(
        int rows, int width, int maximumRounds, int maximumBytes, int softmaxRounds, int softmaxBytes)
    {
        var scores = Enumerable.Range(0, rows * width).Select(i => 4 * Math.Sin(i * 0.71 * i)).ToArray();
        var run = TwoParty.Run(Seed.FromNumber((ulong)width), [TwoParty.Encode(scores, new Shape(rows, width))], static async (party, inputs) =>
            [await party.SoftmaxAnew(inputs[0])]);
        var maximum = TwoParty.Run(Seed.FromNumber((ulong)width), [TwoParty.Encode(scores, new Shape(rows, width))], static async (party, inputs) =>
        {
            var (largest, isLargest) = await party.MaximumOfRowsAnew(inputs[0]);
            return [largest, isLargest];
        });

        var onGrid = FixedPoint.Decode(TwoParty.Encode(scores).Value);
        for (var row = 0; row < rows; row++)
        {
            var of = onGrid.AsSpan(row * width, width);
            var exact = PublishedFunctions.Softmax(of);
            var largest = of.ToArray().Max();
            Assert.Equal(largest, maximum.DecodedAt(0)[row]);
            for (var i = 0; i < width; i++)
            {
                Assert.InRange(run.Decoded[row * width + i] - exact[i], -3e-3, 3e-3);
                Assert.Equal(of[i] == largest ? 1 : 0, maximum.DecodedAt(1)[row * width + i]);
            }
        }

        Assert.Equal((maximumRounds, maximumBytes), (maximum.Cost.Rounds, 2 * maximum.Cost.SentBytes));
        Assert.Equal((softmaxRounds, softmaxBytes), (run.Cost.Rounds, 2 * run.Cost.SentBytes));
        Assert.Equal(LogReduction.CostOf(new Shape(rows, width)), maximum.Cost);
        Assert.Equal(LimitSoftmax.CostOf(new Shape(rows, width)), run.Cost);
        Assert.Equal(maximum.Cost, maximum.Planned);
        Assert.Equal(run.Cost, run.Planned);
    }

    [Theory]
    [InlineData(128, 79, 351.1, 116, 390.2)]
    [InlineData(512, 99, 4978.1, 136, 5587.2)]
    public void Costs_what_CrypTen_counted_for_sixteen_heads(int length, int maximumRounds, double maximumMegabytes, int rounds, double megabytes)
    {
        var shape = new Shape(16 * length, length);
        var (maximum, softmax) = (LogReduction.CostOf(shape), LimitSoftmax.CostOf(shape));
        Assert.Equal((maximumRounds, maximumMegabytes), (maximum.Rounds, Math.Round(2 * maximum.SentBytes / 1e6, 1)));
        Assert.Equal((rounds, megabytes), (softmax.Rounds, Math.Round(2 * softmax.SentBytes / 1e6, 1)));
    }

    [Fact]
    public void One_of_several_equal_largest_values_is_chosen_and_each_is_at_times()
    {
        const int rows = 300;
        double[] row = [2, -1, 2, 1, 2];
        var run = TwoParty.Run(Seed.FromNumber(7), [TwoParty.Encode([.. Enumerable.Repeat(row, rows).SelectMany(x => x)], new Shape(rows, 5))],
            static async (party, inputs) =>
            {
                var (largest, isLargest) = await party.MaximumOfRowsAnew(inputs[0]);
                return [largest, isLargest];
            });

        Assert.All(run.DecodedAt(0), x => Assert.Equal(2, x));
        var chosen = run.DecodedAt(1).Chunk(5).ToArray();
        Assert.All(chosen, of => Assert.Equal(1, of.Sum()));
        Assert.All(chosen, of => Assert.Equal(0, of[1] + of[3]));
        foreach (var i in (int[])[0, 2, 4]) Assert.InRange(chosen.Sum(of => of[i]), rows / 3 - 50, rows / 3 + 50);
    }

    [Fact]
    public void A_choice_by_weight_comes_out_as_often_as_the_weights_say()
    {
        const int rows = 2000;
        var run = TwoParty.Run(Seed.FromNumber(8), [TwoParty.Encode([.. Enumerable.Repeat((double[])[1, 0, 6, 3], rows).SelectMany(x => x)], new Shape(rows, 4), 0)],
            static async (party, inputs) => [await party.IndexByWeight(inputs[0])]);

        var chosen = run.Decoded.Chunk(4).ToArray();
        Assert.All(chosen, of => Assert.Equal([0, 0, 0, 1], of.Order()));
        Assert.Equal(0, chosen.Sum(of => of[1]));
        Assert.InRange(chosen.Sum(of => of[0]), 0.1 * rows - 70, 0.1 * rows + 70);
        Assert.InRange(chosen.Sum(of => of[2]), 0.6 * rows - 110, 0.6 * rows + 110);
        Assert.Equal(WeightedIndex.CostOf(new Shape(rows, 4)), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }

    [Fact]
    public void Ragged_rows_go_in_groups_of_one_length()
    {
        double[][] rows = [[3.5], [1, -1], [0, 1, 2, 3], [2], [0.5, 0.25], [-1, -2, -3, -4], [5, 5, 5, 5, 5]];
        int[] starts = [0, .. rows.Select((_, row) => rows.Take(row + 1).Sum(scores => scores.Length))];
        var run = TwoParty.Run(Seed.FromNumber(9), [.. rows.SelectMany(row => row)], (party, scores) => party.SoftmaxOfRowsAnew(scores, starts));

        var exact = rows.SelectMany(row => PublishedFunctions.Softmax(row)).ToArray();
        for (var i = 0; i < exact.Length; i++) Assert.InRange(run.Decoded[i] - exact[i], -3e-3, 3e-3);
        Assert.Equal(LimitSoftmax.CostOf(starts), run.Cost);
        Assert.Equal(
            LimitSoftmax.CostOf(new Shape(2, 2)) + LimitSoftmax.CostOf(new Shape(2, 4)) + LimitSoftmax.CostOf(new Shape(1, 5)), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }

    [Fact]
    public void Rows_of_one_length_go_all_at_once_and_bad_rows_are_refused()
    {
        var run = TwoParty.Run(Seed.FromNumber(10), [1, 2, 3, 4, 5, 6], (party, scores) => party.SoftmaxOfRowsAnew(scores, [0, 3, 6]));
        Assert.Equal(LimitSoftmax.CostOf(new Shape(2, 3)), run.Cost);
        Assert.Equal(Shape.Vector(6), run.Zero[0].Shape);
        Assert.Throws<ArgumentException>(() => TwoParty.Run(Seed.FromNumber(10), [1, 2, 3], static (party, scores) => party.SoftmaxOfRowsAnew(scores, [0, 2, 2, 3])));
        Assert.Throws<ArgumentException>(() => LimitSoftmax.CostOf([1, 2]));
    }

    [Fact]
    public void A_flat_row_of_512_survives_since_its_sum_is_scaled()
    {
        var scores = Enumerable.Range(0, 512).Select(i => 0.1 * Math.Sin(i)).ToArray();
        var run = TwoParty.Run(Seed.FromNumber(11), scores, static (party, x) => party.SoftmaxOfRowsAnew(x, [0, 512]));
        Assert.Equal(0, GrossErrors.Count(run.Decoded, [.. Enumerable.Repeat(1 / 512.0, 512)]));
        Assert.All(run.Decoded.Zip(PublishedFunctions.Softmax(scores)), pair => Assert.Equal(pair.Second, pair.First, 2e-4));

        // Unscaled, CrypTen's reciprocal of such a sum is not even near.
        Assert.True(Math.Abs(PublishedFunctions.Reciprocal(500)) > 1e3);
    }
}
