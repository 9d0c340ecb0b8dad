using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests;

public sealed class CosineTests
{
    [Theory]
    [InlineData(16, 28)]
    [InlineData(16, 32)]
    [InlineData(20, 24)]
    [InlineData(32, 28)]
    [InlineData(44, 48)]
    public void Is_within_its_bound_for_angles_of_any_size(int turnBits, int fractionBits)
    {
        // All magnitudes the ring can hold, and the quarter turns themselves.
        const int count = 20_001;
        var turns = RingTensor.Uninitialized(Shape.Vector(count));
        new Prg(Seed.FromNumber(1)).Fill(turns.Values, 0);
        for (var i = 0; i < count; i++) turns.Span[i] = (ulong)((long)turns.Span[i] >> (i % 60));
        for (var quarter = 0; quarter < 9; quarter++) turns.Span[quarter] = (ulong)((long)(quarter - 4) << (turnBits - 2));

        var run = TwoParty.Run(Seed.FromNumber(2), [(turns, turnBits)], async (party, inputs) =>
        {
            var (cosine, sine) = await party.CosineAndSineOfTurns(inputs[0], fractionBits);
            return [cosine, sine];
        });

        var (cosines, sines) = (run.DecodedAt(0), run.DecodedAt(1));
        var bound = Cosine.ErrorOf(fractionBits);
        for (var i = 0; i < count; i++)
        {
            // Only the fraction goes to double precision, so that large angles lose nothing.
            var angle = 2 * Math.PI * FixedPoint.Decode(turns.Span[i] & ((1UL << turnBits) - 1), turnBits);
            Assert.InRange(cosines[i] - Math.Cos(angle), -bound, bound);
            Assert.InRange(sines[i] - Math.Sin(angle), -bound, bound);
        }

        Assert.Equal(Cosine.CostOf(count), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }

    [Fact]
    public void One_round_serves_any_shape()
    {
        foreach (var count in (int[])[1, 2, 3, 4, 5, 64, 1000])
        {
            var run = TwoParty.Run(Seed.FromNumber(3), new double[count], static async (party, x) => (await party.CosineAndSineOfTurns(x)).Cosine);
            Assert.All(run.Decoded, value => Assert.InRange(value, 1 - Cosine.ErrorOf(28), 1 + Cosine.ErrorOf(28)));
            Assert.Equal(Cosine.CostOf(count), run.Cost);
            Assert.Equal(1, run.Cost.Rounds);
            Assert.Equal(run.Cost, run.Planned);
        }
    }

    [Fact]
    public void What_is_opened_is_uniform_whatever_the_angles()
    {
        foreach (var value in (double[])[0, 0.25, -12345.678])
        {
            var run = TwoParty.Run(Seed.FromNumber(4), Enumerable.Repeat(value, 20_000).ToArray(),
                static async (party, x) => (await party.CosineAndSineOfTurns(x)).Sine);
            ResidueView.Check(run, 20_000, Cosine.PhaseBits);
        }
    }
}
