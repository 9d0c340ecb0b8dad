using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests;

public sealed class ReluTests
{
    [Theory]
    [InlineData(16, 1)]
    [InlineData(16, 100_000)]
    [InlineData(32, 63)]
    [InlineData(32, 100_000)]
    [InlineData(45, 1000)]
    public void Is_within_one_unit_at_the_declared_cost(int fractionBits, int count)
    {
        var values = Magnitudes(count);
        var run = TwoParty.Run(Seed.FromNumber(1), [(values, fractionBits)], static async (party, inputs) => [await party.Relu(inputs[0])]);

        var opened = run.Opened.Values;
        for (var i = 0; i < count; i++)
        {
            var expected = Math.Max((long)values.Span[i], 0) >> (fractionBits - 16);
            var error = (long)opened[i] - expected;
            Assert.True(error == 0 || (error == 1 && fractionBits > 16), $"value {(long)values.Span[i]} at {i} is off by {error}");
        }

        Assert.Equal(16, run.Zero[0].FractionBits);
        Assert.Equal(Rectification.CostOf(count, fractionBits > 16), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
        Assert.Equal(4, run.Cost.Rounds);
    }

    [Fact]
    public void A_negative_value_becomes_zero_and_not_nearly_zero()
    {
        var values = Magnitudes(10_000).Map(static (x, destination) =>
        {
            for (var i = 0; i < x.Length; i++) destination[i] = (ulong)-Math.Abs((long)x[i]);
        });
        var run = TwoParty.Run(Seed.FromNumber(2), [(values, 32)], static async (party, inputs) => [await party.Relu(inputs[0])]);

        Assert.All(run.Opened.Values.Zip(values.Values), static pair => Assert.True(pair.First == 0 || pair == (1, 0), $"{(long)pair.Second} became {pair.First}"));
    }

    [Fact]
    public void More_fraction_bits_than_there_are_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            TwoParty.Run(Seed.FromNumber(3), [1.0], static async (party, x) => await party.Relu(x, 20)));

    /// <summary>All magnitudes below the limit of a truncation alike, both signs, and zero and the ends first.</summary>
    static RingTensor Magnitudes(int count)
    {
        var values = Sharing.ZeroHalf(Seed.FromNumber(7), Shape.Vector(count));
        for (var i = 0; i < count; i++) values.Span[i] = (ulong)((long)values.Span[i] >> (3 + i % 59));
        ulong[] ends = [0, ulong.MaxValue, 1, (ulong)Truncation.Limit - 1, unchecked((ulong)(-Truncation.Limit + 1))];
        ends.AsSpan(0, Math.Min(count, ends.Length)).CopyTo(values.Span);
        return values;
    }
}
