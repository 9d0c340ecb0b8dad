using MpcActors.Protocols.FunctionSecretSharing;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests.FunctionSecretSharing;

public sealed class IntervalContainmentTests
{
    [Fact]
    public void A_value_is_within_the_intervals_that_contain_it()
    {
        (long Low, long High)[] intervals = [(-5, 5), (0, 1), (1000, 100_000), (7, 7), (-(1L << 61), 0), (5, 1L << 61)];
        var values = Integers.Repeat([-6, -5, -4, -1, 0, 1, 4, 5, 6, 7, 999, 1000, 99_999, 100_000], 20).Concat(Integers.Random(300, 62)).ToArray();
        var run = TwoParty.Run(Seed.FromNumber(1), [Integers.Input(values)], async (party, inputs) => await party.IsWithin(await party.Mask(inputs[0]), intervals));

        for (var i = 0; i < intervals.Length; i++)
            Assert.Equal(Integers.Bits(values, x => intervals[i].Low <= x && x < intervals[i].High), (run.Zero[i].Value + run.One[i].Value).Values);
        Assert.Equal(Cost.Masking(values.Length) + IntervalContainment.CostOf(values.Length), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }

    [Fact]
    public void An_interval_that_ends_before_it_begins_is_refused()
    {
        var thrown = Assert.ThrowsAny<ArgumentException>(() => TwoParty.Run(Seed.Zero, [Integers.Input([1])], static async (party, inputs) =>
            await party.IsWithin(await party.Mask(inputs[0]), (3, 2))));

        Assert.Contains("from 3 to 2", thrown.Message, StringComparison.Ordinal);
    }
}
