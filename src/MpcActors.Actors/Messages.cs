using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Actors;

/// <summary>What role, network and session actors tell each other. All of it passes <see cref="MessageSerializer"/>.</summary>
public interface IMpcMessage;

/// <summary>A role has started and can be reached; its sender is the role's actor.</summary>
public sealed record Ready(Role Role) : IMpcMessage;

/// <summary>Opens a role's first turn.</summary>
public sealed record Start : IMpcMessage
{
    public static Start Instance { get; } = new();
}

/// <summary>A frame with the tag that its sender made of it (<see cref="FrameSeal"/>).</summary>
public sealed record SealedFrame(Frame Frame, UInt128 Tag) : IMpcMessage
{
    internal SealMark? Mark { get; init; }
}

/// <summary>Tells the very message that a seal made from copies of it, which may differ, and from what was read from bytes.</summary>
internal sealed class SealMark(Seed key)
{
    SealedFrame? _made;

    public SealedFrame Make(Frame frame, UInt128 tag) => _made = new(frame, tag) { Mark = this };

    public bool IsOn(SealedFrame message, Seed sealKey) => ReferenceEquals(_made, message) && key == sealKey;
}

/// <summary>Follows a turn's frames: the role waits for the next one, or has finished.</summary>
/// <param name="Busy">Computation of the turn that needed inputs.</param>
/// <param name="OfflineBusy">Computation that could have been done before.</param>
public sealed record TurnDone(Role Role, TimeSpan Busy, TimeSpan OfflineBusy, bool IsFinished) : IMpcMessage;

/// <summary>All roles have finished.</summary>
public sealed record SessionDone : IMpcMessage
{
    public static SessionDone Instance { get; } = new();
}

/// <summary>The session cannot go on; <paramref name="Cause"/> names the role, link or frame.</summary>
public sealed record SessionBroken(string Cause) : IMpcMessage;
