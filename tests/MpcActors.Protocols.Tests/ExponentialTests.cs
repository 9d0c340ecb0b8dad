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

    [Theory]
    [InlineData(16)]
    [InlineData(32)]
    [InlineData(39)]
    public void The_exponential_of_anything_below_zero_is_within_its_bound(int argumentBits)
    {
        const int count = 10_001;
        var x = Enumerable.Range(0, count).Select(i => i % 3 == 0 ? -25.0 * i / count : i % 3 == 1 ? -1e-4 * i : -400.0 * i).ToArray();
        (x[0], x[1], x[2], x[4]) = (0, -20.5, -1e4, 0.69);
        var encoded = TwoParty.Encode(x, argumentBits);

        var run = TwoParty.Run(Seed.FromNumber(5), [encoded], static async (party, inputs) => [await party.NaturalExponential(inputs[0])]);

        var opened = run.Decoded;
        for (var i = 0; i < count; i++)
        {
            // The rounded log₂ e moves the exponent by a part in 2^21.
            var (exact, bound) = (Math.Exp(FixedPoint.Decode(encoded.Value.Span[i], argumentBits)), Exponential.ErrorOf(x[i] / Math.Log(2), 36) + 1e-6);
            Assert.InRange(opened[i] - exact, -bound, bound);
            if (x[i] < -20.5) Assert.Equal(0, opened[i]);
        }

        Assert.Equal(Exponential.CostOfNatural(count), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
        Assert.Equal(5, run.Cost.Rounds);
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
