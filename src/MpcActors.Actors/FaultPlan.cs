using MpcActors.Protocols;

namespace MpcActors.Actors;

/// <summary>What a broken network may do to a frame.</summary>
public enum FaultKind
{
    /// <summary>It never arrives.</summary>
    Lose,

    /// <summary>It arrives twice.</summary>
    Duplicate,

    /// <summary>It arrives after the next one of its link.</summary>
    Reorder,

    /// <summary>Its last byte is missing.</summary>
    Truncate,

    /// <summary>One bit of it is another.</summary>
    Alter,
}

/// <summary>One thing that goes wrong: at frame <paramref name="Sequence"/> of a link.</summary>
public sealed record FrameFault(FaultKind Kind, Role From, Role To, uint Sequence);

/// <summary>Faults for tests, put between the roles and the network model.</summary>
public sealed class FaultPlan(params FrameFault[] faults)
{
    SealedFrame? _held;

    public static FaultPlan None { get; } = new();

    /// <summary>Frames that this plan swallowed for good, for the message of a stalled session.</summary>
    public IReadOnlyList<Frame> Lost => _held is null ? _lost : [.. _lost, _held.Frame];

    readonly List<Frame> _lost = [];

    /// <summary>What the link carries instead of <paramref name="message"/>.</summary>
    public IEnumerable<SealedFrame> Apply(SealedFrame message)
    {
        var frame = message.Frame;
        if (_held is { } held && held.Frame.From == frame.From && held.Frame.To == frame.To)
        {
            _held = null;
            return [message, held];
        }

        var fault = Array.Find(faults, fault => fault.From == frame.From && fault.To == frame.To && fault.Sequence == frame.Sequence);
        switch (fault?.Kind)
        {
            case FaultKind.Lose:
                _lost.Add(frame);
                return [];
            case FaultKind.Reorder:
                _held = message;
                return [];
            case FaultKind.Duplicate:
                return [message, message];
            case FaultKind.Truncate:
                return [message with { Frame = frame with { Payload = frame.Payload.Length == 0 ? new byte[1] : frame.Payload[..^1] } }];
            case FaultKind.Alter:
                var payload = frame.Payload.Length == 0 ? new byte[1] : frame.Payload.ToArray();
                payload[payload.Length / 2] ^= 1;
                return [message with { Frame = frame with { Payload = payload } }];
            default:
                return [message];
        }
    }
}
