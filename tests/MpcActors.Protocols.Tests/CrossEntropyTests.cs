using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests;

public sealed class CrossEntropyTests
{
    [Theory]
    [InlineData(1, 2, 36)]
    [InlineData(1, 4, 36)]
    [InlineData(1, 50, 36)]
    [InlineData(1.0 / 65536, 1 << 14, 16)]
    [InlineData(0.25, 1 << 20, 32)]
    public void A_logarithm_is_within_its_bound_over_its_whole_range(double low, double high, int argumentBits)
    {
        const int count = 4_001;
        var x = TwoParty.Encode([.. Enumerable.Range(0, count - 2).Select(i => low * Math.Pow(high / low, (double)i / count)), low, high], argumentBits);

        var run = TwoParty.Run(Seed.FromNumber(1), [x], async (party, inputs) => [await party.NaturalLogarithm(await party.Mask(inputs[0]), low, high)]);

        var (opened, arguments) = (run.Decoded, FixedPoint.Decode(x.Value, argumentBits));
        for (var i = 0; i < count; i++)
            Assert.True(Math.Abs(opened[i] - Math.Log(arguments[i])) <= Logarithm.Error, $"ln {arguments[i]} is off by {opened[i] - Math.Log(arguments[i])}");
        Assert.Equal(Cost.Masking(count) + Logarithm.CostOf(count, low, high), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
        Assert.Equal(high <= 4 ? 2 : 5, run.Cost.Rounds);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(14)]
    public void Losses_are_those_in_the_clear_and_margins_tell_which_rows_are_wrong(int classes)
    {
        // Near ones, far ones, and two classes alike.
        const int rows = 301;
        var shape = new Shape(rows, classes);
        double[] scores = [.. Enumerable.Range(0, shape.Count).Select(i => (i / classes % 3) switch { 0 => Math.Sin(i * i), 1 => 40 * Math.Sin(i * i), _ => Math.Sin(i / 2) })];
        int[] labels = [.. Enumerable.Range(0, rows).Select(row => row * row % classes)];
        var x = TwoParty.Encode(scores, shape);
        var oneHot = TwoParty.Encode([.. Enumerable.Range(0, shape.Count).Select(i => labels[i / classes] == i % classes ? 1.0 : 0)], shape, 0);

        var run = TwoParty.Run(Seed.FromNumber(2), [x, oneHot], async (party, inputs) =>
        {
            var (losses, margins) = await party.CrossEntropyOfRows(inputs[0], inputs[1]);
            return [losses, await party.IsWrong(margins)];
        });

        var (rounded, got, wrong) = (FixedPoint.Decode(x.Value), run.DecodedAt(0), run.DecodedAt(1));
        for (var row = 0; row < rows; row++)
        {
            var own = rounded.AsSpan(row * classes, classes).ToArray();
            var expected = Math.Log(own.Sum(score => Math.Exp(score - own.Max()))) + own.Max() - own[labels[row]];
            Assert.True(Math.Abs(got[row] - expected) <= CrossEntropy.ErrorOf(classes), $"row {row}: {got[row]} instead of {expected}");
            Assert.Equal(own.Max() > own[labels[row]] ? 1 : 0, wrong[row]);
        }

        Assert.Equal(CrossEntropy.CostOf(shape) + CrossEntropy.CostOfIsWrong(rows), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sums_of_groups_are_the_groups_losses_and_errors(bool countsWrong)
    {
        var shape = new Shape(40, 3);
        double[] scores = [.. Enumerable.Range(0, shape.Count).Select(i => 3 * Math.Sin(i * i))];
        var labels = TwoParty.Encode([.. Enumerable.Range(0, shape.Count).Select(i => i % 3 == i / 3 % 3 ? 1.0 : 0)], shape, 0);

        var run = TwoParty.Run(Seed.FromNumber(3), [TwoParty.Encode(scores, shape), labels], async (party, inputs) => [await party.SumsOfGroups(inputs[0], inputs[1], [0, 10, 40], countsWrong)]);

        double[] losses = new double[2], wrong = new double[2];
        for (var row = 0; row < 40; row++)
        {
            var own = scores.AsSpan(row * 3, 3).ToArray();
            losses[row < 10 ? 0 : 1] += Math.Log(own.Sum(Math.Exp)) - own[row % 3];
            if (own.Max() > own[row % 3]) wrong[row < 10 ? 0 : 1]++;
        }

        Assert.Equal(countsWrong ? 4 : 2, run.Decoded.Length);
        for (var group = 0; group < 2; group++) Assert.Equal(losses[group], run.Decoded[group], 40 * 6e-5);
        if (countsWrong) Assert.Equal(wrong, run.Decoded[2..]);
        Assert.Equal(CrossEntropy.CostOfSums(shape, countsWrong), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }

    [Fact]
    public void Labels_of_another_shape_or_scale_are_refused()
    {
        var scores = TwoParty.Encode([1, 2, 3, 4], new Shape(2, 2));
        Assert.Throws<ArgumentException>(() => TwoParty.Run(Seed.FromNumber(1), [scores, TwoParty.Encode([1, 0], new Shape(1, 2), 0)], Losses));
        Assert.Throws<ArgumentException>(() => TwoParty.Run(Seed.FromNumber(1), [scores, TwoParty.Encode([1, 0, 0, 1], new Shape(2, 2))], Losses));

        static async ValueTask<Share[]> Losses(Party party, Share[] inputs) => [(await party.CrossEntropyOfRows(inputs[0], inputs[1])).Losses];
    }
}
