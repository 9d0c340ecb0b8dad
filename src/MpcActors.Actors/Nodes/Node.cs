using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading.Channels;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Actors.Nodes;

/// <summary>What a session of nodes came to, as one of them knows it.</summary>
/// <param name="Transcript">The same hash as that of a simulated run; at the coordinator, which alone hears of all links. Null elsewhere.</param>
/// <param name="Nodes">At the coordinator all, elsewhere this one.</param>
/// <param name="Elapsed">From the first share to the farewell.</param>
public sealed record NodeOutcome(string? Transcript, IReadOnlyList<NodeSummary> Nodes, TimeSpan Elapsed);

/// <summary>One role in a process of its own: connects to all others, agrees with them on the session, runs the role's program over the connections.</summary>
/// <remarks>
/// The program is the one that a simulated role runs. It keeps its one thread of control: frames of all connections meet in one
/// queue and are delivered one at a time. Whatever fails at one node ends the session at all, with the cause; nothing is started again.
/// </remarks>
public sealed class Node : IAsyncDisposable
{
    /// <summary>What a node says when its session begins.</summary>
    public const string Begins = "all roles are connected and agree; the session begins";

    static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    readonly NodeSettings _settings;
    readonly Dictionary<Role, TaskCompletionSource<Peer>> _peers;
    readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly CancellationTokenSource _stop = new();
    readonly List<Task> _running = [];
    readonly Channel<(Peer Peer, Frame Frame)> _arrived = Channel.CreateUnbounded<(Peer, Frame)>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    /// <summary>When somebody who was dialled was last there.</summary>
    readonly HeardAt _answered = new();

    volatile bool _isProgramOver;
    volatile bool _isOver;
    long _busyTicks;

    Node(NodeSettings settings)
    {
        _settings = settings;
        _peers = settings.Roles.Keys.Where(role => role != settings.Self).ToDictionary(
            role => role, _ => new TaskCompletionSource<Peer>(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    Role Self => _settings.Self;

    bool IsCoordinator => Self == _settings.Coordinator;

    Peer[] Connected => [.. _peers.OrderBy(peer => peer.Key).Where(peer => peer.Value.Task.IsCompletedSuccessfully).Select(peer => peer.Value.Task.Result)];

    /// <summary>Runs one role of one session, from the first connection to the farewell.</summary>
    /// <param name="program">Makes the role's program for a session; all nodes get the same seed. It is public among them.</param>
    /// <param name="session">At the coordinator: what the session is named by. Nothing elsewhere, where it is told.</param>
    /// <exception cref="SessionFailedException">A node failed or was lost, or the nodes do not agree; the message names who and what.</exception>
    /// <exception cref="ArgumentException">The settings cannot be those of a node.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was requested; the other nodes are told.</exception>
    public static Task<NodeOutcome> RunAsync(NodeSettings settings, Func<Seed, RoleProgram> program, Seed? session, CancellationToken cancellation = default) =>
        RunNamedAsync(settings, name => program(name.Seed), session is { } seed ? new(seed, "") : null, cancellation);

    /// <summary>The same where nodes learn from the session's name what it is for.</summary>
    public static async Task<NodeOutcome> RunNamedAsync(NodeSettings settings, Func<SessionName, RoleProgram> program, SessionName? session, CancellationToken cancellation = default)
    {
        settings.Validate();
        session?.Validate();
        if (session is null == (settings.Self == settings.Coordinator)) throw new ArgumentException("the coordinator names the session, and nobody else does", nameof(session));
        await using var node = new Node(settings);
        settings.Monitor?.Watch(node);
        try
        {
            return await node.Run(program, session, cancellation);
        }
        catch (Exception problem)
        {
            var cause = node.CauseOf(problem);
            await node.SayBroken(cause);
            if (problem is OperationCanceledException && cancellation.IsCancellationRequested) throw new OperationCanceledException(cancellation);
            if (problem is SessionFailedException) throw;
            throw new SessionFailedException(cause, problem);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isOver = true;
        await _stop.CancelAsync();
        foreach (var peer in Connected) peer.Dispose();
        Task[] running;
        lock (_running) running = [.. _running];
        await Task.WhenAll(running);
        _stop.Dispose();
    }

    internal NodeStatus Status()
    {
        var state = _isOver ? NodeState.Over : _isProgramOver ? NodeState.Parting : _opened.Task.IsCompleted ? NodeState.Running : NodeState.Connecting;
        return new(state, TimeSpan.FromTicks(Interlocked.Read(ref _busyTicks)), [.. _peers.OrderBy(peer => peer.Key).Select(peer =>
        {
            var address = _settings.Roles[peer.Key].ToString();
            return peer.Value.Task.IsCompletedSuccessfully ? peer.Value.Task.Result.StatusAt(address, state != NodeState.Over) : new PeerStatus(peer.Key, address, false, 0, 0, 0, 0, null, null);
        })]);
    }

    async Task<NodeOutcome> Run(Func<SessionName, RoleProgram> makeProgram, SessionName? session, CancellationToken cancellation)
    {
        await using var listener = Self == _settings.Roles.Keys.Max() ? null : Listen();
        lock (_running) _running.AddRange(_peers.Keys.Where(peer => peer < Self).Select(Dial));
        await Connect(listener, cancellation);
        var name = await Join(session, cancellation);
        _settings.Log(Begins);

        var start = Stopwatch.GetTimestamp();
        var port = new Port(Self, frame => PeerOf(frame.To).Writer.Send(frame));
        var busy = await RunProgram(port, makeProgram(name), cancellation);
        var own = new NodeSummary(Self, port.Meter.Rounds, port.Meter.DealtBytes, busy, []);
        return await Part(own, start, cancellation);
    }

    PeerListener Listen()
    {
        try
        {
            return new PeerListener(_settings, role => _peers.TryGetValue(role, out var peer) && peer.Task.IsCompleted, Admit);
        }
        catch (SocketException problem)
        {
            throw new SessionFailedException($"{Self.Name()} cannot listen on {_settings.Roles[Self]}: {problem.Message}", problem);
        }
    }

    async Task Connect(PeerListener? listener, CancellationToken cancellation)
    {
        var all = Task.WhenAll(_peers.Values.Select(peer => peer.Task));
        var limit = _settings.Limits.Connect;
        do
        {
            if (await Task.WhenAny(all, _failed.Task, Task.Delay(limit, cancellation)) == all) return;
            cancellation.ThrowIfCancellationRequested();
            limit = _settings.Limits.Connect - _answered.Ago;
        }
        while (_settings.Turn is { IsAwaited: true } && !_failed.Task.IsCompleted && limit > TimeSpan.Zero);
        if (_failed.Task.IsCompleted) await _failed.Task;
        var missing = string.Join(", ", _peers.Where(peer => !peer.Value.Task.IsCompleted).Select(peer => $"{peer.Key.Name()} ({_settings.Roles[peer.Key]})").Order(StringComparer.Ordinal));
        var refusal = listener?.LastRefusal is { } last ? $"; last refused: {last}" : "";
        throw new SessionFailedException($"{Self.Name()} has no connection with {missing} after {_settings.Limits.Connect.TotalSeconds:0.#} s{refusal}", new TimeoutException());
    }

    /// <summary>The coordinator names session and run; everybody tells everybody, so that no frame of another run is taken for one of this.</summary>
    async Task<SessionName> Join(SessionName? session, CancellationToken cancellation)
    {
        var joined = session is { } named
            ? new WireMessage.Joined(named.Seed.Value, named.Purpose, Seed.Fresh().Value)
            : await OrFailure(PeerOf(_settings.Coordinator).Joined, cancellation);
        var seed = new Seed(joined.Session);
        foreach (var peer in Connected) peer.Open(seed);
        _opened.TrySetResult();
        foreach (var peer in Connected) peer.Writer.Send(joined);
        foreach (var peer in Connected)
            if (await OrFailure(peer.Joined, cancellation) != joined) throw new ProtocolViolationException($"{peer.Role.Name()} has joined another session than {Self.Name()}");
        return new(seed, joined.Purpose);
    }

    /// <summary>Delivers frames until the program is over; the time it computed is what comes back.</summary>
    async Task<TimeSpan> RunProgram(Port port, RoleProgram program, CancellationToken cancellation)
    {
        using var span = NodeTelemetry.Source.StartActivity("session");
        span?.SetTag("mpc.role", Self.Name());
        var busy = TimeSpan.Zero;
        Task? run = null;
        Turn(() => run = program(port).AsTask());
        while (!run!.IsCompleted)
        {
            // A failure completes the queue with its cause, behind what came before it.
            await _arrived.Reader.WaitToReadAsync(cancellation);
            while (!run.IsCompleted && _arrived.Reader.TryRead(out var arrived))
            {
                var (peer, frame) = arrived;
                Turn(() => port.Deliver(frame));
                peer.Delivered(frame.Payload.Length);
                foreach (var other in Connected) other.Acknowledge(port.EarlyFrames(other.Role));
            }
        }

        await run;
        _isProgramOver = true;
        return busy;

        void Turn(Action body)
        {
            var start = Stopwatch.GetTimestamp();
            using (NodeTelemetry.Source.StartActivity("turn")) body();
            var took = Stopwatch.GetElapsedTime(start);
            busy += took;
            Interlocked.Exchange(ref _busyTicks, busy.Ticks);
            NodeTelemetry.CountTurn(Self, took);
        }
    }

    /// <summary>All tell the coordinator what they counted; it compares both ends of each link, and lets them go.</summary>
    async Task<NodeOutcome> Part(NodeSummary own, long start, CancellationToken cancellation)
    {
        if (!IsCoordinator)
        {
            var coordinator = PeerOf(_settings.Coordinator);
            await Flushed(cancellation);
            own = own with { Links = [.. Connected.SelectMany(peer => peer.Links)] };
            coordinator.Writer.Send(new WireMessage.Finished(own));
            await OrFailure(coordinator.Farewell, cancellation);
            _isOver = true;
            return new(null, [own], Stopwatch.GetElapsedTime(start));
        }

        var summaries = new List<NodeSummary>();
        foreach (var peer in Connected) summaries.Add(await OrFailure(peer.Finished, cancellation));
        await Flushed(cancellation);
        summaries.Add(own with { Links = [.. Connected.SelectMany(peer => peer.Links)] });
        summaries.Sort((left, right) => left.Role.CompareTo(right.Role));
        var transcript = TranscriptOf(summaries);
        _isOver = true;
        foreach (var peer in Connected) peer.Writer.Send(WireMessage.Farewell.Instance);
        foreach (var peer in Connected) peer.Writer.Close();
        await Flushed(cancellation);
        return new(transcript, summaries, Stopwatch.GetElapsedTime(start));
    }

    static string TranscriptOf(List<NodeSummary> summaries)
    {
        var transcript = new Transcript();
        var seen = new Dictionary<(Role, Role), LinkSummary>();
        foreach (var link in summaries.SelectMany(summary => summary.Links))
        {
            if (!seen.TryAdd((link.From, link.To), link) && seen[(link.From, link.To)] != link)
                throw new ProtocolViolationException($"{link.From.Name()} and {link.To.Name()} disagree on the frames between them");
            transcript.Take(link.From, link.To, link.Hash);
        }

        return transcript.Hash();
    }

    /// <summary>Everything that was sent is on the wire.</summary>
    async Task Flushed(CancellationToken cancellation)
    {
        while (Connected.Any(peer => peer.Writer.IsBusy))
        {
            if (_failed.Task.IsCompleted) await _failed.Task;
            await Task.Delay(1, cancellation);
        }
    }

    async Task Dial(Role peer)
    {
        var address = _settings.Roles[peer];
        while (!_stop.IsCancellationRequested)
        {
            TcpClient? client = new() { NoDelay = true };
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                limit.CancelAfter(_settings.Limits.Handshake);
                await client.ConnectAsync(address.Host, address.Port, limit.Token);
                _answered.Now();
                var heard = new HeardAt();
                var (stream, reader) = await Handshake.Dial(client.GetStream(), _settings, peer, heard.Now, limit.Token);
                Admit(peer, stream, reader, heard);
                client = null;
                return;
            }
            catch (HandshakeException refusal)
            {
                Fail(new SessionFailedException(refusal.Message, refusal));
                return;
            }
            catch (Exception problem) when (problem is IOException or SocketException or AuthenticationException or OperationCanceledException or ProtocolViolationException or ObjectDisposedException)
            {
                // Not there yet, busy with another session, or not as it should be: whoever waits for all peers gives up in time.
            }
            finally
            {
                client?.Dispose();
            }

            await Task.Delay(BetweenAttempts, CancellationToken.None);
        }
    }

    /// <summary>Takes a peer's connection into the session; false if it has one.</summary>
    bool Admit(Role role, SslStream stream, WireReader reader, HeardAt heard)
    {
        var peer = new Peer(Self, role, stream, reader, heard, _settings.Limits, _settings.Trouble is { } trouble ? new LinkTrouble(trouble, Self, role, _opened.Task) : null);
        lock (_running)
        {
            if (_stop.IsCancellationRequested || !_peers[role].TrySetResult(peer)) return false;
            _running.Add(Guard(peer, () => peer.Writer.Run(_stop.Token)));
            _running.Add(Guard(peer, async () =>
            {
                await peer.Read(_opened.Task, (from, frame) => _arrived.Writer.TryWrite((from, frame)), _stop.Token);
                throw new EndOfStreamException("it closed the connection");
            }));
            _running.Add(Guard(peer, () => Watch(peer)));
        }

        _settings.Log($"connected with {role.Name()}");
        return true;
    }

    async Task Watch(Peer peer)
    {
        var period = _settings.Limits.Silence / 3;
        while (true)
        {
            await Task.Delay(period, _stop.Token);
            peer.KeepAlive();
            if (!peer.IsDelivering && peer.Heard.Ago > _settings.Limits.Silence) throw new IOException($"it has been silent for {_settings.Limits.Silence.TotalSeconds:0.#} s");
        }
    }

    async Task Guard(Peer peer, Func<Task> body)
    {
        await Task.Yield();
        try
        {
            await body();
        }
        catch (Exception) when (_isOver || _stop.IsCancellationRequested)
        {
            // The session is over, and with it the connection.
        }
        catch (SessionFailedException problem)
        {
            Fail(problem);
        }
        catch (IOException) when (_isProgramOver && peer.Role != _settings.Coordinator)
        {
            // It was let go already. Had it failed, the coordinator would say so.
        }
        catch (Exception problem)
        {
            Fail(problem is ProtocolViolationException
                ? new SessionFailedException(problem.Message, problem)
                : new SessionFailedException($"{Self.Name()} lost {peer.Role.Name()}: {problem.Message}"));
        }
    }

    void Fail(Exception cause)
    {
        _failed.TrySetException(cause);
        _arrived.Writer.TryComplete(cause);
    }

    async Task<T> OrFailure<T>(Task<T> task, CancellationToken cancellation)
    {
        await OrFailure((Task)task, cancellation);
        return await task;
    }

    async Task OrFailure(Task task, CancellationToken cancellation)
    {
        if (!task.IsCompleted) await Task.WhenAny(task, _failed.Task).WaitAsync(cancellation);
        if (!task.IsCompletedSuccessfully && _failed.Task.IsCompleted) await _failed.Task;
        await task;
    }

    async Task SayBroken(string cause)
    {
        foreach (var peer in Connected) peer.Writer.Send(new WireMessage.Broken(cause));
        for (var waited = TimeSpan.Zero; waited < LastWords && Connected.Any(peer => peer.Writer.HasControl); waited += BetweenAttempts)
            await Task.Delay(BetweenAttempts, CancellationToken.None);
    }

    /// <summary>What the others are told: a protocol's messages hold no content, any other exception's might.</summary>
    string CauseOf(Exception problem) => problem switch
    {
        SessionFailedException => problem.Message,
        ProtocolViolationException => $"{Self.Name()} failed: {problem.Message}",
        OperationCanceledException => $"{Self.Name()} was interrupted",
        _ => $"{Self.Name()} failed: {problem.GetType().Name}",
    };

    Peer PeerOf(Role role) => _peers.TryGetValue(role, out var peer) && peer.Task.IsCompletedSuccessfully
        ? peer.Task.Result
        : throw new ArgumentException($"{role.Name()} is none of the session's roles: {string.Join(", ", _settings.Roles.Keys.Order().Select(known => known.Name()))}", nameof(role));
}
