namespace MpcActors.Network;

/// <summary>
/// What an actor did between two waits. It began with the arrival of frame <paramref name="Trigger"/>, or with the run if null,
/// and its frames left when it ended.
/// </summary>
/// <param name="Trigger">Number of a frame, counted from 0 over all turns in the order they stand in the recording.</param>
public sealed record RecordedTurn(int Actor, ulong? Trigger, TimeSpan Busy, TimeSpan OfflineBusy, IReadOnlyList<Departure> Frames);

/// <summary>The turns of a run in the order they were taken: all that its times depend on, except for the network.</summary>
/// <param name="Actors">Each end and its role.</param>
public sealed record Recording(IReadOnlyDictionary<int, string> Actors, IReadOnlyList<RecordedTurn> Turns);
