using MpcActors.Protocols;

namespace MpcActors.Actors;

/// <summary>The links of one run, with the faults of its plan.</summary>
internal sealed class FaultyLinks(FrameFault[] faults)
{
    readonly List<Frame> _lost = [];
    readonly List<SealedFrame> _held = [];

    /// <summary>Frames that never arrived, for the message of a stalled session.</summary>
    public IEnumerable<Frame> Lost => _lost.Concat(_held.Select(held => held.Frame));

    /// <summary>What a session ends with whose role was killed; null as long as all live.</summary>
    public string? Death { get; private set; }

    /// <summary>What the link carries instead of <paramref name="message"/>.</summary>
    public SealedFrame[] Apply(SealedFrame message)
    {
        var frame = message.Frame;
        if (_held.Find(held => held.Frame.From == frame.From && held.Frame.To == frame.To) is { } held)
        {
            _held.Remove(held);
            return [message, held];
        }

        var fault = Array.Find(faults, fault => fault.From == frame.From && fault.To == frame.To && fault.Sequence == frame.Sequence);
        switch (fault?.Kind)
        {
            case FaultKind.Lose:
                _lost.Add(frame);
                return [];
            case FaultKind.Kill:
                Death ??= $"{frame.From.Name()} was killed at {frame}";
                return [];
            case FaultKind.Reorder:
                _held.Add(message);
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
