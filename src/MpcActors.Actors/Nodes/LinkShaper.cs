using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MpcActors.Network;

namespace MpcActors.Actors.Nodes;

/// <summary>A network between nodes of one machine: whoever dials it is connected with an address, over a link with a profile's latency and bandwidth.</summary>
/// <remarks>
/// Every connection is a link of its own and its directions do not hinder each other. What comes first leaves first, at the profile's rate, and arrives
/// a latency after its last bit left, as in <see cref="NetworkModel{TPacket}"/>. Bytes are neither read nor changed. Threads and not tasks move them,
/// since a LAN's latency is below what timers can tell apart; where they may, they come before other threads, as a network waits for nobody's core.
/// </remarks>
public sealed class LinkShaper : IDisposable
{
    /// <summary>Read at once at most; small beside what a latency holds in flight, so that long messages flow.</summary>
    const int Chunk = 1 << 16;

    readonly LinkProfile _profile;
    readonly IPEndPoint _to;
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly List<Socket> _sockets = [];
    bool _isOver;

    /// <param name="profile">Of each direction; jitter and loss are the simulator's alone.</param>
    /// <param name="to">Who is connected with whoever comes.</param>
    /// <exception cref="ArgumentException">The profile has jitter or loss.</exception>
    public LinkShaper(LinkProfile profile, IPEndPoint to)
    {
        if (profile.Jitter > TimeSpan.Zero || profile.Loss > 0) throw new ArgumentException($"{profile.Name} has jitter or loss, which a shaper does not make", nameof(profile));
        (_profile, _to) = (profile, to);
        _listener.Start();
        Address = (IPEndPoint)_listener.LocalEndpoint;
        Begin("accept", Accept);
    }

    /// <summary>Where to dial.</summary>
    public IPEndPoint Address { get; }

    public void Dispose()
    {
        lock (_sockets)
        {
            _isOver = true;
            foreach (var socket in _sockets) socket.Dispose();
        }

        _listener.Dispose();
    }

    void Accept()
    {
        while (true)
        {
            var near = Keep(_listener.AcceptSocket());
            var far = Keep(new Socket(_to.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
            try
            {
                far.Connect(_to);
            }
            catch (SocketException)
            {
                // Nobody is there yet: the one that dialled has to try again.
                near.Dispose();
                continue;
            }

            Carry(near, far);
            Carry(far, near);
        }
    }

    Socket Keep(Socket socket)
    {
        lock (_sockets)
        {
            ObjectDisposedException.ThrowIf(_isOver, this);
            socket.NoDelay = true;
            _sockets.Add(socket);
            return socket;
        }
    }

    /// <summary>One direction: a thread that notes when what was sent will arrive, and one that hands it over then.</summary>
    void Carry(Socket from, Socket to)
    {
        var onTheWay = new BlockingCollection<(TimeSpan Due, byte[] Bytes)>();
        Begin("send", () =>
        {
            var buffer = new byte[Chunk];
            var isFree = TimeSpan.Zero;
            try
            {
                while (from.Receive(buffer) is > 0 and var count)
                {
                    var now = PreciseWait.Now;
                    isFree = (isFree > now ? isFree : now) + _profile.TimeToSend(count);
                    onTheWay.Add((isFree + _profile.Latency, buffer[..count]));
                }
            }
            finally
            {
                onTheWay.CompleteAdding();
            }
        });
        Begin("arrive", () =>
        {
            foreach (var (due, bytes) in onTheWay.GetConsumingEnumerable())
            {
                PreciseWait.Until(due);
                to.Send(bytes);
            }

            to.Shutdown(SocketShutdown.Send);
        });
    }

    static void Begin(string name, Action body) => new Thread(() =>
    {
        try
        {
            CorePriority.ComeFirst();
            body();
        }
        catch (Exception problem) when (problem is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // An end has gone; the other sees it by its connection.
        }
    })
    { IsBackground = true, Name = $"link {name}" }.Start();
}
