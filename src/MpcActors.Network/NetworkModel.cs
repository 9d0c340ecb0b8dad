using System.Diagnostics.CodeAnalysis;

namespace MpcActors.Network;

/// <summary>When a packet arrives, and on which link. Packets of equal times come in the order they were sent, which is <paramref name="Count"/>.</summary>
public readonly record struct Arrival(TimeSpan At, Link Link, ulong Count) : IComparable<Arrival>
{
    // The count breaks ties, so that equal times have one order and not whatever the heap has.
    public int CompareTo(Arrival other) => At != other.At ? At.CompareTo(other.At) : Count.CompareTo(other.Count);

    public static bool operator <(Arrival left, Arrival right) => left.CompareTo(right) < 0;
    public static bool operator >(Arrival left, Arrival right) => left.CompareTo(right) > 0;
    public static bool operator <=(Arrival left, Arrival right) => left.CompareTo(right) <= 0;
    public static bool operator >=(Arrival left, Arrival right) => left.CompareTo(right) >= 0;
}

/// <summary>
/// Says when a packet arrives. Each direction of a link sends one packet after another, first come first served, and so keeps
/// their order; directions do not hinder each other. For one thread at a time.
/// </summary>
public sealed class NetworkModel<TPacket>(NetworkConditions conditions)
{
    readonly LinkStates _links = new(conditions);
    readonly PriorityQueue<TPacket, Arrival> _inFlight = new();
    readonly List<(TPacket Packet, Link Link)> _undelivered = [];
    ulong _count;

    public int InFlight => _inFlight.Count;

    /// <summary>Packets that will never arrive, because their link is cut for good; in the order they were sent.</summary>
    public IReadOnlyList<(TPacket Packet, Link Link)> Undelivered => _undelivered;

    /// <summary>Puts a packet on its link at time <paramref name="now"/>; calls for one link come in the order of their times.</summary>
    /// <param name="isOffline">Dealt before the run began: it takes no time and no bandwidth, but does not overtake what was sent before it.</param>
    /// <returns>When it will arrive; null if its link is cut for good.</returns>
    public Arrival? Send(TPacket packet, Link link, long bytes, TimeSpan now, bool isOffline = false)
    {
        var count = _count++;
        if (_links.Send(link, bytes, now, isOffline) is not { } at)
        {
            _undelivered.Add((packet, link));
            return null;
        }

        var arrival = new Arrival(at, link, count);
        _inFlight.Enqueue(packet, arrival);
        return arrival;
    }

    /// <summary>Takes the packet that arrives first.</summary>
    public bool TryNext([MaybeNullWhen(false)] out TPacket packet, out Arrival arrival) => _inFlight.TryDequeue(out packet, out arrival);
}
