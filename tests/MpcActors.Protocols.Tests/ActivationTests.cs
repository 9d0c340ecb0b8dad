using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests;

public sealed class ActivationTests
{
    /// <summary>Dense where the functions bend, and then out to the ends of the stated range.</summary>
    static double[] Arguments(int count, double largest) =>
        [.. Enumerable.Range(0, count).Select(i => i % 2 == 0 ? -8 + 16.0 * i / count : Math.CopySign(Math.Pow(2, i * Math.Log2(largest) / count), i % 4 - 2)), 0, largest, -largest, 4.5, -4.5, 5.25, -5.25];

    [Theory]
    [InlineData(16)]
    [InlineData(32)]
    [InlineData(40)]
    public void Tanh_is_within_its_bound_everywhere(int argumentBits)
    {
        var x = TwoParty.Encode(Arguments(20_001, 1 << 20), argumentBits);
        var run = TwoParty.Run(Seed.FromNumber(1), [x], static async (party, inputs) => [await party.HyperbolicTangent(inputs[0])]);
        Check(run, x, Math.Tanh, Tanh.Error);
        Assert.Equal(Tanh.CostOf(x.Value.Count), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
        Assert.Equal(5, run.Cost.Rounds);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(32)]
    [InlineData(39)]
    public void Gelu_is_within_its_bound_everywhere(int argumentBits)
    {
        var x = TwoParty.Encode(Arguments(20_001, 1 << 20), argumentBits);
        var run = TwoParty.Run(Seed.FromNumber(2), [x], static async (party, inputs) => [await party.GaussianErrorLinearUnit(inputs[0])]);
        Check(run, x, Clear.Gelu, Gelu.Error);
        Assert.Equal(Gelu.CostOf(x.Value.Count), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
        Assert.Equal(5, run.Cost.Rounds);
    }

    [Fact]
    public void The_derivative_of_gelu_comes_from_the_same_openings_and_is_within_its_bound()
    {
        var x = TwoParty.Encode(Arguments(20_001, 1 << 20), 32);
        var run = TwoParty.Run(Seed.FromNumber(2), [x], static async (party, inputs) =>
        {
            var (value, derivative) = await party.GaussianErrorLinearUnitAndDerivative(inputs[0]);
            return [derivative, value];
        });
        Check(run, x, static v => Math.Abs(v) > 30 ? (v > 0 ? 1 : 0) : v == 0 ? 0.5 : Clear.Gelu(v) / v + v * Math.Exp(-v * v / 2) / Math.Sqrt(Math.Tau), Gelu.DerivativeError);
        Assert.Equal(Gelu.CostOf(x.Value.Count), run.Cost);
    }

    [Fact]
    public void Few_values_cost_what_is_declared_too()
    {
        foreach (var count in (int[])[1, 2, 3, 5, 63, 65])
        {
            var run = TwoParty.Run(Seed.FromNumber(3), Enumerable.Repeat(1.0, count).ToArray(), static (party, x) => party.GaussianErrorLinearUnit(x));
            Assert.All(run.Decoded, value => Assert.InRange(value - Clear.Gelu(1), -Gelu.Error, Gelu.Error));
            Assert.Equal(Gelu.CostOf(count), run.Cost);
            Assert.Equal(run.Cost, run.Planned);
        }
    }

    static void Check(TwoPartyRun run, (RingTensor Value, int FractionBits) x, Func<double, double> function, double bound)
    {
        var (opened, arguments) = (run.Decoded, FixedPoint.Decode(x.Value, x.FractionBits));
        for (var i = 0; i < opened.Length; i++)
        {
            var error = opened[i] - function(arguments[i]);
            Assert.True(Math.Abs(error) <= bound, $"at {arguments[i]} the error is {error}");
        }
    }
}
