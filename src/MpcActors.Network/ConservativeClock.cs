namespace MpcActors.Network;

/// <summary>
/// Conservative discrete-event time for actors that run one after another while their clocks run side by side.
/// </summary>
/// <remarks>
/// Exactly one turn is open at a time. <see cref="Start"/> or <see cref="TryNext"/> opens it, <see cref="EndTurn"/> closes it and puts its
/// frames on their links at the time it ended. Only then is the earliest arrival released, and nothing can come before it any
/// more: whatever is still to be sent leaves later than it arrived. When <see cref="TryNext"/> finds nothing although an actor still waits, the run
/// has stalled, and <see cref="Undelivered"/> may say why.
/// </remarks>
public sealed class ConservativeClock<TPacket>
{
    readonly NetworkModel<TPacket> _network;
    readonly ActorClocks _clocks;
    readonly VirtualTime _time = new();
    readonly List<RecordedTurn>? _turns;
    readonly IReadOnlyDictionary<int, string> _actors;
    ulong? _trigger;

    /// <param name="actors">Each end and its role.</param>
    /// <param name="record">Keeps the turns for <see cref="Recording"/>, some hundred bytes each.</param>
    public ConservativeClock(IReadOnlyDictionary<int, string> actors, NetworkConditions conditions, bool record = false)
    {
        (_actors, _clocks, _network, _turns) = (actors, new(actors), new(conditions), record ? [] : null);
    }

    /// <summary>Stands at the latest released arrival.</summary>
    public TimeProvider Time => _time;

    public TimeSpan Now => _clocks.Now;

    /// <summary>When the last turn of the run ended.</summary>
    public TimeSpan Elapsed => _clocks.Elapsed;

    /// <summary>By number of the actor.</summary>
    public IReadOnlyList<ActorTimes> Actors => _clocks.Actors;

    /// <summary>By link.</summary>
    public IReadOnlyList<LinkTraffic> Traffic => _clocks.Traffic;

    public int InFlight => _network.InFlight;

    public IReadOnlyList<(TPacket Packet, Link Link)> Undelivered => _network.Undelivered;

    /// <summary>The turns that have ended so far.</summary>
    /// <exception cref="InvalidOperationException">The clock was not made to record.</exception>
    public Recording Recording => new(_actors, _turns ?? throw new InvalidOperationException("This clock was made without recording its turns."));

    /// <summary>When the actor's last turn ended.</summary>
    public TimeSpan ClockOf(int actor) => _clocks.ClockOf(actor);

    /// <summary>Opens a turn that no frame began, such as an actor's first, and says when it begins.</summary>
    public TimeSpan Start(int actor)
    {
        var begins = _clocks.Begin(actor, null);
        _trigger = null;
        return begins;
    }

    /// <summary>Releases the earliest arrival and opens its receiver's turn.</summary>
    public bool TryNext(out Delivery<TPacket> delivery)
    {
        _clocks.RequireNoTurn();
        delivery = default;
        if (!_network.TryNext(out var packet, out var arrival)) return false;

        var begins = _clocks.Begin(arrival.Link.To, arrival.At);
        _trigger = arrival.Count;
        _time.AdvanceTo(arrival.At);
        delivery = new(packet, arrival, begins);
        return true;
    }

    /// <summary>Closes the open turn; its frames leave in their order, at the time the turn ended.</summary>
    /// <param name="busy">Measured or modelled computation, by which the actor's clock moves on.</param>
    /// <param name="offlineBusy">Computation that would have been done before the run; it moves no clock.</param>
    /// <returns>When the turn ended.</returns>
    public TimeSpan EndTurn(int actor, TimeSpan busy, TimeSpan offlineBusy, IReadOnlyList<(TPacket Packet, Departure Departure)> frames)
    {
        Departure[] departures = [.. frames.Select(frame => frame.Departure)];
        var ended = _clocks.End(actor, busy, offlineBusy, departures);
        _turns?.Add(new(actor, _trigger, busy, offlineBusy, departures));
        foreach (var (packet, (link, bytes, _, isOffline)) in frames) _network.Send(packet, link, bytes, ended, isOffline);
        return ended;
    }
}
