using MpcActors.Network;
using MpcActors.Protocols;

namespace MpcActors.Actors.Nodes;

/// <summary>A link that carries nothing for a while, or slowly: as <see cref="NetworkConditions.Cut"/> and <see cref="NetworkConditions.SlowDown"/> have it.</summary>
/// <param name="Factor">Times as long as on <see cref="NodeTrouble.Usual"/>; 0 for nothing at all.</param>
public sealed record SlowLink(Role To, TimeSpan At, TimeSpan For, int Factor);

/// <summary>What goes wrong with what a node sends, in trials: frames on their way, links, and the process itself.</summary>
/// <param name="Die">Ends this process as a crash would, without another word.</param>
public sealed record NodeTrouble(FaultPlan Faults, IReadOnlyList<SlowLink> Links, Action Die)
{
    /// <summary>Slow is compared with this.</summary>
    public static LinkProfile Usual { get; } = LinkProfile.Lan;
}

/// <summary>One connection's share of it. Time begins with the session.</summary>
internal sealed class LinkTrouble
{
    readonly FaultyLinks _faults;
    readonly SlowLink[] _links;
    readonly Action _die;
    long _begun = long.MaxValue;

    public LinkTrouble(NodeTrouble trouble, Role self, Role to, Task opened)
    {
        (_faults, _links, _die) = (trouble.Faults.Begin(), [.. trouble.Links.Where(link => link.To == to && to != self)], trouble.Die);
        _ = opened.ContinueWith(_ => Interlocked.Exchange(ref _begun, PreciseWait.Now.Ticks), TaskScheduler.Default);
    }

    /// <summary>None before the session began.</summary>
    TimeSpan Now => PreciseWait.Now - TimeSpan.FromTicks(Interlocked.Read(ref _begun));

    public SealedFrame[] Apply(SealedFrame message)
    {
        var carried = _faults.Apply(message, Now);
        if (_faults.Death is not null) _die();
        return carried;
    }

    /// <summary>Waits as long as the link's troubles make so many bytes wait.</summary>
    public async Task Delay(long bytes, CancellationToken cancellation)
    {
        while (_links.FirstOrDefault(link => link.Factor == 0 && Now >= link.At && Now < link.At + link.For) is { } cut)
            await Task.Delay(cut.At + cut.For - Now is { Ticks: > 0 } rest ? rest : TimeSpan.FromMilliseconds(1), cancellation);
        var factor = _links.Where(link => link.Factor > 1 && Now >= link.At && Now < link.At + link.For).Aggregate(1, (product, link) => product * link.Factor);
        if (factor > 1) await Task.Delay(NodeTrouble.Usual.TimeToSend(bytes) * (factor - 1), cancellation);
    }
}
