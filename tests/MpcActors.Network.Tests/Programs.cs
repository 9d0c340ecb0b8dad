namespace MpcActors.Network.Tests;

/// <summary>Small programs for actors, which take no real time and whose computation is what they say.</summary>
internal static class Programs
{
    internal static readonly IReadOnlyDictionary<int, string> Two = new Dictionary<int, string> { [0] = "zero", [1] = "one" };
    internal static readonly IReadOnlyDictionary<int, string> Four = new Dictionary<int, string> { [0] = "zero", [1] = "one", [2] = "dealer", [3] = "owner" };

    /// <summary>One frame goes to and fro, <paramref name="frames"/> times in all.</summary>
    internal static ConservativeClock<int> PingPong(NetworkConditions conditions, int frames, long bytes)
    {
        var clock = new ConservativeClock<int>(Two, conditions);
        clock.Start(0);
        End(clock, 0, 0, new Departure(new(0, 1), bytes));
        for (var sent = 1; clock.TryNext(out var delivery); sent++)
        {
            var link = delivery.Arrival.Link.Reverse;
            if (sent < frames) End(clock, link.From, 0, new Departure(link, bytes));
            else End(clock, link.From, 0);
        }
        return clock;
    }

    /// <summary>In each round both parties compute and send, and go on when they have heard the other.</summary>
    internal static ConservativeClock<int> LockStep(NetworkConditions conditions, IReadOnlyList<(long Busy0, long Busy1, long Bytes)> rounds, bool record = false)
    {
        var clock = new ConservativeClock<int>(Two, conditions, record);
        var turns = new int[2];
        for (var party = 0; party < 2; party++)
        {
            clock.Start(party);
            Turn(party);
        }
        while (clock.TryNext(out var delivery)) Turn(delivery.Arrival.Link.To);
        return clock;

        void Turn(int party)
        {
            var round = turns[party]++;
            if (round == rounds.Count) End(clock, party, 0);
            else End(clock, party, party == 0 ? rounds[round].Busy0 : rounds[round].Busy1, new Departure(new(party, 1 - party), rounds[round].Bytes, $"round {round}"));
        }
    }

    /// <summary>Four actors who answer what they hear with what a hash says: a tangle of any shape, the same for the same seed.</summary>
    internal static (ConservativeClock<int> Clock, List<Delivery<int>> Deliveries) Tangle(NetworkConditions conditions, int seed, bool record = false)
    {
        var clock = new ConservativeClock<int>(Four, conditions, record);
        var deliveries = new List<Delivery<int>>();
        var state = (ulong)seed;
        for (var actor = 0; actor < 4; actor++)
        {
            clock.Start(actor);
            Turn(actor, least: 1);
        }
        while (clock.TryNext(out var delivery))
        {
            deliveries.Add(delivery);
            Turn(delivery.Arrival.Link.To, least: 0);
        }
        return (clock, deliveries);

        void Turn(int actor, int least)
        {
            var count = deliveries.Count > 200 ? 0 : least + Draw(3);
            var frames = new Departure[count];
            for (var i = 0; i < count; i++)
                frames[i] = new(new(actor, (actor + 1 + Draw(3)) % 4), Draw(2_000), "frame", IsOffline: Draw(5) == 0);
            clock.EndTurn(actor, TimeSpan.FromTicks(Draw(3) * 700), TimeSpan.FromTicks(Draw(50)), [.. frames.Select((frame, i) => (i, frame))]);
        }

        int Draw(int below)
        {
            state = state * 6364136223846793005 + 1442695040888963407;
            return (int)((state >> 33) % (ulong)below);
        }
    }

    static void End(ConservativeClock<int> clock, int actor, long busy, params Departure[] frames) =>
        clock.EndTurn(actor, TimeSpan.FromTicks(busy), TimeSpan.Zero, [.. frames.Select(frame => (0, frame))]);
}
