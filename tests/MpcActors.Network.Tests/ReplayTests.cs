using FsCheck;
using FsCheck.Fluent;

namespace MpcActors.Network.Tests;

public sealed class ReplayTests
{
    static readonly LinkProfile Rough = new LinkProfile("rough", TimeSpan.FromTicks(1_000), 10_000_000)
        with { Jitter = TimeSpan.FromTicks(5_000), Loss = 0.1, RetransmitAfter = TimeSpan.FromTicks(9_999) };

    static Arbitrary<int> Seeds => Gen.Choose(0, int.MaxValue).ToArbitrary();

    static Arbitrary<(long, long, long)[]> Rounds =>
        (from busy0 in Gen.Choose(0, 100_000) from busy1 in Gen.Choose(0, 100_000) from bytes in Gen.Choose(0, 1_000_000)
         select ((long)busy0, (long)busy1, (long)bytes)).ArrayOf().ToArbitrary();

    [Fact]
    public void On_the_same_network_a_replay_has_the_times_of_the_run_to_the_tick() => Prop.ForAll(Seeds, seed =>
    {
        var conditions = new NetworkConditions(Rough, (ulong)seed)
            .With(new(0, 1), LinkProfile.Lan).Cut(new(0, 1), TimeSpan.FromTicks(4_000), TimeSpan.FromTicks(20_000)).SlowDown(new(1, 0), 4, TimeSpan.Zero, TimeSpan.FromTicks(9_000));
        var (live, deliveries) = Programs.Tangle(conditions, seed, record: true);

        var replayed = Replay.Run(live.Recording, conditions);

        return replayed.Elapsed == live.Elapsed && replayed.Actors.SequenceEqual(live.Actors) && replayed.Traffic.SequenceEqual(live.Traffic)
            && deliveries.All(delivery => replayed.Timeline.Transfers[(int)delivery.Arrival.Count].Arrived == delivery.Arrival.At);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_lock_step_run_made_on_a_lan_has_its_wan_times_without_being_run_again() => Prop.ForAll(Rounds, rounds =>
    {
        var recording = Programs.LockStep(LinkProfile.Lan, rounds, record: true).Recording;
        NetworkConditions lopsided = new NetworkConditions(Rough, 7).With(new(1, 0), LinkProfile.Wan1);
        foreach (var network in new[] { LinkProfile.Wan1, LinkProfile.Wan2, lopsided })
        {
            var (live, replayed) = (Programs.LockStep(network, rounds), Replay.Run(recording, network));
            if (replayed.Elapsed != live.Elapsed || !replayed.Actors.SequenceEqual(live.Actors) || !replayed.Traffic.SequenceEqual(live.Traffic)) return false;
        }
        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void On_one_machine_turns_follow_each_other_and_the_network_waits_as_before()
    {
        var recording = Programs.LockStep(LinkProfile.Lan, [(30, 50, 375), (40, 7, 375)], record: true).Recording;

        var apart = Replay.Run(recording, LinkProfile.Lan);
        var together = Replay.Run(recording, LinkProfile.Lan, new SharedMachine(1, 0, default));

        // Actor 1 begins its first turn where actor 0 ends its own, so what it sends is 30 later, and with it all of actor 0's next turn.
        var spans = together.Timeline.Work.Where(span => span.Kind == WorkKind.Online).OrderBy(span => span.Start).ToArray();
        Assert.Equal(TimeSpan.FromTicks(30), spans[1].Start);
        Assert.All(spans.Zip(spans.Skip(1)), pair => Assert.True(pair.First.Start + pair.First.Duration <= pair.Second.Start));
        Assert.True(together.Elapsed > apart.Elapsed);
        Assert.Equal(apart.Actors.Select(actor => actor.Busy), together.Actors.Select(actor => actor.Busy));
    }

    [Fact]
    public void A_shared_machine_moves_frames_and_leaves_idle_cores_to_others()
    {
        var recording = Programs.LockStep(LinkProfile.Lan, [(30, 50, 375), (40, 7, 375)], record: true).Recording;

        var half = Starts(new SharedMachine(0.5, 0, default));
        var busy = Starts(new SharedMachine(1, NanosecondsPerByte: 4, default));
        var woken = Starts(new SharedMachine(1, NanosecondsPerByte: 4, TimeSpan.FromTicks(20)));

        // Ticks are 100 ns. Half of the machine does actor 0's first turn of 30, so actor 1 begins after 15; with all of it and 375 bytes to move at 4 ns each, after 45;
        // where a frame takes 20 whatever its length, after 65.
        Assert.Equal(TimeSpan.FromTicks(15), half[1]);
        Assert.Equal(TimeSpan.FromTicks(45), busy[1]);
        Assert.Equal(TimeSpan.FromTicks(65), woken[1]);

        TimeSpan[] Starts(SharedMachine machine) =>
            [.. Replay.Run(recording, LinkProfile.Lan, machine).Timeline.Work.Where(span => span.Kind == WorkKind.Online).Select(span => span.Start).Order()];
    }

    [Fact]
    public void A_slower_network_makes_no_actor_faster() => Prop.ForAll(Seeds, seed =>
    {
        var recording = Programs.Tangle(LinkProfile.Wan2, seed, record: true).Clock.Recording;
        var (lan, wan) = (Replay.Run(recording, LinkProfile.Lan), Replay.Run(recording, LinkProfile.Wan1));
        return lan.Actors.Zip(wan.Actors).All(pair => pair.First.Elapsed <= pair.Second.Elapsed && pair.First.Busy == pair.Second.Busy)
            && lan.Elapsed < wan.Elapsed;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_timeline_shows_each_turn_after_what_began_it_and_before_what_it_sent()
    {
        var timeline = Replay.Run(Programs.LockStep(LinkProfile.Lan, [(30, 50, 375), (40, 7, 375)], record: true).Recording, LinkProfile.Lan).Timeline;

        Assert.Equal(
            [
                new WorkSpan(0, "turn", Ticks(0), Ticks(30), WorkKind.Online), new(1, "turn", Ticks(0), Ticks(50), WorkKind.Online),
                new(1, "round 0", Ticks(8_040), Ticks(7), WorkKind.Online), new(0, "round 0", Ticks(8_060), Ticks(40), WorkKind.Online),
            ], timeline.Work);
        Assert.Equal(new Transfer(new(0, 1), "round 0", 375, Ticks(30), Ticks(8_040), WorkKind.Online), timeline.Transfers[0]);
        Assert.Equal(4, timeline.Transfers.Count);
    }

    [Fact]
    public void A_run_that_could_not_go_on_there_says_so()
    {
        var recording = Programs.LockStep(LinkProfile.Lan, [(0, 0, 10)], record: true).Recording;
        var cut = new NetworkConditions(LinkProfile.Lan).Cut(new(1, 0), TimeSpan.Zero, NetworkConditions.Never);
        Assert.Contains("link 1 -> 0 is cut for good", Assert.Throws<InvalidOperationException>(() => Replay.Run(recording, cut)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recording_that_is_of_no_run_is_refused()
    {
        RecordedTurn Turn(int actor, ulong? trigger, params Departure[] frames) => new(actor, trigger, default, default, frames);
        var first = Turn(0, null, new Departure(new(0, 1), 10));

        Refused("only 0 were sent before it", Turn(1, 0), first);
        Refused("began another turn before", first, Turn(1, 0), Turn(1, 0));
        Refused("begins with frame 0 of link 0 -> 1", first, Turn(0, 0));
        Refused("not its own", Turn(1, null, new Departure(new(0, 1), 10)));
        Refused("There is no actor 5", Turn(5, null));

        static void Refused(string message, params RecordedTurn[] turns) => Assert.Contains(message,
            Assert.Throws<ArgumentException>(() => Replay.Run(new(Programs.Two, turns), LinkProfile.Lan)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clock_that_does_not_record_has_no_recording() =>
        Assert.Throws<InvalidOperationException>(() => Programs.LockStep(LinkProfile.Lan, []).Recording);

    static TimeSpan Ticks(long ticks) => TimeSpan.FromTicks(ticks);
}
