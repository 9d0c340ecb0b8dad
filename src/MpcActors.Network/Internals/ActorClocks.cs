namespace MpcActors.Network;

/// <summary>Each actor's clock through its turns, and what was sent: shared by a live run and its replay, so that the two cannot differ.</summary>
/// <param name="machine">Where it is shared, a turn begins when the turns before it, whosever they are, leave it free.</param>
internal sealed class ActorClocks(IReadOnlyDictionary<int, string> actors, SharedMachine? machine = null)
{
    readonly SortedDictionary<int, ActorTimes> _times = new(actors.Keys.ToDictionary(actor => actor, actor => new ActorTimes(actor, default, default, default)));
    readonly SortedDictionary<Link, LinkTraffic> _traffic = [];
    int? _inTurn;
    TimeSpan _begun;
    TimeSpan _machineFree;

    /// <summary>The latest arrival so far; no event of the run before it is still to come.</summary>
    internal TimeSpan Now { get; private set; }

    internal IReadOnlyList<ActorTimes> Actors => [.. _times.Values];

    internal IReadOnlyList<LinkTraffic> Traffic => [.. _traffic.Values];

    internal TimeSpan Elapsed => _times.Values.Select(times => times.Elapsed).DefaultIfEmpty().Max();

    internal TimeSpan ClockOf(int actor) => Of(actor).Elapsed;

    internal void RequireNoTurn()
    {
        if (_inTurn is { } other) throw new InvalidOperationException($"{Name(other)} has not ended its turn, and turns are taken one at a time.");
    }

    /// <summary>Begins a turn when the actor is free and its trigger has arrived, and says when that is.</summary>
    internal TimeSpan Begin(int actor, TimeSpan? arrival)
    {
        RequireNoTurn();
        var free = Of(actor).Elapsed;
        if (arrival > Now) Now = arrival.Value;

        // A turn that no frame began happens now: earlier, it could send frames that arrive before ones already released.
        var ready = arrival ?? Now;
        _inTurn = actor;
        _begun = free > ready ? free : ready;
        if (machine is not null && _machineFree > _begun) _begun = _machineFree;
        return _begun;
    }

    /// <summary>Ends the turn and says when.</summary>
    internal TimeSpan End(int actor, TimeSpan busy, TimeSpan offlineBusy, IReadOnlyList<Departure> frames)
    {
        if (_inTurn != actor)
            throw new InvalidOperationException($"{Name(actor)} ends a turn, but {(_inTurn is { } other ? $"the turn is {Name(other)}'s" : "no turn has begun")}.");
        ArgumentOutOfRangeException.ThrowIfLessThan(busy, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(offlineBusy, TimeSpan.Zero);
        foreach (var frame in frames) Validate(actor, frame);

        var times = Of(actor);
        var ended = _begun + busy;
        if (machine is not null) _machineFree = _begun + machine.TimeOf(busy, frames);
        _times[actor] = new(actor, ended, times.Busy + busy, times.OfflineBusy + offlineBusy);
        _inTurn = null;
        foreach (var frame in frames) Count(frame);
        return ended;
    }

    void Validate(int actor, Departure frame)
    {
        frame.Link.Validate();
        ArgumentOutOfRangeException.ThrowIfNegative(frame.Bytes);
        if (frame.Link.From != actor) throw new ArgumentException($"{Name(actor)} sends a frame on link {frame.Link}, which is not its own.");
        _ = Of(frame.Link.To);
    }

    void Count(Departure frame)
    {
        var sum = _traffic.GetValueOrDefault(frame.Link) with { Link = frame.Link };
        _traffic[frame.Link] = frame.IsOffline
            ? sum with { OfflineFrames = sum.OfflineFrames + 1, OfflineBytes = sum.OfflineBytes + frame.Bytes }
            : sum with { OnlineFrames = sum.OnlineFrames + 1, OnlineBytes = sum.OnlineBytes + frame.Bytes };
    }

    internal ActorTimes Of(int actor) => _times.TryGetValue(actor, out var times) ? times
        : throw new ArgumentException($"There is no actor {actor} in this run; there are {string.Join(", ", actors.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} ({pair.Value})"))}.");

    string Name(int actor) => actors.TryGetValue(actor, out var name) ? name : $"actor {actor}";
}
