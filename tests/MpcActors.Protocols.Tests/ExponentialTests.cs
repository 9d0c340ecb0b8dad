using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests;

public sealed class ExponentialTests
{
    const double Unit = 1.0 / (1 << 20);

    [Theory]
    [InlineData(20, 36)]
    [InlineData(24, 36)]
    [InlineData(32, 36)]
    [InlineData(39, 30)]
    [InlineData(16, 48)]
    public void Powers_of_two_are_within_their_bound_over_the_whole_range(int argumentBits, int fractionBits)
    {
        const int count = 40_003;
        var low = Exponential.Least + 2 * Math.Max(Unit, Math.ScaleB(1, -argumentBits));
        var y = Enumerable.Range(0, count).Select(i => low + (1 - low) * i / count).ToArray();
        (y[1], y[2], y[3]) = (0, -1, 1 - Math.Max(2 * Unit, Math.ScaleB(1, -argumentBits)));
        var encoded = TwoParty.Encode(y, argumentBits);

        var run = TwoParty.Run(Seed.FromNumber(1), [encoded], async (party, inputs) => [await party.ExponentialOfTwo(inputs[0], fractionBits)]);

        var opened = run.Decoded;
        for (var i = 0; i < count; i++)
        {
            var argument = FixedPoint.Decode(encoded.Value.Span[i], argumentBits);
            Assert.InRange(opened[i] - Math.Pow(2, argument), -Exponential.ErrorOf(argument, fractionBits), Exponential.ErrorOf(argument, fractionBits));
        }

        Assert.Equal(Exponential.CostOf(count), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
        Assert.Equal(1, run.Cost.Rounds);
    }

    [Fact]
    public void Small_powers_are_exactly_zero()
    {
        var run = TwoParty.Run(Seed.FromNumber(2), Enumerable.Repeat(-21.0, 1000).ToArray(), static (party, y) => party.ExponentialOfTwo(y));
        Assert.All(run.Opened.Values, value => Assert.Equal(0UL, value));
    }

    [Fact]
    public void Any_number_of_values_costs_what_is_declared()
    {
        foreach (var count in (int[])[1, 2, 3, 4, 5, 1027])
        {
            var run = TwoParty.Run(Seed.FromNumber(3), Enumerable.Repeat(-1.0, count).ToArray(), static (party, y) => party.ExponentialOfTwo(y));
            Assert.All(run.Decoded, value => Assert.InRange(value, 0.5 - Exponential.ErrorOf(-1, 36), 0.5 + Exponential.ErrorOf(-1, 36)));
            Assert.Equal(Exponential.CostOf(count), run.Cost);
            Assert.Equal(run.Cost, run.Planned);
        }
    }

    [Fact]
    public void What_is_opened_is_uniform_whatever_the_arguments()
    {
        foreach (var value in (double[])[0, -29.5, -3.7])
        {
            var run = TwoParty.Run(Seed.FromNumber(4), Enumerable.Repeat(value, 20_000).ToArray(), static (party, y) => party.ExponentialOfTwo(y));
            ResidueView.Check(run, 20_000, 25);
        }
    }
}
