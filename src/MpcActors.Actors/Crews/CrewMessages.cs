using MpcActors.Actors.Nodes;
using MpcActors.Protocols;

namespace MpcActors.Actors.Crews;

/// <summary>A process says that it is there, again and again, so that a coordinator that has only just begun knows all there is to know.</summary>
/// <param name="Member">This process, this time, and which of its seats: a process that is started again is another member.</param>
/// <param name="Kind">What it can be in a crew: "party-1", "client-3", or of a pair that anybody may have "free server". Where it leads one, its place there, too.</param>
/// <param name="Address">Where it is reached, and by which certificate. Shares go there, past the cluster.</param>
/// <param name="Group">Only members of one group can work together: it stands for model, attention, labels and prompt.</param>
/// <param name="Seats">How many sessions it takes part in at once at most.</param>
/// <param name="Crews">Those that it takes part in now.</param>
/// <param name="Wants">Whom it needs for a crew that it leads; nobody where it leads none.</param>
public sealed record Announced(string Member, string Kind, NodeAddress Address, string Group, int Seats, IReadOnlyList<string> Crews, IReadOnlyList<Wanted> Wants) : IMpcMessage
{
    /// <summary>The group of processes that agree on such facts.</summary>
    public static string GroupOf(IEnumerable<Fact> facts) => string.Join(", ", facts.Select(fact => $"{fact.Name} = {fact.Value}"));

    /// <summary>It is a job: it wants one crew, and is done when that is.</summary>
    public bool Leads => Wants.Count > 0;

    /// <summary>For people.</summary>
    public string Label => Assigned.LabelOf(Kind, Address);
}

/// <summary>A place in a crew.</summary>
/// <param name="Place">Its name there: "party-0", "server-2".</param>
/// <param name="Kind">Of the members that may have it.</param>
/// <param name="Fingerprint">Of the only one that may have it, and may have it again when it comes back; null where any of the kind will do.</param>
/// <param name="IsDispensable">The crew goes on when this one is lost.</param>
public sealed record Wanted(string Place, string Kind, string? Fingerprint = null, bool IsDispensable = false);

/// <summary>The coordinator puts a member into a crew, for one session or, of a federation, for all of them.</summary>
/// <param name="Places">Who has which. A member finds its own by its certificate.</param>
public sealed record Assigned(string Crew, IReadOnlyDictionary<string, NodeAddress> Places) : IMpcMessage
{
    /// <summary>Who has which place, in one line.</summary>
    /// <param name="except">The place of whoever reads it.</param>
    public string InWords(string? except = null) =>
        string.Join(", ", Places.Where(place => place.Key != except).OrderBy(place => place.Key, StringComparer.Ordinal).Select(place => LabelOf(place.Key, place.Value)));

    internal static string LabelOf(string place, NodeAddress address) => address.Port == 0 ? place : $"{place} at {address}";
}

/// <summary>A member's part in a crew is over.</summary>
/// <param name="Cause">Why it failed; null where it did not.</param>
public sealed record CrewEnded(string Member, string Crew, string? Cause) : IMpcMessage;

/// <summary>The coordinator has given a crew up: whoever still works in it ends, as if a peer had failed.</summary>
public sealed record Abandoned(string Crew, string Cause) : IMpcMessage;

/// <summary>A process does not answer, and with it all members that it is. It may come back, and then they announce themselves.</summary>
public sealed record ProcessLost(string Process) : IMpcMessage
{
    /// <summary>A process is a member for each session that it takes part in at an address of its own.</summary>
    /// <param name="seat">From 1.</param>
    public static string MemberOf(string process, int seat) => FormattableString.Invariant($"{process}/{seat}");

    public bool IsOf(string member) => member.LastIndexOf('/') is > 0 and var end && member[..end] == Process;
}
