using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests;

public sealed class TruncationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(32)]
    [InlineData(61)]
    public void Is_within_one_unit_even_at_the_ends_of_its_range(int bits)
    {
        const int count = 100_000;
        var seed = Seed.FromNumber((ulong)bits);
        var values = RingTensor.Uninitialized(Shape.Vector(count));
        new Prg(seed.Derive("values")).Fill(values.Values, 0);

        // All magnitudes alike, and the ends of the range themselves.
        for (var i = 0; i < count; i++) values.Span[i] = (ulong)((long)values.Span[i] >> (3 + i % 59));
        (values.Span[0], values.Span[1], values.Span[2], values.Span[3]) = ((ulong)Truncation.Limit - 1, unchecked((ulong)(-Truncation.Limit + 1)), 0, ulong.MaxValue);

        var run = TwoParty.Run(seed, [(values, 61)], async (party, inputs) => [party.Truncate(await party.Mask(inputs[0]), bits)]);

        var opened = run.Opened.Span;
        for (var i = 0; i < count; i++)
        {
            var error = (long)opened[i] - ((long)values.Span[i] >> bits);
            Assert.True(error is 0 or 1, $"value {(long)values.Span[i]} at {i} is off by {error}");
        }

        Assert.Equal(Cost.Masking(count) + Truncation.CostOf(count), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }

    [Fact]
    public void A_hundred_million_random_values_have_no_gross_error()
    {
        const int count = 4_000_000;
        const int bits = 16;
        for (var part = 0UL; part < 25; part++)
        {
            var seed = Seed.FromNumber(part).Derive("gross");
            var values = RingTensor.Uninitialized(Shape.Vector(count));
            new Prg(seed).Fill(values.Values, 0);
            Parallelism.ForChunks(count, (start, length) =>
            {
                for (var i = start; i < start + length; i++) values.Values[i] = (ulong)((long)values.Values[i] >> 3);
            });

            var run = TwoParty.Run(seed, [(values, 32)], static async (party, inputs) => [party.Truncate(await party.Mask(inputs[0]), bits)]);

            var wrong = 0;
            var opened = run.Opened.Values;
            Parallelism.ForChunks(count, (start, length) =>
            {
                for (var i = start; i < start + length; i++)
                    if (opened[i] - (ulong)((long)values.Values[i] >> bits) > 1) Interlocked.Increment(ref wrong);
            });
            Assert.Equal(0, wrong);
        }
    }
}
