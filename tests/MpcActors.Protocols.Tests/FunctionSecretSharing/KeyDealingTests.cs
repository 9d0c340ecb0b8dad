using MpcActors.Fss;
using MpcActors.Protocols.FunctionSecretSharing;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests.FunctionSecretSharing;

public sealed class KeyDealingTests
{
    const int Count = 100;

    [Fact]
    public void Both_parties_get_the_same_corrections_and_their_bytes_are_counted_twice()
    {
        var run = Compare();
        var (zero, one) = (Dealt(run, Role.PartyZero), Dealt(run, Role.PartyOne));

        // A seed and the keys to zero; to one a seed, segments with the masks' corrections, and the keys.
        var keys = zero[^1];
        Assert.Equal(KeyForm.Comparison(63, FssPayload.Bit).CorrectionBits / 8 * Count, keys.Length);
        Assert.Contains(one, frame => frame.Span.SequenceEqual(keys.Span));
        Assert.Equal(run.Cost.OfflineBytes, zero.Concat(one).Sum(frame => (long)frame.Length) - 2 * Seed.Bytes);
    }

    [Fact]
    public void What_the_dealer_sends_is_uniform()
    {
        foreach (var frame in Dealt(Compare(), Role.PartyZero).Where(frame => frame.Length > 10_000))
            UniformView.Check(Words.FromBytes(frame));
    }

    [Fact]
    public void Keys_before_the_first_round_and_after_the_last_arrive_in_order()
    {
        var run = TwoParty.Run(Seed.FromNumber(3), [Integers.Input([-5, 5])], static async (party, inputs) =>
        {
            var first = await TakePoint(party, 3);
            var wire = await party.Mask(inputs[0]);
            var mask = party.Correlations.Derived(wire.Shape, () => wire.Mask);
            return [.. first, .. await party.IsBelowShares(wire, 0), .. await TakePoint(party, 2), new(mask, 0)];
        });

        Assert.Equal([0UL, 0, 0, 1], (run.Zero[0].Value + run.One[0].Value).Values);
        Assert.Equal([1UL, 0], (run.Zero[1].Value + run.One[1].Value).Values);
        Assert.Equal([0UL, 0, 1, 0], (run.Zero[2].Value + run.One[2].Value).Values);
    }

    [Fact]
    public void Seats_that_took_other_keys_are_told_apart()
    {
        // Of the same size, so that only the fingerprint tells.
        var thrown = Assert.Throws<ProtocolViolationException>(() => Pump.Run(new Dictionary<Role, Func<Port, ValueTask>>
        {
            [Role.PartyZero] = port => Take(new Party(Seat.Zero, port), KeyForm.Comparison(20, FssPayload.Bit)),
            [Role.PartyOne] = port => Take(new Party(Seat.One, port), KeyForm.Point(20, FssPayload.Bit)),
            [Role.Dealer] = port => Take(new Party(Seat.Dealer, port, Seed.FromNumber(1)), KeyForm.Point(20, FssPayload.Bit)),
        }));
        Assert.Contains("other correlations than the dealer dealt", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_of_another_size_than_were_dealt_are_refused()
    {
        var thrown = Assert.Throws<ProtocolViolationException>(() => Pump.Run(new Dictionary<Role, Func<Port, ValueTask>>
        {
            [Role.PartyZero] = port => Take(new Party(Seat.Zero, port), KeyForm.Point(20)),
            [Role.PartyOne] = port => Take(new Party(Seat.One, port), KeyForm.Point(21)),
            [Role.Dealer] = port => Take(new Party(Seat.Dealer, port, Seed.FromNumber(1)), KeyForm.Point(20)),
        }));
        Assert.Contains("should have", thrown.Message, StringComparison.Ordinal);
    }

    static async ValueTask Take(Party party, KeyForm form)
    {
        await party.Start();
        await party.BeginEpoch(0);
        await party.TakeKeys(form, 1, () => new([7], [1]));
        await party.EndEpoch();
    }

    /// <summary>The unit vector e_<paramref name="point"/> of four.</summary>
    static async ValueTask<Share[]> TakePoint(Party party, ulong point)
    {
        var keys = await party.TakeKeys(KeyForm.Point(2), 1, () => new([point], [1]));
        var shape = Shape.Vector(4);
        if (keys is null) return [new(RingTensor.Hollow(shape), 0)];
        var unit = new ulong[4];
        keys.EvaluateAll(unit);
        return [new(RingTensor.Of(shape, unit), 0)];
    }

    static TwoPartyRun Compare() => TwoParty.Run(Seed.FromNumber(1), [Integers.Input(new long[Count])], static async (party, inputs) =>
        [party.ToShare(await party.IsNegativeByKey(await party.Mask(inputs[0])))]);

    static ReadOnlyMemory<byte>[] Dealt(TwoPartyRun run, Role to) =>
        [.. run.Frames.Where(frame => frame.From == Role.Dealer && frame.To == to).Select(frame => frame.Payload)];
}
