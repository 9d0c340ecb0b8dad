using FsCheck;
using FsCheck.Fluent;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests;

public sealed class ComparisonTests
{
    static readonly long[] Edges =
    [
        0, 1, -1, 2, -2, 1L << 62, -(1L << 62), (1L << 62) - 1, (1L << 62) + 1, -(1L << 62) - 1, long.MaxValue, long.MinValue,
        long.MaxValue - 1, long.MinValue + 1, 1L << 32, -(1L << 32), 0xF0F0F0F0F0F0F0F, -0xF0F0F0F0F0F0F0F,
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_sign_of_every_edge_is_right_under_many_masks(int seed)
    {
        var values = Repeat(Edges, 500);
        var run = TwoParty.Run(Seed.FromNumber((ulong)seed), [Integers(values)], IsNegative);

        Assert.Equal(values.Select(x => x < 0 ? 1UL : 0), run.Opened.Values);
    }

    [Fact]
    public void The_sign_of_a_hundred_thousand_random_values_is_right()
    {
        var values = Random(100_000);
        var run = TwoParty.Run(Seed.FromNumber(4), [Integers(values)], IsNegative);

        Assert.Equal(values.Select(x => x < 0 ? 1UL : 0), run.Opened.Values);
    }

    [Fact]
    public void Any_value_is_below_any_threshold_that_it_is_below() =>
        Prop.ForAll<long[], long[], ulong>(static (xs, thresholds, seed) =>
        {
            // The difference has to fit, so both are halved.
            var values = xs.Append(3).Select(x => x / 2).ToArray();
            var all = thresholds.Append(3).Take(5).Select(t => t / 2).ToArray();
            var run = TwoParty.Run(Seed.FromNumber(seed), [Integers(values)], async (party, inputs) =>
                (await party.IsBelow(await party.Mask(inputs[0]), all)).Select(party.ToShare).ToArray());
            return all.Select((t, i) => values.Select(x => x < t ? 1.0 : 0).SequenceEqual(run.DecodedAt(i))).All(isRight => isRight);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(63, 1)]
    [InlineData(64, 2)]
    [InlineData(65, 1)]
    [InlineData(257, 3)]
    [InlineData(1000, 1)]
    [InlineData(5000, 2)]
    public void Costs_what_it_declares(int count, int thresholds)
    {
        var run = TwoParty.Run(Seed.FromNumber(5), [Integers(Random(count))], async (party, inputs) =>
            (await party.IsBelow(await party.Mask(inputs[0]), new long[thresholds])).Select(party.ToShare).ToArray());

        Assert.Equal(Cost.Masking(count) + Comparison.CostOf(count, thresholds), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void What_crosses_the_link_is_uniform_whatever_the_input(long value)
    {
        // Two equal thresholds, since they would show if they shared a mask.
        var run = TwoParty.Run(Seed.FromNumber(6), [Integers(Repeat([value], 40_960))], static async (party, inputs) =>
            (await party.IsBelow(await party.Mask(inputs[0]), 0, 0)).Select(party.ToShare).ToArray());

        // The first round opens sums, the others exclusive ors.
        var (zero, one) = (run.Sent(Role.PartyZero, Role.PartyOne).ToArray(), run.Sent(Role.PartyOne, Role.PartyZero).ToArray());
        Assert.Equal(4, zero.Length);
        UniformView.Check(zero[0].Zip(one[0], (a, b) => a + b));
        for (var round = 1; round < 4; round++)
        {
            var opened = zero[round].Zip(one[round], (a, b) => a ^ b).ToArray();
            UniformView.Check(zero[round]);
            UniformView.Check(one[round]);
            UniformView.Check(opened);
            UniformView.Check(opened.Take(opened.Length / 2).Zip(opened.Skip(opened.Length / 2), (a, b) => a ^ b));
        }
    }

    static async ValueTask<Share[]> IsNegative(Party party, Share[] inputs) =>
        [party.ToShare(await party.IsNegative(await party.Mask(inputs[0])))];

    static long[] Repeat(long[] values, int times) => [.. Enumerable.Range(0, times).SelectMany(_ => values)];

    static long[] Random(int count)
    {
        var words = new ulong[count];
        new Prg(Seed.FromNumber(9)).Fill(words, 0);
        return Array.ConvertAll(words, word => (long)word);
    }

    static (RingTensor Value, int FractionBits) Integers(long[] values) =>
        (RingTensor.Of(Shape.Vector(values.Length), Array.ConvertAll(values, x => (ulong)x)), 0);
}
