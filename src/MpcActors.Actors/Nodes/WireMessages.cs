using MpcActors.Protocols;

namespace MpcActors.Actors.Nodes;

/// <summary>What two nodes tell each other on their one connection, frames included.</summary>
internal abstract record WireMessage
{
    /// <summary>The first message of both ends: who is there, and what it believes the session to be.</summary>
    public sealed record Hello(int Version, Role Role, IReadOnlyList<Fact> Facts) : WireMessage;

    /// <summary>The connection ends before it began; the cause names the difference.</summary>
    public sealed record Refused(string Cause) : WireMessage;

    /// <summary>Comes before the first frame: the session that all of the sender's frames belong to, what it is for, and this run of it.</summary>
    public sealed record Joined(UInt128 Session, string Purpose, UInt128 Run) : WireMessage;

    public sealed record Data(SealedFrame Message) : WireMessage;

    /// <summary>How many bytes of payload the sender's program has taken so far, of all that came on this connection.</summary>
    public sealed record Taken(long Bytes) : WireMessage;

    /// <summary>Shows that the sender lives, and how many frames it has put on this connection: as many have come before it.</summary>
    public sealed record Ping(long Frames) : WireMessage;

    /// <summary>The sender's program is over; goes to the coordinator.</summary>
    public sealed record Finished(NodeSummary Summary) : WireMessage;

    /// <summary>The session is over, with its result.</summary>
    public sealed record Farewell : WireMessage
    {
        public static Farewell Instance { get; } = new();
    }

    /// <summary>The session is over, without one.</summary>
    public sealed record Broken(string Cause) : WireMessage;
}

/// <summary>Something that all nodes of a session must agree on, such as "attention" = "rfa". Public.</summary>
public sealed record Fact(string Name, string Value);

/// <summary>What one node counted on a link that it is an end of.</summary>
/// <param name="Hash">Of all frames of the link, see <see cref="Transcript"/>: 32 bytes in hexadecimal.</param>
public sealed record LinkSummary(Role From, Role To, long OnlineFrames, long OnlineBytes, long OfflineFrames, long OfflineBytes, string Hash);

/// <summary>What one node did in a session.</summary>
public sealed record NodeSummary(Role Role, int Rounds, long DealtBytes, TimeSpan Busy, IReadOnlyList<LinkSummary> Links);
