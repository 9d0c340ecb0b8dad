using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests;

public sealed class PowerLawTests
{
    /// <summary>All magnitudes alike, and both ends.</summary>
    static double[] Between(double low, double high, int count) =>
        [.. Enumerable.Range(0, count).Select(i => low * Math.Pow(high / low, (double)i / count)), low, high];

    [Theory]
    [InlineData(1.0 / 4096, 1 << 30, 16, 16)]
    [InlineData(1.0 / 4096, 1 << 30, 16, 24)]
    [InlineData(1.0 / 32, 1.25, 32, 24)]
    [InlineData(1, 512, 36, 24)]
    [InlineData(1, 4096, 36, 30)]
    [InlineData(1, 3, 16, 20)]
    [InlineData(0.5, 1000, 16, 50)]
    public void A_reciprocal_is_within_its_bound_over_its_whole_range(double low, double high, int argumentBits, int fractionBits)
    {
        const int count = 5_003;
        var x = TwoParty.Encode(Between(low, high, count - 2), argumentBits);

        var run = TwoParty.Run(Seed.FromNumber(1), [x], async (party, inputs) => [await party.Invert(inputs[0], low, high, fractionBits)]);

        Check(run, x, x => 1 / x, Reciprocal.RelativeError, Math.ScaleB(1, -fractionBits));
        Assert.Equal(Reciprocal.CostOf(count, low, high, fractionBits), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }

    [Theory]
    [InlineData(16, 30, 16)]
    [InlineData(16, 30, 24)]
    [InlineData(32, 28, 20)]
    public void An_inverse_square_root_is_within_its_bound_over_the_whole_fixed_point_range(int argumentBits, int highBits, int fractionBits)
    {
        const int count = 5_003;
        var x = TwoParty.Encode(Between(Math.ScaleB(1, -16), Math.ScaleB(1, highBits), count - 2), argumentBits);

        var run = TwoParty.Run(Seed.FromNumber(2), [x], async (party, inputs) => [await party.InvertSquareRoot(inputs[0], fractionBits)]);

        Check(run, x, x => 1 / Math.Sqrt(x), InverseSquareRoot.RelativeError, Math.ScaleB(1, -fractionBits));
        Assert.Equal(InverseSquareRoot.CostOf(count, argumentBits, fractionBits), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
        Assert.Equal(7, run.Cost.Rounds);
    }

    [Fact]
    public void A_range_that_reaches_zero_is_refused() =>
        Assert.Throws<ArgumentException>(() => Reciprocal.CostOf(1, 0, 1, 16));

    static void Check(TwoPartyRun run, (RingTensor Value, int FractionBits) x, Func<double, double> function, double relative, double unit)
    {
        var (opened, arguments) = (run.Decoded, FixedPoint.Decode(x.Value, x.FractionBits));
        for (var i = 0; i < opened.Length; i++)
        {
            var exact = function(arguments[i]);
            var error = opened[i] - exact;
            Assert.True(Math.Abs(error) <= exact * relative + unit, $"at {arguments[i]} the error is {error}, a part of {error / exact}");
        }
    }
}
