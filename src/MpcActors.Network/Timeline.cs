namespace MpcActors.Network;

public enum WorkKind
{
    Online,

    /// <summary>Before the run; its times are counted from a start of their own.</summary>
    Offline,
}

/// <summary>An actor computing, named after the frame that began its turn.</summary>
public readonly record struct WorkSpan(int Actor, string Name, TimeSpan Start, TimeSpan Duration, WorkKind Kind);

/// <summary>A frame on its way, from the end of the turn that sent it to its arrival.</summary>
public readonly record struct Transfer(Link Link, string Name, long Bytes, TimeSpan Sent, TimeSpan Arrived, WorkKind Kind);

/// <summary>What happened in a run, for people to look at: <see cref="ChromeTrace"/> writes it to a file.</summary>
/// <param name="actors">Each end and its role.</param>
public sealed class Timeline(IReadOnlyDictionary<int, string> actors)
{
    readonly List<WorkSpan> _work = [];
    readonly List<Transfer> _transfers = [];

    public IReadOnlyDictionary<int, string> Actors => actors;

    public IReadOnlyList<WorkSpan> Work => _work;

    public IReadOnlyList<Transfer> Transfers => _transfers;

    /// <summary>Adds a span, unless it is empty and there is nothing to see.</summary>
    public void Add(WorkSpan span)
    {
        if (span.Duration > TimeSpan.Zero) _work.Add(span);
    }

    public void Add(Transfer transfer) => _transfers.Add(transfer);
}
