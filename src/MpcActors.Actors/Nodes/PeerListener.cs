using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using MpcActors.Protocols;
using ProtocolViolationException = MpcActors.Protocols.ProtocolViolationException;

namespace MpcActors.Actors.Nodes;

/// <summary>The door of a node: whoever comes has to say who it is, soon; strangers are refused and noted once, and nothing else happens.</summary>
internal sealed class PeerListener : IAsyncDisposable
{
    /// <summary>Connections that may wait for another session.</summary>
    const int MostWaiting = 64;

    /// <summary>Of refusals that are told apart; a scan does not fill the log.</summary>
    const int MostNoted = 32;

    readonly NodeSettings _settings;
    readonly TcpListener _listener;
    readonly SemaphoreSlim _handshakes;
    readonly CancellationTokenSource _stop = new();
    readonly Func<Role, bool> _isConnected;
    readonly Func<Role, SslStream, WireReader, HeardAt, bool> _admit;
    readonly HashSet<string> _noted = [];
    readonly Task _accepting;
    int _waiting;

    /// <param name="isConnected">Whether a role has a connection.</param>
    /// <param name="admit">Takes a role's connection, or says that it has one already.</param>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public PeerListener(NodeSettings settings, Func<Role, bool> isConnected, Func<Role, SslStream, WireReader, HeardAt, bool> admit)
    {
        (_settings, _isConnected, _admit, _handshakes) = (settings, isConnected, admit, new SemaphoreSlim(settings.Limits.Handshakes));
        _listener = new TcpListener(AddressOf(settings.Roles[settings.Self].Host), settings.Roles[settings.Self].Port);
        _listener.Start();
        _accepting = Accept();
    }

    /// <summary>What the last refused peer that had a role's certificate was refused for, to explain why a session does not begin.</summary>
    public string? LastRefusal { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
    }

    static IPAddress AddressOf(string host) =>
        IPAddress.TryParse(host, out var address) ? address : Dns.GetHostAddresses(host) is [var first, ..] ? first : throw new SocketException((int)SocketError.HostNotFound);

    async Task Accept()
    {
        var welcomes = new List<Task>();
        try
        {
            while (true)
            {
                // Who comes while too many are undecided waits in the system's queue.
                await _handshakes.WaitAsync(_stop.Token);
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                welcomes.RemoveAll(welcome => welcome.IsCompleted);
                welcomes.Add(Welcome(client));
            }
        }
        catch (Exception problem) when (problem is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The node is done.
        }

        await Task.WhenAll(welcomes);
    }

    async Task Welcome(TcpClient client)
    {
        var from = (client.Client.RemoteEndPoint as IPEndPoint)?.Address.ToString() ?? "somewhere";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(_settings.Limits.Handshake);
        var (isAdmitted, isWaiting) = (false, false);
        try
        {
            client.NoDelay = true;
            var heard = new HeardAt();
            var (stream, reader, peer) = await Handshake.Accept(client.GetStream(), _settings, _isConnected, heard.Now, limit.Token);
            isAdmitted = _admit(peer, stream, reader, heard);
            if (!isAdmitted) Note(from, $"{peer.Name()} has a connection already");
        }
        catch (HandshakeException refusal)
        {
            LastRefusal = refusal.Message;
            Note(from, refusal.Message);
        }
        catch (OtherTurnException)
        {
            isWaiting = true;
        }
        catch (OperationCanceledException)
        {
            if (!_stop.IsCancellationRequested) Note(from, $"it did not say who it is within {_settings.Limits.Handshake.TotalSeconds:0.#} s");
        }
        catch (Exception problem) when (problem is IOException or SocketException or AuthenticationException or ProtocolViolationException or ObjectDisposedException)
        {
            Note(from, problem is ProtocolViolationException ? problem.Message : "it broke off before it said who it is");
        }
        finally
        {
            _handshakes.Release();
            if (isWaiting && Interlocked.Increment(ref _waiting) <= MostWaiting) await LeaveWaiting(limit.Token);
            if (isWaiting) Interlocked.Decrement(ref _waiting);
            if (!isAdmitted) client.Dispose();
        }
    }

    /// <summary>Until this session is over: a connection that is closed then is dialled anew for the next one, once and not many times meanwhile.</summary>
    static async Task LeaveWaiting(CancellationToken until)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, until);
        }
        catch (OperationCanceledException)
        {
            // Closed below.
        }
    }

    void Note(string from, string why)
    {
        var line = $"refused a connection from {from}: {why}";
        bool isNew;
        lock (_noted) isNew = _noted.Count < MostNoted && _noted.Add(line);
        if (isNew) _settings.Log(line);
    }
}

/// <summary>When a peer was last heard.</summary>
internal sealed class HeardAt
{
    long _at = Environment.TickCount64;

    public TimeSpan Ago => TimeSpan.FromMilliseconds(Environment.TickCount64 - Interlocked.Read(ref _at));

    public void Now() => Interlocked.Exchange(ref _at, Environment.TickCount64);
}
