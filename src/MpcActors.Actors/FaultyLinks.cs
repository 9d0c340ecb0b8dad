using MpcActors.Protocols;

namespace MpcActors.Actors;

/// <summary>The links of one run, with the faults of its plan.</summary>
internal sealed class FaultyLinks(FrameFault[] faults, IReadOnlyList<TimedFault> timed)
{
    readonly List<TimedFault> _timed = [.. timed];
    readonly List<Frame> _lost = [];
    readonly List<SealedFrame> _held = [];

    /// <summary>Frames that never arrived, for the message of a stalled session.</summary>
    public IEnumerable<Frame> Lost => _lost.Concat(_held.Select(held => held.Frame));

    /// <summary>What a session ends with whose role was killed; null as long as all live.</summary>
    public string? Death { get; private set; }

    /// <summary>What the link carries instead of <paramref name="message"/>.</summary>
    /// <param name="now">Since the session began.</param>
    public SealedFrame[] Apply(SealedFrame message, TimeSpan now)
    {
        var frame = message.Frame;
        if (_held.Find(held => held.Frame.From == frame.From && held.Frame.To == frame.To) is { } held)
        {
            _held.Remove(held);
            return [message, held];
        }

        switch (FaultOf(frame, now))
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

    FaultKind? FaultOf(Frame frame, TimeSpan now)
    {
        if (Array.Find(faults, fault => fault.From == frame.From && fault.To == frame.To && fault.Sequence == frame.Sequence) is { } fault) return fault.Kind;
        var due = _timed.FindIndex(fault => fault.From == frame.From && (fault.To is null || fault.To == frame.To) && fault.At <= now);
        if (due < 0) return null;
        var kind = _timed[due].Kind;
        _timed.RemoveAt(due);
        return kind;
    }
}
