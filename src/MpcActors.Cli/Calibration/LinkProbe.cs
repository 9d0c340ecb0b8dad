using System.Diagnostics;
using MpcActors.Actors;
using MpcActors.Actors.Nodes;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Cli;

/// <summary>What nodes of this machine see of a link: rounds of frames as a session has them, with nothing computed.</summary>
/// <param name="OneWay">How long a small frame takes from program to program: the link's latency, and what sockets, TLS and waking up add.</param>
/// <param name="CoreTimePerFrame">How long a small frame keeps a core busy, at both ends and on the way.</param>
/// <param name="CoreNanosecondsPerByte">How much longer a large frame does, by the byte.</param>
sealed record LinkProbe(TimeSpan OneWay, TimeSpan CoreTimePerFrame, double CoreNanosecondsPerByte)
{
    const int WarmUps = 20;
    const int Small = 1000;
    const int Large = 1 << 20;

    /// <summary>In a round; the fourth tells the dealer that one was taken.</summary>
    const int SmallFrames = 4;

    /// <summary>Frames that the dealer sends before it hears that one was taken.</summary>
    const int Ahead = 4;

    static readonly Role[] Ends = [Role.PartyZero, Role.PartyOne, Role.Dealer];

    public static async Task<LinkProbe> MeasureAsync(LinkProfile network, int rounds, CancellationToken cancellation)
    {
        var (oneWay, little) = await RoundAsync(network, Small, rounds, cancellation);
        var (_, much) = await RoundAsync(network, Large, rounds, cancellation);
        return new(oneWay, little / SmallFrames, (much - little).TotalNanoseconds / (Ends.Length * (Large - Small)));
    }

    public static LinkProbe Mean(IReadOnlyCollection<LinkProbe> probes) => new(
        TimeSpan.FromTicks((long)probes.Average(probe => probe.OneWay.Ticks)),
        TimeSpan.FromTicks((long)probes.Average(probe => probe.CoreTimePerFrame.Ticks)),
        probes.Average(probe => probe.CoreNanosecondsPerByte));

    /// <summary>Both parties send each other a frame, and the dealer one to party one.</summary>
    /// <returns>Means of all rounds: by the clock, and of this process.</returns>
    static async Task<(TimeSpan Elapsed, TimeSpan Computed)> RoundAsync(LinkProfile network, int bytes, int rounds, CancellationToken cancellation)
    {
        using var ends = new LocalEnds(network, Ends);
        var certificates = Ends.ToDictionary(role => role, role => NodeCertificate.Create(role, TimeProvider.System));
        var payload = new byte[bytes];
        var all = WarmUps + rounds;
        var (elapsed, computed) = (TimeSpan.Zero, TimeSpan.Zero);
        try
        {
            await Task.WhenAll(Run(Role.PartyZero, Zero), Run(Role.PartyOne, One), Run(Role.Dealer, Dealer));
        }
        finally
        {
            foreach (var certificate in certificates.Values) certificate.Dispose();
        }

        return (elapsed / rounds, computed / rounds);

        Task Run(Role self, RoleProgram program)
        {
            var addresses = ends.AddressesFor(self).ToDictionary(end => end.Key, end => new NodeAddress(end.Value.Address.ToString(), end.Value.Port, NodeCertificate.FingerprintOf(certificates[end.Key])));
            return Node.RunAsync(new(self, addresses, certificates[self], []) { Coordinator = Role.PartyZero }, _ => program, self == Role.PartyZero ? Seed.FromNumber(1) : null, cancellation);
        }

        async ValueTask Zero(Port port)
        {
            var (start, before) = (0L, TimeSpan.Zero);
            for (var i = 0; i < all; i++)
            {
                if (i == WarmUps) (start, before) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
                port.Send(Role.PartyOne, payload);
                await port.Receive(Role.PartyOne);
            }

            (elapsed, computed) = (Stopwatch.GetElapsedTime(start), Environment.CpuUsage.TotalTime - before);
        }

        async ValueTask One(Port port)
        {
            for (var i = 0; i < all; i++)
            {
                port.Send(Role.PartyZero, payload);
                await port.Receive(Role.PartyZero);
                await port.Receive(Role.Dealer);
                if (i + Ahead < all) port.Send(Role.Dealer, new byte[1]);
            }
        }

        async ValueTask Dealer(Port port)
        {
            for (var i = 0; i < all; i++)
            {
                if (i >= Ahead) await port.Receive(Role.PartyOne);
                port.Send(Role.PartyOne, payload);
            }
        }
    }
}
