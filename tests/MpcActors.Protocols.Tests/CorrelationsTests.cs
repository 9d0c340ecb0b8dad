using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests;

/// <summary>Every mask is used once, and dealer and parties draw the same.</summary>
public sealed class CorrelationsTests
{
    [Fact]
    public void No_word_of_a_mask_is_drawn_twice_in_a_run_or_in_another_epoch()
    {
        var seen = new HashSet<ulong>();
        var masks = 0;
        Run(async party =>
        {
            foreach (var epoch in (ulong[])[1, 2, ulong.MaxValue])
            {
                await party.BeginEpoch(epoch);
                for (var i = 0; i < 20; i++)
                {
                    var mask = party.Correlations.Uniform(Shape.Vector(101));
                    if (party.Seat is not (Seat.Zero or Seat.One)) continue;
                    foreach (var word in mask.Span)
                    {
                        masks++;
                        seen.Add(word);
                    }
                }

                await party.EndEpoch();
            }
        });

        // 64-bit words: two of these twelve thousand agree by chance once in 10^11 runs.
        Assert.Equal(2 * 3 * 20 * 101, masks);
        Assert.Equal(masks, seen.Count);
    }

    [Fact]
    public void An_epoch_repeated_draws_the_same_so_that_a_resumed_session_sends_the_same_bytes()
    {
        var drawn = new List<ulong>();
        Run(async party =>
        {
            for (var i = 0; i < 2; i++)
            {
                await party.BeginEpoch(7);
                var mask = party.Correlations.Uniform(Shape.Vector(1));
                if (party.Seat == Seat.One) drawn.Add(mask.Span[0]);
                await party.EndEpoch();
            }
        });

        Assert.Equal(drawn[0], drawn[1]);
    }

    [Fact]
    public void A_party_that_takes_what_was_not_dealt_is_stopped()
    {
        var violation = Assert.Throws<ProtocolViolationException>(() => Run(async party =>
        {
            await party.BeginEpoch(1);
            var count = party.Seat == Seat.Dealer ? 3 : 4;
            party.Correlations.Derived(Shape.Vector(count), () => RingTensor.Zeros(Shape.Vector(count)));
            await party.EndEpoch();
        }));

        Assert.Contains("takes 4 dealt words where the dealer left 3", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_party_that_leaves_what_was_dealt_is_stopped()
    {
        var violation = Assert.Throws<ProtocolViolationException>(() => Run(async party =>
        {
            await party.BeginEpoch(1);
            if (party.Seat is Seat.Dealer) party.Correlations.Derived(Shape.Vector(3), () => RingTensor.Zeros(Shape.Vector(3)));
            await party.EndEpoch();
        }));

        Assert.Contains("dealt 3 words where the program took 0", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_dealer_sends_nothing_to_party_zero_but_its_seed()
    {
        var sent = new List<Frame>();
        Run(async party =>
        {
            await party.BeginEpoch(1);
            party.Correlations.Derived(Shape.Vector(1000), () => RingTensor.Zeros(Shape.Vector(1000)));
            await party.EndEpoch();
        }, sent.Add);

        Assert.Equal(Seed.Bytes, sent.Where(frame => frame.From == Role.Dealer && frame.To == Role.PartyZero).Sum(frame => frame.Payload.Length));
        Assert.Equal(Seed.Bytes + 8000, sent.Where(frame => frame.From == Role.Dealer && frame.To == Role.PartyOne).Sum(frame => frame.Payload.Length));
    }

    static void Run(PartyProgram program, Action<Frame>? sent = null)
    {
        async ValueTask Start(Party party)
        {
            await party.Start();
            await program(party);
        }

        Pump.Run(new Dictionary<Role, Func<Port, ValueTask>>
        {
            [Role.PartyZero] = port => Start(new Party(Seat.Zero, port)),
            [Role.PartyOne] = port => Start(new Party(Seat.One, port)),
            [Role.Dealer] = port => Start(new Party(Seat.Dealer, port, Seed.FromNumber(5))),
        }, sent);
    }
}
