using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests.Examples;

public sealed class LeakyReluTests
{
    [Theory]
    [InlineData(1, 0.01)]
    [InlineData(1000, 0.25)]
    public void Is_within_two_units_at_the_declared_cost(int count, double slope)
    {
        double[] values = [.. Enumerable.Range(0, count).Select(i => 40 * Math.Sin(i + 1))];
        var run = TwoParty.Run(Seed.FromNumber(1), values, (party, x) => party.LeakyRelu(x, slope));

        var opened = FixedPoint.Decode(run.Opened);
        for (var i = 0; i < count; i++)
            Assert.Equal(values[i] > 0 ? values[i] : slope * values[i], opened[i], 40 * Math.ScaleB(1, -16) + Math.ScaleB(2, -16));
        Assert.Equal(LeakyRectification.CostOf(count), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
        Assert.Equal(5, run.Cost.Rounds);
    }
}
