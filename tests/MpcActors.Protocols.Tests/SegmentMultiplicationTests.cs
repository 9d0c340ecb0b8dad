using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests;

public sealed class SegmentMultiplicationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(45)]
    public void Each_segment_is_multiplied_by_its_own_truncated_factor(int bits)
    {
        // Factors of all sizes up to the limit of a truncation, of both signs, so that masks wrap often.
        const int segments = 500;
        int[] starts = [0, .. Enumerable.Range(0, segments).Select(i => i * (i + 1) / 40 + i / 3)];
        var factors = RingTensor.Uninitialized(Shape.Vector(segments));
        new Prg(Seed.FromNumber(1)).Fill(factors.Values, 0);
        for (var i = 0; i < segments; i++) factors.Span[i] = (ulong)((long)factors.Span[i] >> (3 + i % 50));
        var x = RingTensor.Uninitialized(Shape.Vector(starts[^1]));
        new Prg(Seed.FromNumber(2)).Fill(x.Values, 0);

        var run = TwoParty.Run(Seed.FromNumber(3), [(x, 0), (factors, bits)], async (party, inputs) =>
        {
            var wires = await party.Mask(inputs[0], inputs[1]);
            return [party.MultiplySegments(wires[0], wires[1], bits, starts)];
        });

        for (var segment = 0; segment < segments; segment++)
        {
            if (starts[segment] == starts[segment + 1]) continue;
            var floor = (ulong)((long)factors.Span[segment] >> bits);
            var first = starts[segment];

            // The factor is the quotient or one more, and the same for all of its segment.
            var factor = run.Opened.Span[first] == x.Span[first] * floor ? floor : floor + 1;
            for (var i = first; i < starts[segment + 1]; i++) Assert.Equal(x.Span[i] * factor, run.Opened.Span[i]);
        }

        Assert.Equal(Cost.Round + Cost.Opening(x.Count) + Cost.Opening(segments) + SegmentMultiplication.CostOf(x.Count, segments), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }
}
