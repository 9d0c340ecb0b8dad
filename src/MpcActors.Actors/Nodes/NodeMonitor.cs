using MpcActors.Protocols;

namespace MpcActors.Actors.Nodes;

/// <summary>Where a node is in its session.</summary>
public enum NodeState
{
    Connecting,
    Running,

    /// <summary>Its program is over; what was counted is compared.</summary>
    Parting,
    Over,
}

/// <summary>What one node knows of a peer. Sizes and times, never content.</summary>
/// <param name="Silence">Since a byte came from it; null before it was connected.</param>
/// <param name="SinceFrame">Since a frame was sent or came; null before the first.</param>
public sealed record PeerStatus(
    Role Role, string Address, bool IsConnected, long SentFrames, long SentBytes, long ReceivedFrames, long ReceivedBytes, TimeSpan? Silence, TimeSpan? SinceFrame);

/// <summary>What a node does at this moment.</summary>
/// <param name="Busy">Computation of its programs so far.</param>
public sealed record NodeStatus(NodeState State, TimeSpan Busy, IReadOnlyList<PeerStatus> Peers);

/// <summary>Lets others see what a node does while it does it. The node does not wait for them.</summary>
public sealed class NodeMonitor
{
    readonly Lock _lock = new();
    Node? _node;
    TimeSpan _busyBefore;

    /// <summary>Of the node that was started last with this monitor, with the computation of all before it; null before the first.</summary>
    public NodeStatus? Look()
    {
        lock (_lock) return _node?.Status() is { } status ? status with { Busy = _busyBefore + status.Busy } : null;
    }

    internal void Watch(Node node)
    {
        lock (_lock)
        {
            _busyBefore += _node?.Status().Busy ?? TimeSpan.Zero;
            _node = node;
        }
    }
}
