using FsCheck;
using FsCheck.Fluent;

namespace MpcActors.Network.Tests;

public sealed class NetworkModelTests
{
    static readonly Link There = new(0, 1);

    // 10 bits a tick, 100 ticks away.
    static readonly LinkProfile Plain = new("plain", TimeSpan.FromTicks(100), 100_000_000);
    static readonly LinkProfile Rough = Plain with { Jitter = TimeSpan.FromTicks(500), Loss = 0.3, RetransmitAfter = TimeSpan.FromTicks(2_000) };

    [Fact]
    public void A_packet_arrives_after_its_bits_have_left_and_travelled()
    {
        var network = new NetworkModel<string>(Plain);
        Assert.Equal(7 + 8 + 100, network.Send("ten bytes", There, 10, TimeSpan.FromTicks(7))!.Value.At.Ticks);
    }

    [Fact]
    public void A_link_is_first_come_first_served_and_directions_do_not_hinder_each_other()
    {
        var network = new NetworkModel<string>(Plain);
        network.Send("first", There, 1_000, TimeSpan.Zero);     // leaves in 800 ticks
        network.Send("back", There.Reverse, 10, TimeSpan.Zero);
        network.Send("second", There, 10, TimeSpan.FromTicks(1));
        network.Send("elsewhere", new(0, 2), 10, TimeSpan.Zero);

        Assert.Equal([("back", 108L), ("elsewhere", 108L), ("first", 900L), ("second", 908L)], Drain(network));
    }

    [Fact]
    public void An_idle_link_serves_at_once()
    {
        var network = new NetworkModel<string>(Plain);
        network.Send("first", There, 10, TimeSpan.Zero);
        Assert.Equal(5_000 + 8 + 100, network.Send("much later", There, 10, TimeSpan.FromTicks(5_000))!.Value.At.Ticks);
    }

    [Fact]
    public void Packets_that_arrive_together_come_in_the_order_they_were_sent()
    {
        var network = new NetworkModel<int>(Plain);
        for (var i = 0; i < 500; i++) network.Send(i, new(i, i + 1), 10, TimeSpan.Zero);
        Assert.Equal(Enumerable.Range(0, 500), Drain(network).Select(arrival => arrival.Packet));
    }

    [Fact]
    public void Arrivals_equal_a_queue_worked_out_one_packet_at_a_time() => Prop.ForAll(Sends(), sends =>
    {
        var network = new NetworkModel<int>(Plain);
        var free = new Dictionary<Link, long>();
        foreach (var (link, bytes, now) in sends)
        {
            var sent = free[link] = Math.Max(free.GetValueOrDefault(link), now) + (bytes * 8 + 9) / 10;
            if (network.Send(0, link, bytes, TimeSpan.FromTicks(now))!.Value.At.Ticks != sent + 100) return false;
        }
        return network.InFlight == sends.Length;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Whatever_happens_to_a_link_its_packets_keep_their_order() => Prop.ForAll(Sends(), Seeds, (sends, seed) =>
    {
        var conditions = new NetworkConditions(Rough, seed)
            .Cut(There, TimeSpan.FromTicks(50), TimeSpan.FromTicks(700)).SlowDown(There, 9, TimeSpan.FromTicks(600), TimeSpan.FromTicks(2_000));
        var network = new NetworkModel<int>(conditions);
        for (var i = 0; i < sends.Length; i++)
            network.Send(i, sends[i].Link, sends[i].Bytes, TimeSpan.FromTicks(sends[i].Now), isOffline: i % 5 == 0);

        var delivered = Drain(network);
        return delivered.Length == sends.Length
            && delivered.Zip(delivered.Skip(1)).All(pair => pair.First.Ticks <= pair.Second.Ticks)
            && delivered.GroupBy(arrival => sends[arrival.Packet].Link).All(link => link.Zip(link.Skip(1)).All(pair => pair.First.Packet < pair.Second.Packet));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_same_seed_gives_the_same_times_and_another_seed_others()
    {
        long[] Times(ulong seed)
        {
            var network = new NetworkModel<int>(new NetworkConditions(Rough, seed));
            for (var i = 0; i < 100; i++) network.Send(i, There, 10, TimeSpan.FromTicks(i * 50));
            return [.. Drain(network).Select(arrival => arrival.Ticks)];
        }

        Assert.Equal(Times(1), Times(1));
        Assert.NotEqual(Times(1), Times(2));
    }

    [Fact]
    public void A_links_fate_does_not_depend_on_what_other_links_carry() => Prop.ForAll(Sends(), Seeds, (sends, seed) =>
    {
        var all = new NetworkModel<int>(new NetworkConditions(Rough, seed));
        var alone = new NetworkModel<int>(new NetworkConditions(Rough, seed));
        foreach (var (link, bytes, now) in sends)
        {
            var together = all.Send(0, link, bytes, TimeSpan.FromTicks(now))!.Value.At;
            if (link == There && alone.Send(0, link, bytes, TimeSpan.FromTicks(now))!.Value.At != together) return false;
        }
        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Links_and_packets_have_fates_of_their_own()
    {
        var conditions = new NetworkConditions(Plain with { Jitter = TimeSpan.FromSeconds(1) }, seed: 11);
        TimeSpan First(Link link) => new NetworkModel<int>(conditions).Send(0, link, 10, TimeSpan.Zero)!.Value.At;
        Assert.Equal(4, new[] { First(There), First(There.Reverse), First(new(0, 2)), First(new(2, 1)) }.Distinct().Count());
    }

    [Fact]
    public void Jitter_is_uniform_up_to_its_limit_and_only_adds()
    {
        var network = new NetworkModel<int>(new NetworkConditions(Plain with { Jitter = TimeSpan.FromTicks(9) }, seed: 3));
        var counts = new int[10];
        for (var i = 0; i < 10_000; i++)
        {
            var now = TimeSpan.FromTicks(i * 1_000);    // far enough apart that none waits for another
            counts[network.Send(i, There, 10, now)!.Value.At.Ticks - now.Ticks - 108]++;
        }

        // Chi-squared with 9 degrees of freedom passes 27.9 once in a thousand; the seed is fixed.
        Assert.True(counts.Sum(count => (count - 1_000.0) * (count - 1_000.0) / 1_000) < 27.9, string.Join(' ', counts));
    }

    [Fact]
    public void A_lost_packet_comes_whole_timeouts_later_as_often_as_loss_says()
    {
        var network = new NetworkModel<int>(new NetworkConditions(Plain with { Loss = 0.25, RetransmitAfter = TimeSpan.FromTicks(1_000) }, seed: 5));
        var losses = 0L;
        for (var i = 0; i < 10_000; i++)
        {
            var now = TimeSpan.FromTicks(i * 100_000L);
            var late = network.Send(i, There, 10, now)!.Value.At.Ticks - now.Ticks - 108;
            Assert.Equal(0, late % 1_000);
            losses += late / 1_000;
        }

        // Geometric: mean 1/3, variance 4/9, so 10,000 packets lose 3333 times give or take 67; four deviations.
        Assert.InRange(losses, 3_333 - 267, 3_333 + 267);
    }

    [Fact]
    public void One_slow_client_is_one_line()
    {
        var network = new NetworkModel<int>(new NetworkConditions(Plain).WithEnd(2, [0, 1], Plain with { BitsPerSecond = 1_000_000 }));
        Assert.Equal(108, network.Send(0, There, 10, TimeSpan.Zero)!.Value.At.Ticks);
        Assert.Equal(900, network.Send(0, new(2, 0), 10, TimeSpan.Zero)!.Value.At.Ticks);
        Assert.Equal(900, network.Send(0, new(1, 2), 10, TimeSpan.Zero)!.Value.At.Ticks);
    }

    [Fact]
    public void Offline_packets_take_no_time_but_do_not_overtake()
    {
        var network = new NetworkModel<string>(Plain);
        Assert.Equal(3, network.Send("dealt", There, 1_000_000, TimeSpan.FromTicks(3), isOffline: true)!.Value.At.Ticks);
        Assert.Equal(111, network.Send("online", There, 10, TimeSpan.FromTicks(3))!.Value.At.Ticks);
        Assert.Equal(111, network.Send("dealt later", There, 1_000_000, TimeSpan.FromTicks(4), isOffline: true)!.Value.At.Ticks);
    }

    [Fact]
    public void What_cannot_be_sent_is_refused()
    {
        var network = new NetworkModel<int>(Plain);
        Assert.Throws<ArgumentException>(() => network.Send(0, new(1, 1), 10, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => network.Send(0, There, -1, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => network.Send(0, There, 1, TimeSpan.FromTicks(-1)));
    }

    static Arbitrary<ulong> Seeds => Gen.Choose(0, int.MaxValue).Select(seed => (ulong)seed).ToArbitrary();

    /// <summary>Packets on a few links among three ends, in the order of their times.</summary>
    static Arbitrary<(Link Link, long Bytes, long Now)[]> Sends() =>
        (from ends in Gen.Elements((Link[])[There, There.Reverse, new(0, 2), new(2, 1)])
         from bytes in Gen.Choose(0, 400)
         from gap in Gen.Choose(0, 120)
         select (ends, (long)bytes, (long)gap)).ArrayOf().Select(steps =>
        {
            var now = 0L;
            return steps.Select(step => (step.ends, step.Item2, now += step.Item3)).ToArray();
        }).ToArbitrary();

    static (T Packet, long Ticks)[] Drain<T>(NetworkModel<T> network)
    {
        var delivered = new List<(T, long)>();
        while (network.TryNext(out var packet, out var arrival)) delivered.Add((packet, arrival.At.Ticks));
        return [.. delivered];
    }
}
