using System.Diagnostics;
using System.Diagnostics.Metrics;
using MpcActors.Protocols;

namespace MpcActors.Actors.Nodes;

/// <summary>Counters and spans of a node, for any listener of the standard .NET interfaces. Sizes and numbers, never content.</summary>
public static class NodeTelemetry
{
    /// <summary>Of the meter and of the activity source.</summary>
    public const string Name = "MpcActors";

    static readonly System.Diagnostics.Metrics.Meter Meter = new(Name);
    static readonly Counter<long> Frames = Meter.CreateCounter<long>("mpc.frames", "{frame}", "Frames by link and phase, at each end");
    static readonly Counter<long> Bytes = Meter.CreateCounter<long>("mpc.bytes", "By", "Bytes of frames by link and phase, at each end");
    static readonly Histogram<double> Turns = Meter.CreateHistogram<double>("mpc.turn.duration", "s", "Computation between two waits of a role's program");

    internal static ActivitySource Source { get; } = new(Name);

    internal static void Count(Role from, Role to, Phase phase, long bytes)
    {
        if (!Frames.Enabled && !Bytes.Enabled) return;
        var tags = new TagList { { "mpc.from", from.Name() }, { "mpc.to", to.Name() }, { "mpc.phase", phase == Phase.Online ? "online" : "offline" } };
        Frames.Add(1, tags);
        Bytes.Add(bytes, tags);
    }

    internal static void CountTurn(Role role, TimeSpan busy)
    {
        if (Turns.Enabled) Turns.Record(busy.TotalSeconds, new TagList { { "mpc.role", role.Name() } });
    }
}
