using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MpcActors.Actors.Nodes;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Benchmarks;

/// <summary>Shares between two nodes beside a bare pair of TLS streams, in one process over loopback: throughput of large frames, round trip of small ones.</summary>
/// <remarks>The two take turns, and the best of each counts.</remarks>
static class NodeTransport
{
    const int Bytes = 1 << 20;
    const int Frames = 400;
    const int Trips = 3000;
    const int Small = 64;

    public static async Task Run(TextWriter output, int repetitions)
    {
        using var zero = NodeCertificate.Create(Role.PartyZero, TimeProvider.System);
        using var one = NodeCertificate.Create(Role.PartyOne, TimeProvider.System);
        var (nodes, bare) = (new Times(TimeSpan.MaxValue, TimeSpan.MaxValue), new Times(TimeSpan.MaxValue, TimeSpan.MaxValue));
        for (var i = 0; i < repetitions; i++)
        {
            bare = bare.Best(await Bare(zero, one));
            nodes = nodes.Best(await Nodes(zero, one));
        }

        output.WriteLine($"{Frames} frames of {Bytes} bytes one way, {Trips} round trips of {Small} bytes, best of {repetitions}");
        output.WriteLine($"bare TLS   {Frames * (double)Bytes / bare.Bulk.TotalSeconds / 1e6,8:F0} MB/s {bare.RoundTrip.TotalMicroseconds / Trips,8:F1} µs");
        output.WriteLine($"nodes      {Frames * (double)Bytes / nodes.Bulk.TotalSeconds / 1e6,8:F0} MB/s {nodes.RoundTrip.TotalMicroseconds / Trips,8:F1} µs");
        output.WriteLine($"ratio      {bare.Bulk / nodes.Bulk,8:F2}      {nodes.RoundTrip / bare.RoundTrip,8:F2}");
    }

    sealed record Times(TimeSpan Bulk, TimeSpan RoundTrip)
    {
        public Times Best(Times other) => new(Min(Bulk, other.Bulk), Min(RoundTrip, other.RoundTrip));

        static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
    }

    static async Task<Times> Nodes(X509Certificate2 zero, X509Certificate2 one)
    {
        var port = Testing.FreePorts.Block((11_200, 64), 8, 0, 1);
        var roles = new Dictionary<Role, NodeAddress>
        {
            [Role.PartyZero] = new("127.0.0.1", port, NodeCertificate.FingerprintOf(zero)),
            [Role.PartyOne] = new("127.0.0.1", port + 1, NodeCertificate.FingerprintOf(one)),
        };
        var times = new Times(default, default);
        var sender = Node.RunAsync(new(Role.PartyZero, roles, zero, []), _ => async port =>
        {
            var words = new ulong[Bytes / sizeof(ulong)];
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Frames; i++) port.Send(Role.PartyOne, words);
            await port.Receive(Role.PartyOne);
            var bulk = Stopwatch.GetElapsedTime(start);
            start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Trips; i++)
            {
                port.Send(Role.PartyOne, new byte[Small]);
                await port.Receive(Role.PartyOne);
            }

            times = new(bulk, Stopwatch.GetElapsedTime(start));
        }, Seed.FromNumber(1));
        var receiver = Node.RunAsync(new(Role.PartyOne, roles, one, []), _ => async port =>
        {
            for (var i = 0; i < Frames; i++) await port.ReceiveWords(Role.PartyZero, Bytes / sizeof(ulong));
            port.Send(Role.PartyZero, new byte[1]);
            for (var i = 0; i < Trips; i++) port.Send(Role.PartyZero, await port.Receive(Role.PartyZero));
        }, null);
        await Task.WhenAll(sender, receiver);
        return times;
    }

    static async Task<Times> Bare(X509Certificate2 zero, X509Certificate2 one)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient { NoDelay = true };
        var accepted = listener.AcceptTcpClientAsync();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var server = await accepted;
        server.NoDelay = true;
        await using var near = new SslStream(server.GetStream());
        await using var far = new SslStream(client.GetStream());
        await Task.WhenAll(
            near.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = zero, EnabledSslProtocols = SslProtocols.Tls13 }),
            far.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "party-0",
                EnabledSslProtocols = SslProtocols.Tls13,
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && NodeCertificate.FingerprintOf(shown) == NodeCertificate.FingerprintOf(zero),
            }));
        var echo = Task.Run(async () =>
        {
            var buffer = new byte[Bytes];
            for (var i = 0; i < Frames; i++) await far.ReadExactlyAsync(buffer);
            await far.WriteAsync(buffer.AsMemory(0, 1));
            for (var i = 0; i < Trips; i++)
            {
                await far.ReadExactlyAsync(buffer.AsMemory(0, Small));
                await far.WriteAsync(buffer.AsMemory(0, Small));
            }
        });
        var payload = new byte[Bytes];
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Frames; i++) await near.WriteAsync(payload);
        await near.ReadExactlyAsync(payload.AsMemory(0, 1));
        var bulk = Stopwatch.GetElapsedTime(start);
        start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Trips; i++)
        {
            await near.WriteAsync(payload.AsMemory(0, Small));
            await near.ReadExactlyAsync(payload.AsMemory(0, Small));
        }

        var trips = Stopwatch.GetElapsedTime(start);
        await echo;
        return new(bulk, trips);
    }
}
