using MpcActors.Protocols;

namespace MpcActors.Actors;

/// <summary>What a broken network may do to a frame.</summary>
public enum FaultKind
{
    /// <summary>It never arrives.</summary>
    Lose,

    /// <summary>It arrives twice.</summary>
    Duplicate,

    /// <summary>It arrives after the next one of its link.</summary>
    Reorder,

    /// <summary>Its last byte is missing.</summary>
    Truncate,

    /// <summary>One bit of it is another.</summary>
    Alter,

    /// <summary>Its sender dies with it.</summary>
    Kill,
}

/// <summary>One thing that goes wrong: at frame <paramref name="Sequence"/> of a link.</summary>
public sealed record FrameFault(FaultKind Kind, Role From, Role To, uint Sequence);

/// <summary>One thing that goes wrong once: with the first frame that leaves when <paramref name="At"/> has come.</summary>
/// <param name="To">Any frame of <paramref name="From"/> if null.</param>
/// <param name="At">Since the session began; in a simulation, by the arrival that the sender's turn began with.</param>
public sealed record TimedFault(FaultKind Kind, Role From, Role? To, TimeSpan At);

/// <summary>Faults for tests and for scenarios, put between the roles and the network, simulated or not. A plan is data: runs can share one.</summary>
public sealed class FaultPlan(params FrameFault[] faults)
{
    public static FaultPlan None { get; } = new();

    public IReadOnlyList<TimedFault> Timed { get; init; } = [];

    internal FaultyLinks Begin() => new(faults, Timed);
}
