using System.Diagnostics;
using System.Net;
using MpcActors.Actors.Nodes;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Cli;

/// <summary>How long a small frame takes from one node's program to another's over a shaped link: its latency, and what sockets, TLS and waking up add.</summary>
static class LinkPing
{
    const int WarmUps = 5;

    /// <summary>Of what a party opens at a time in a small session.</summary>
    const int Bytes = 1000;

    static readonly Role[] Ends = [Role.PartyZero, Role.PartyOne];

    /// <summary>One way: half of the mean round trip.</summary>
    public static async Task<TimeSpan> OneWayAsync(LinkProfile network, int trips, CancellationToken cancellation)
    {
        using var zero = NodeCertificate.Create(Role.PartyZero, TimeProvider.System);
        using var one = NodeCertificate.Create(Role.PartyOne, TimeProvider.System);
        var ports = ShapedDeployment.FreePorts(Ends.Length);
        using var shaper = new LinkShaper(network, new IPEndPoint(IPAddress.Loopback, ports[0]));
        var roundTrips = TimeSpan.Zero;
        var asks = Node.RunAsync(new(Role.PartyZero, Roles(ports[0]), zero, []), _ => async port =>
        {
            for (var i = 0; i < WarmUps; i++) await Trip(port);
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < trips; i++) await Trip(port);
            roundTrips = Stopwatch.GetElapsedTime(start);
        }, Seed.FromNumber(1), cancellation);
        var answers = Node.RunAsync(new(Role.PartyOne, Roles(shaper.Address.Port), one, []), _ => async port =>
        {
            for (var i = 0; i < WarmUps + trips; i++) port.Send(Role.PartyZero, await port.Receive(Role.PartyZero));
        }, null, cancellation);
        await Task.WhenAll(asks, answers);
        return roundTrips / (2 * trips);

        Dictionary<Role, NodeAddress> Roles(int portOfZero) => new()
        {
            [Role.PartyZero] = new("127.0.0.1", portOfZero, NodeCertificate.FingerprintOf(zero)),
            [Role.PartyOne] = new("127.0.0.1", ports[1], NodeCertificate.FingerprintOf(one)),
        };

        static async ValueTask Trip(Port port)
        {
            port.Send(Role.PartyOne, new byte[Bytes]);
            await port.Receive(Role.PartyOne);
        }
    }
}
