namespace MpcActors.Protocols;

/// <summary>A role's side of all its links: frames go out numbered, and come in through an inbox for each sender.</summary>
public sealed class Port
{
    readonly Action<Frame> _send;
    readonly Inbox[] _inboxes;
    readonly uint[] _sequences;

    public Port(Role self, Action<Frame> send)
    {
        (Self, _send) = (self, send);
        var roles = Enum.GetValues<Role>();
        _inboxes = Array.ConvertAll(roles, role => new Inbox(role));
        _sequences = new uint[roles.Length];
    }

    public Role Self { get; }

    public Meter Meter { get; } = new();

    /// <summary>Sends one frame; the payload must not be written to afterwards.</summary>
    public void Send(Role to, ReadOnlyMemory<byte> payload, Phase phase = Phase.Online)
    {
        Meter.CountSent(to, payload.Length, phase);
        _send(new Frame(Self, to, _sequences[(int)to]++, phase, payload));
    }

    public void Send(Role to, ulong[] words, Phase phase = Phase.Online) => Send(to, Words.AsBytes(words), phase);

    public async ValueTask<ReadOnlyMemory<byte>> Receive(Role from) => (await _inboxes[(int)from].Next()).Payload;

    /// <summary>The words of the next frame.</summary>
    /// <exception cref="ProtocolViolationException">The frame has another size.</exception>
    public async ValueTask<ulong[]> ReceiveWords(Role from, int count)
    {
        var frame = await _inboxes[(int)from].Next();
        return frame.Payload.Length == (long)count * sizeof(ulong)
            ? Words.FromBytes(frame.Payload)
            : throw new ProtocolViolationException($"{frame} should have {(long)count * sizeof(ulong)} bytes");
    }

    /// <summary>Frames that came and that nothing has awaited yet: what a receiver has to hold.</summary>
    public int EarlyFrames(Role from) => _inboxes[(int)from].EarlyFrames;

    /// <summary>Hands over a frame and runs the protocol that awaits it.</summary>
    /// <exception cref="ProtocolViolationException">The frame is not for this role, of no known role, or out of order.</exception>
    public void Deliver(Frame frame)
    {
        if (frame.To != Self) throw new ProtocolViolationException($"{frame} was delivered to {Self.Name()}");
        if ((int)frame.From >= _inboxes.Length) throw new ProtocolViolationException($"a frame of unknown sender {(int)frame.From} was delivered to {Self.Name()}");
        _inboxes[(int)frame.From].Deliver(frame);
    }
}
