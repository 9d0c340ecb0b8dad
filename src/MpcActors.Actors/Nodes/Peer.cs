using System.Net.Security;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Actors.Nodes;

/// <summary>One connection of a session, with what was counted on it.</summary>
internal sealed class Peer : IDisposable
{
    readonly Role _self;
    readonly SslStream _stream;
    readonly WireReader _reader;
    readonly NodeLimits _limits;
    readonly TaskCompletionSource<WireMessage.Joined> _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource<NodeSummary> _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _farewell = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly LinkCount _outgoing;
    readonly LinkCount _incoming;
    readonly Queue<int> _unread = new();
    FrameSeal? _sealOut;
    FrameSeal? _sealIn;
    long _taken;
    long _told;
    long _writesBefore;

    public Peer(Role self, Role role, SslStream stream, WireReader reader, HeardAt heard, NodeLimits limits, LinkTrouble? trouble)
    {
        (_self, Role, _stream, _reader, Heard, _limits) = (self, role, stream, reader, heard, limits);
        (_outgoing, _incoming) = (new LinkCount(self, role), new LinkCount(role, self));
        Writer = new WireWriter(stream, limits.Window, Seal, trouble);
    }

    public Role Role { get; }

    public HeardAt Heard { get; }

    public WireWriter Writer { get; }

    /// <summary>The program may be running on the thread that reads this connection; nothing can be heard meanwhile.</summary>
    public bool IsDelivering { get; private set; }

    public Task<WireMessage.Joined> Joined => _joined.Task;

    public Task<NodeSummary> Finished => _finished.Task;

    public Task Farewell => _farewell.Task;

    public IEnumerable<LinkSummary> Links => new[] { _outgoing.Summary, _incoming.Summary }.OfType<LinkSummary>();

    public PeerStatus StatusAt(string address, bool isConnected)
    {
        var ((sentFrames, sentBytes, sentAt), (receivedFrames, receivedBytes, receivedAt)) = (_outgoing.Total, _incoming.Total);
        var last = Math.Max(sentAt, receivedAt);
        return new(Role, address, isConnected, sentFrames, sentBytes, receivedFrames, receivedBytes, Heard.Ago, last == 0 ? null : TimeSpan.FromMilliseconds(Environment.TickCount64 - last));
    }

    /// <summary>From now on frames of this session pass, both ways.</summary>
    public void Open(Seed session) => (_sealOut, _sealIn) = (new FrameSeal(session.Derive("frames")), new FrameSeal(session.Derive("frames")));

    /// <summary>Reads until the peer closes.</summary>
    /// <param name="opened">Done when this node has joined a session.</param>
    /// <param name="deliver">Takes a frame, in its order.</param>
    /// <exception cref="ProtocolViolationException">The peer did what it must not.</exception>
    /// <exception cref="SessionFailedException">The peer ended the session.</exception>
    public async Task Read(Task opened, Action<Peer, Frame> deliver, CancellationToken cancellation)
    {
        while (await _reader.Next(cancellation) is { } message)
        {
            switch (message)
            {
                case WireMessage.Data(var data):
                    if (data.Frame.From != Role || data.Frame.To != _self) throw new ProtocolViolationException($"{Role.Name()} sent {_self.Name()} {data.Frame}");
                    if (!_joined.Task.IsCompleted) throw new ProtocolViolationException($"{Role.Name()} sent {data.Frame} before it joined a session");
                    if (!opened.IsCompleted) await opened.WaitAsync(cancellation);
                    var frame = _sealIn!.Open(data);
                    _incoming.Count(data);
                    IsDelivering = true;
                    deliver(this, frame);
                    Heard.Now();
                    IsDelivering = false;
                    break;
                case WireMessage.Taken(var bytes):
                    Writer.Taken(bytes);
                    break;
                case WireMessage.Joined joined:
                    if (!_joined.TrySetResult(joined)) throw new ProtocolViolationException($"{Role.Name()} joined twice");
                    break;
                case WireMessage.Finished(var summary):
                    if (summary.Role != Role || !_finished.TrySetResult(summary)) throw new ProtocolViolationException($"{Role.Name()} finished twice, or as {summary.Role.Name()}");
                    break;
                case WireMessage.Farewell:
                    _farewell.TrySetResult();
                    break;
                case WireMessage.Broken(var cause):
                    throw new SessionFailedException(cause);
                case WireMessage.Ping(var frames):
                    if (frames != _incoming.Total.Frames) throw new ProtocolViolationException($"{Role.Name()} has sent {_self.Name()} {frames} frames, of which {_incoming.Total.Frames} came");
                    break;
                default:
                    throw new ProtocolViolationException($"{Role.Name()} greets again");
            }
        }
    }

    /// <summary>A frame is with the program, which may not have asked for it yet.</summary>
    public void Delivered(int bytes) => _unread.Enqueue(bytes);

    /// <summary>Tells the peer how much was taken, a quarter of its window at a time.</summary>
    /// <param name="early">Frames that the program has not asked for.</param>
    public void Acknowledge(int early)
    {
        while (_unread.Count > early) _taken += _unread.Dequeue();
        if (_taken - _told < _limits.Window / 4) return;
        _told = _taken;
        Writer.Send(new WireMessage.Taken(_taken));
    }

    /// <summary>Says something if nothing was said since the last call.</summary>
    public void KeepAlive()
    {
        if (Writer.Writes == _writesBefore) Writer.Send(new WireMessage.Ping(0));
        _writesBefore = Writer.Writes;
    }

    public void Dispose()
    {
        _stream.Dispose();
        _sealOut?.Dispose();
        _sealIn?.Dispose();
    }

    SealedFrame Seal(Frame frame)
    {
        var message = _sealOut!.Seal(frame);
        _outgoing.Count(message);
        return message;
    }

    /// <summary>One direction: its traffic and its part of the transcript.</summary>
    sealed class LinkCount(Role from, Role to)
    {
        readonly Transcript _transcript = new();
        readonly long[] _frames = new long[2];
        readonly long[] _bytes = new long[2];
        long _lastAt;

        /// <summary>Frames and bytes of both phases, and when the last came, for anybody to look at from outside.</summary>
        public (long Frames, long Bytes, long LastAt) Total =>
            (Interlocked.Read(ref _frames[0]) + Interlocked.Read(ref _frames[1]), Interlocked.Read(ref _bytes[0]) + Interlocked.Read(ref _bytes[1]), Interlocked.Read(ref _lastAt));

        public LinkSummary? Summary => _transcript.HashOf(from, to) is { } hash
            ? new(from, to, _frames[(int)Phase.Online], _bytes[(int)Phase.Online], _frames[(int)Phase.Offline], _bytes[(int)Phase.Offline], hash)
            : null;

        public void Count(SealedFrame message)
        {
            var (phase, bytes) = (message.Frame.Phase, MessageSerializer.LengthOf(message.Frame));
            _transcript.Add(message);
            _frames[(int)phase]++;
            _bytes[(int)phase] += bytes;
            Interlocked.Exchange(ref _lastAt, Environment.TickCount64);
            NodeTelemetry.Count(from, to, phase, bytes);
        }
    }
}
