namespace MpcActors.Network;

/// <summary>What the network needs to know of a frame that an actor sends.</summary>
/// <param name="Bytes">What it takes on the wire, headers included.</param>
/// <param name="Name">What it is, for people who read a timeline.</param>
/// <param name="IsOffline">Correlated randomness and the like, dealt before the run: it costs no online time and is counted apart.</param>
public readonly record struct Departure(Link Link, long Bytes, string Name = "", bool IsOffline = false);

/// <summary>A packet that arrived; <paramref name="Begins"/> is when its receiver, who may still be busy then, turns to it.</summary>
public readonly record struct Delivery<TPacket>(TPacket Packet, Arrival Arrival, TimeSpan Begins);

/// <summary>Frames and bytes that were sent on a link, online and offline apart; those that never arrived are counted too.</summary>
public readonly record struct LinkTraffic(Link Link, long OnlineFrames, long OnlineBytes, long OfflineFrames, long OfflineBytes);

/// <summary>An actor's times.</summary>
/// <param name="Elapsed">When its last turn ended.</param>
/// <param name="Busy">How much of that it computed.</param>
/// <param name="OfflineBusy">What it computed before the run, which is in neither of the other two.</param>
public readonly record struct ActorTimes(int Actor, TimeSpan Elapsed, TimeSpan Busy, TimeSpan OfflineBusy);
