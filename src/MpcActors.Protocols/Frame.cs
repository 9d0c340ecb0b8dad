namespace MpcActors.Protocols;

/// <summary>Whether a frame belongs to the input-independent phase, which may be over before the inputs exist.</summary>
public enum Phase : byte
{
    Online = 0,
    Offline = 1,
}

/// <summary>What crosses a link. Frames of one link are numbered from 0, since a mediator need not keep their order.</summary>
public sealed record Frame(Role From, Role To, uint Sequence, Phase Phase, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Names the frame, never its content.</summary>
    public override string ToString() => $"frame {Sequence} {From.Name()} → {To.Name()} ({Payload.Length} bytes)";
}
