using FsCheck;
using FsCheck.Fluent;

namespace MpcActors.Network.Tests;

public sealed class ConservativeClockTests
{
    static readonly LinkProfile Plain = new("plain", TimeSpan.FromTicks(100), 100_000_000);

    public static TheoryData<LinkProfile, int, long> WholeTicks => new()
    {
        { LinkProfile.Lan, 1_000, 3_750 },      // 300 bits a tick
        { LinkProfile.Wan1, 77, 5 },            // 10 bits a tick
        { LinkProfile.Wan1, 1, 50_000_000 },
        { LinkProfile.Wan2, 500, 125_000 },     // 20 bits a tick
    };

    [Theory]
    [MemberData(nameof(WholeTicks))]
    public void With_free_computation_a_run_takes_rounds_times_latency_plus_bits_over_bandwidth(LinkProfile profile, int rounds, long bytes)
    {
        var bits = (decimal)rounds * bytes * 8;
        var ticks = rounds * profile.Latency.Ticks + bits / profile.BitsPerSecond * TimeSpan.TicksPerSecond;

        Assert.Equal(ticks, Programs.PingPong(profile, rounds, bytes).Elapsed.Ticks);
        Assert.Equal(ticks, Programs.LockStep(profile, [.. Enumerable.Repeat((0L, 0L, bytes), rounds)]).Elapsed.Ticks);   // both ways at once
    }

    [Fact]
    public void With_any_sizes_each_frame_is_rounded_up_to_a_tick() => Prop.ForAll(Gen.Choose(1, 60).ToArbitrary(), Gen.Choose(0, 9_999).ToArbitrary(), (rounds, bytes) =>
        Programs.PingPong(LinkProfile.Wan1, rounds, bytes).Elapsed == rounds * (LinkProfile.Wan1.Latency + LinkProfile.Wan1.TimeToSend(bytes))).QuickCheckThrowOnFailure();

    [Fact]
    public void In_lock_step_a_round_lasts_as_long_as_the_slower_party()
    {
        // Alone, party 1 needs 50 and 7 ticks; the frames of 10 bytes need 8 to leave and 100 to travel.
        var clock = Programs.LockStep(Plain, [(30, 50, 10), (40, 7, 10)]);

        // Round 0 of party 0 leaves at 30 and arrives at 138; of party 1 at 50 and 158. Round 1: 138 + 7 arrives at 253, 158 + 40 at 306.
        Assert.Equal([new(0, Ticks(253), Ticks(70), default), new(1, Ticks(306), Ticks(57), default)], clock.Actors);
        Assert.Equal(Ticks(306), clock.Elapsed);
    }

    [Fact]
    public void A_frame_that_finds_its_receiver_busy_waits_for_it()
    {
        var clock = new ConservativeClock<string>(Programs.Two, Plain);
        clock.Start(1);
        clock.EndTurn(1, Ticks(1_000), default, []);
        clock.Start(0);
        clock.EndTurn(0, Ticks(5), default, [("hello", new(new(0, 1), 10))]);

        Assert.True(clock.TryNext(out var delivery));
        Assert.Equal(("hello", 113L, 1_000L), (delivery.Packet, delivery.Arrival.At.Ticks, delivery.Begins.Ticks));
        Assert.Equal(Ticks(1_002), clock.EndTurn(1, Ticks(2), default, []));
    }

    [Fact]
    public void Offline_work_and_frames_move_no_clock_but_are_counted()
    {
        var clock = new ConservativeClock<string>(Programs.Four, Plain);
        clock.Start(2);
        clock.EndTurn(2, default, TimeSpan.FromSeconds(9), [("triples", new(new(2, 0), 1_000_000, IsOffline: true)), ("label", new(new(2, 0), 10))]);

        Assert.True(clock.TryNext(out var triples));
        Assert.Equal(TimeSpan.Zero, triples.Begins);
        clock.EndTurn(0, default, default, []);
        Assert.True(clock.TryNext(out var label));
        Assert.Equal(108, label.Begins.Ticks);
        clock.EndTurn(0, default, default, []);

        Assert.Equal(new ActorTimes(2, default, default, TimeSpan.FromSeconds(9)), clock.Actors[2]);
        Assert.Equal([new LinkTraffic(new(2, 0), 1, 10, 1, 1_000_000)], clock.Traffic);
    }

    [Fact]
    public void Nothing_is_released_before_something_released_already() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var (clock, deliveries) = Programs.Tangle(Plain with { Jitter = TimeSpan.FromTicks(300) }, seed);
        return deliveries.Count >= 4 && clock.InFlight == 0
            && deliveries.Zip(deliveries.Skip(1)).All(pair => pair.First.Arrival < pair.Second.Arrival)
            && deliveries.GroupBy(delivery => delivery.Arrival.Link.To).All(actor => actor.Zip(actor.Skip(1)).All(pair => pair.First.Begins <= pair.Second.Begins));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Time_stands_at_the_latest_arrival()
    {
        var clock = new ConservativeClock<int>(Programs.Two, Plain);
        var start = clock.Time.GetUtcNow();
        clock.Start(0);
        clock.EndTurn(0, Ticks(50), default, [(0, new(new(0, 1), 10))]);
        Assert.Equal(start, clock.Time.GetUtcNow());

        Assert.True(clock.TryNext(out _));
        Assert.Equal(Ticks(158), clock.Time.GetUtcNow() - start);
        Assert.Equal(Ticks(158), clock.Now);
    }

    [Fact]
    public void A_stalled_run_says_what_was_not_delivered()
    {
        var clock = new ConservativeClock<string>(Programs.Two, new NetworkConditions(Plain).Cut(new(0, 1), default, NetworkConditions.Never));
        clock.Start(0);
        clock.EndTurn(0, default, default, [("lost", new(new(0, 1), 10))]);

        Assert.False(clock.TryNext(out _));
        Assert.Equal([("lost", new Link(0, 1))], clock.Undelivered);
    }

    [Fact]
    public void Turns_out_of_turn_are_refused_by_name()
    {
        var clock = new ConservativeClock<int>(Programs.Two, Plain);
        Says("zero ends a turn, but no turn has begun", () => clock.EndTurn(0, default, default, []));
        clock.Start(0);
        Says("zero has not ended its turn", () => clock.Start(1));
        Says("zero has not ended its turn", () => clock.TryNext(out _));
        Says("one ends a turn, but the turn is zero's", () => clock.EndTurn(1, default, default, []));

        static void Says(string message, Action act) =>
            Assert.Contains(message, Assert.Throws<InvalidOperationException>(act).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_end_of_turn_is_refused_and_leaves_the_turn_open()
    {
        var clock = new ConservativeClock<int>(Programs.Two, Plain);
        clock.Start(0);
        Assert.Throws<ArgumentOutOfRangeException>(() => clock.EndTurn(0, Ticks(-1), default, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => clock.EndTurn(0, default, Ticks(-1), []));
        Assert.Throws<ArgumentOutOfRangeException>(() => clock.EndTurn(0, default, default, [(0, new(new(0, 1), -1))]));
        Assert.Contains("not its own", Assert.Throws<ArgumentException>(() => clock.EndTurn(0, default, default, [(0, new(new(1, 0), 1))])).Message, StringComparison.Ordinal);
        Assert.Contains("0 (zero), 1 (one)", Assert.Throws<ArgumentException>(() => clock.EndTurn(0, default, default, [(0, new(new(0, 7), 1))])).Message, StringComparison.Ordinal);

        clock.EndTurn(0, default, default, []);
        Assert.Empty(clock.Traffic);
    }

    static TimeSpan Ticks(long ticks) => TimeSpan.FromTicks(ticks);
}
