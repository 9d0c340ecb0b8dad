using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests;

public sealed class SegmentMultiplicationTests
{
    [Fact]
    public void Each_segment_is_multiplied_by_its_own_factor()
    {
        int[] starts = [0, 1, 1, 6, 14, 19];
        double[] x = [.. Enumerable.Range(0, 19).Select(i => i - 7.5)], factors = [2, 100, -0.25, 1024, 0];
        var run = TwoParty.Run(Seed.FromNumber(1), x, factors, async (party, x, factors) =>
        {
            var wires = await party.Mask(x, factors);
            return party.MultiplySegments(wires[0], wires[1], starts);
        });

        for (var segment = 0; segment < factors.Length; segment++)
            for (var i = starts[segment]; i < starts[segment + 1]; i++) Assert.Equal(x[i] * factors[segment], run.Decoded[i]);
        Assert.Equal(Cost.Round + Cost.Opening(19) + Cost.Opening(5) + SegmentMultiplication.CostOf(19), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }
}
