using FsCheck;
using FsCheck.Fluent;
using MpcActors.Protocols.FunctionSecretSharing;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests.FunctionSecretSharing;

public sealed class KeyComparisonTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_sign_of_every_edge_is_right_under_many_masks(int seed)
    {
        var values = Integers.Repeat(Integers.Edges, 100);
        var run = TwoParty.Run(Seed.FromNumber((ulong)seed), [Integers.Input(values)], static async (party, inputs) =>
        {
            var wire = await party.Mask(inputs[0]);
            return [party.ToShare(await party.IsNegativeByKey(wire)), .. await party.IsBelowShares(wire, 0)];
        });

        var expected = Integers.Bits(values, x => x < 0);
        Assert.Equal(expected, (run.Zero[0].Value + run.One[0].Value).Values);
        Assert.Equal(expected, (run.Zero[1].Value + run.One[1].Value).Values);
    }

    [Fact]
    public void The_sign_of_many_random_values_is_right()
    {
        var values = Integers.Random(20_001);
        var run = TwoParty.Run(Seed.FromNumber(4), [Integers.Input(values)], static async (party, inputs) =>
            [party.ToShare(await party.IsNegativeByKey(await party.Mask(inputs[0])))]);

        Assert.Equal(Integers.Bits(values, x => x < 0), run.Opened.Values);
    }

    [Fact]
    public void Any_value_is_below_any_threshold_that_it_is_below() =>
        Prop.ForAll<long[], long[], ulong>(static (xs, thresholds, seed) =>
        {
            // The difference has to fit, so both are halved.
            var values = xs.Append(3).Select(x => x / 2).ToArray();
            var all = thresholds.Append(3).Take(5).Select(t => t / 2).ToArray();
            var run = TwoParty.Run(Seed.FromNumber(seed), [Integers.Input(values)], async (party, inputs) =>
            {
                var wire = await party.Mask(inputs[0]);
                return [.. (await party.IsBelowByKey(wire, all)).Select(party.ToShare), .. await party.IsBelowShares(wire, all)];
            });
            return all.Concat(all).Select((t, i) => values.Select(x => x < t ? 1.0 : 0).SequenceEqual(run.DecodedAt(i))).All(isRight => isRight);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(64, 2)]
    [InlineData(65, 1)]
    [InlineData(257, 3)]
    public void Costs_what_it_declares(int count, int thresholds)
    {
        var input = Integers.Input(Integers.Random(count));
        var bits = TwoParty.Run(Seed.FromNumber(5), [input], async (party, inputs) =>
            (await party.IsBelowByKey(await party.Mask(inputs[0]), new long[thresholds])).Select(party.ToShare).ToArray());
        var shares = TwoParty.Run(Seed.FromNumber(5), [input], async (party, inputs) =>
            await party.IsBelowShares(await party.Mask(inputs[0]), new long[thresholds]));

        Assert.Equal(Cost.Masking(count) + KeyComparison.CostOf(count, thresholds), bits.Cost);
        Assert.Equal(bits.Cost, bits.Planned);
        Assert.Equal(Cost.Masking(count) + KeyComparison.CostOfShares(count), shares.Cost);
        Assert.Equal(shares.Cost, shares.Planned);
        Assert.Equal((2, 1), (bits.Cost.Rounds, shares.Cost.Rounds));
    }

    [Fact]
    public void The_declared_prices_of_one_value_are_those_of_the_documents()
    {
        Assert.Equal(2 * 912 + 8, KeyComparison.CostOf(1).OfflineBytes);
        Assert.Equal(2 * 1504, KeyComparison.CostOfShares(1).OfflineBytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void What_crosses_the_link_is_uniform_whatever_the_input(long value)
    {
        // Two equal thresholds, since they would show if they shared a mask.
        var run = TwoParty.Run(Seed.FromNumber(6), [Integers.Input(Integers.Repeat([value], 40_960))], static async (party, inputs) =>
            (await party.IsBelowByKey(await party.Mask(inputs[0]), 0, 0)).Select(party.ToShare).ToArray());

        var (zero, one) = (run.Sent(Role.PartyZero, Role.PartyOne).ToArray(), run.Sent(Role.PartyOne, Role.PartyZero).ToArray());
        Assert.Equal(2, zero.Length);
        UniformView.Check(zero[0].Zip(one[0], (a, b) => a + b));
        var opened = zero[1].Zip(one[1], (a, b) => a ^ b).ToArray();
        UniformView.Check(zero[1]);
        UniformView.Check(one[1]);
        UniformView.Check(opened);
        UniformView.Check(opened.Take(opened.Length / 2).Zip(opened.Skip(opened.Length / 2), (a, b) => a ^ b));
    }
}
