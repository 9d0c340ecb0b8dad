using System.Diagnostics;
using System.Globalization;
using MpcActors.Actors;
using MpcActors.Actors.Nodes;
using MpcActors.Protocols;

namespace MpcActors.Cli;

/// <summary>What the processes of a deployment see of its links: rounds of frames as a session has them, with nothing computed.</summary>
/// <param name="OneWay">How long a small frame takes from program to program: the link's latency, and what sockets, TLS and waking up add.</param>
/// <param name="CoreTimePerFrame">How long a small frame keeps a core busy, at both ends and on the way.</param>
/// <param name="CoreNanosecondsPerByte">How much longer a large frame does, by the byte.</param>
sealed record LinkProbe(TimeSpan OneWay, TimeSpan CoreTimePerFrame, double CoreNanosecondsPerByte)
{
    const int WarmUps = 50;
    const int Small = 1000;
    const int Large = 1 << 20;

    /// <summary>Rounds of small frames for one of large ones: a process knows its processor time to ten milliseconds.</summary>
    const int SmallRounds = 5;

    /// <summary>Frames that the dealer sends before it hears that one was taken.</summary>
    const int Ahead = 4;

    /// <summary>Of a round of small frames, which the dealer takes no part in: parties wait for each other, and seldom for it.</summary>
    const int SmallFrames = 2;

    /// <summary>Of a round of large ones; a small one tells the dealer that its own was taken.</summary>
    const int LargeFrames = 3;

    /// <param name="rounds">Of large frames.</param>
    /// <exception cref="SessionFailedException">A role failed.</exception>
    public static async Task<LinkProbe> MeasureAsync(ShapedDeployment deployment, int rounds, CancellationToken cancellation)
    {
        var marks = new List<(long Time, TimeSpan Computed)>();
        await deployment.ProbeAsync(rounds, children => async port =>
        {
            for (var mark = 0; mark < 2 * Stages(rounds).Length; mark++)
            {
                await port.Receive(Role.PartyZero);
                marks.Add((Stopwatch.GetTimestamp(), children.Aggregate(Environment.CpuUsage.TotalTime, (sum, child) => sum + child.ProcessorTime)));
            }

            // Nobody ends before its time was read.
            foreach (var child in children) port.Send(child.Role!.Value, new byte[1]);
        }, cancellation);

        var (smallRounds, largeRounds) = (Stages(rounds)[0].Rounds, Stages(rounds)[1].Rounds);
        var perFrame = (marks[1].Computed - marks[0].Computed) / (SmallFrames * smallRounds);
        var perRound = (marks[3].Computed - marks[2].Computed) / largeRounds - (LargeFrames + 1) * perFrame;
        return new(Stopwatch.GetElapsedTime(marks[0].Time, marks[1].Time) / smallRounds, perFrame, perRound.TotalNanoseconds / (LargeFrames * Large));
    }

    /// <summary>Of a role but the data owner: the parties send each other a frame, and the dealer a large one to party one, round by round.</summary>
    public static RoleProgram ProgramOf(Role role, int rounds) => async port =>
    {
        foreach (var (bytes, timed) in Stages(rounds))
        {
            var (payload, all) = (new byte[bytes], WarmUps + timed);
            switch (role)
            {
                case Role.PartyZero: await Zero(port, payload, all); break;
                case Role.PartyOne: await One(port, payload, all); break;
                case Role.Dealer when bytes == Large: await Dealer(port, payload, all); break;
            }
        }

        await port.Receive(Role.DataOwner);
    };

    /// <summary>Nodes that probe and nodes of a session refuse each other, and say why.</summary>
    /// <param name="rounds">Null of a session.</param>
    public static NodeSettings Agreed(NodeSettings settings, int? rounds) => rounds is not { } number ? settings
        : settings with { Facts = [.. settings.Facts, new("probe rounds", number.ToString(CultureInfo.InvariantCulture))] };

    public static LinkProbe Mean(IReadOnlyCollection<LinkProbe> probes) => new(
        TimeSpan.FromTicks((long)probes.Average(probe => probe.OneWay.Ticks)),
        TimeSpan.FromTicks((long)probes.Average(probe => probe.CoreTimePerFrame.Ticks)),
        probes.Average(probe => probe.CoreNanosecondsPerByte));

    static (int Bytes, int Rounds)[] Stages(int rounds) => [(Small, SmallRounds * rounds), (Large, rounds)];

    /// <summary>Tells the data owner when the timed rounds begin, and when they are over.</summary>
    static async ValueTask Zero(Port port, byte[] payload, int all)
    {
        for (var i = 0; i < all; i++)
        {
            if (i == WarmUps) port.Send(Role.DataOwner, new byte[1]);
            port.Send(Role.PartyOne, payload);
            await port.Receive(Role.PartyOne);
        }

        port.Send(Role.DataOwner, new byte[1]);
    }

    static async ValueTask One(Port port, byte[] payload, int all)
    {
        for (var i = 0; i < all; i++)
        {
            port.Send(Role.PartyZero, payload);
            await port.Receive(Role.PartyZero);
            if (payload.Length < Large) continue;
            await port.Receive(Role.Dealer);
            port.Send(Role.Dealer, new byte[1]);
        }
    }

    static async ValueTask Dealer(Port port, byte[] payload, int all)
    {
        for (var i = 0; i < all + Ahead; i++)
        {
            if (i >= Ahead) await port.Receive(Role.PartyOne);
            if (i < all) port.Send(Role.PartyOne, payload);
        }
    }
}
