using MpcActors.Actors.Nodes;
using MpcActors.Protocols;

namespace MpcActors.Actors.Crews;

/// <summary>A process says that it is there, again and again, so that a coordinator that has only just begun knows all there is to know.</summary>
/// <param name="Member">This process, this time: a process that is started again is another member.</param>
/// <param name="Address">Where its role is reached, and by which certificate. Shares go there, past the cluster.</param>
/// <param name="Group">Only members of one group can work together: it stands for model, attention, labels and prompt.</param>
/// <param name="Seats">How many sessions it takes part in at once at most.</param>
/// <param name="Crews">Those that it takes part in now.</param>
public sealed record Announced(string Member, Role Role, NodeAddress Address, string Group, int Seats, IReadOnlyList<string> Crews) : IMpcMessage;

/// <summary>The coordinator puts a member into a crew: one member a role, for one session.</summary>
public sealed record Assigned(string Crew, IReadOnlyDictionary<Role, NodeAddress> Roles) : IMpcMessage;

/// <summary>A member's part in a crew is over.</summary>
/// <param name="Cause">Why it failed; null where it did not.</param>
public sealed record CrewEnded(string Member, string Crew, string? Cause) : IMpcMessage;

/// <summary>The coordinator has given a crew up: whoever still works in it ends, as if a peer had failed.</summary>
public sealed record Abandoned(string Crew, string Cause) : IMpcMessage;

/// <summary>A member does not answer. It may come back, and then announces itself.</summary>
public sealed record MemberLost(string Member) : IMpcMessage;
