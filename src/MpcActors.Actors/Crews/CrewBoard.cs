using MpcActors.Protocols;

namespace MpcActors.Actors.Crews;

/// <summary>Something that a coordinator has to tell a member.</summary>
public sealed record Order(string Member, IMpcMessage Message);

/// <summary>Who is there, who is free, and who works with whom: gives every data owner that waits a party pair, a dealer and a model owner.</summary>
/// <remarks>
/// A data owner that announces a free seat is a job. When a crew fails, its data owner waits again, and goes on from its own checkpoint with whoever is free then.
/// Nothing is kept elsewhere: messages may be lost, and a coordinator may begin in the middle, since members announce what they do over and over.
/// </remarks>
/// <param name="incarnation">Names this board's crews; unlike those of any board before it.</param>
public sealed class CrewBoard(string incarnation)
{
    static readonly Role[] Roles = Enum.GetValues<Role>();

    /// <summary>In the order in which they came.</summary>
    readonly List<Member> _members = [];
    readonly Dictionary<string, Crew> _crews = [];
    int _made;

    enum Part
    {
        Told,
        Working,
        Over,
    }

    /// <summary>Members that are there, in the order in which they came.</summary>
    public IEnumerable<string> Members => _members.Select(member => member.Name);

    /// <summary>A member says that it is there, and what it does.</summary>
    public IReadOnlyList<Order> Heard(Announced said)
    {
        var orders = new List<Order>();
        var member = Of(said.Member);
        if (member is null) _members.Add(member = new Member(said));
        member.Said = said;
        foreach (var crew in CrewsOf(member))
        {
            if (said.Crews.Contains(crew.Name)) crew.Parts[member.Name] = Part.Working;
            // Not listed any more: its last word was lost. Had it failed, the others would have noticed, and said so.
            else if (crew.Parts[member.Name] == Part.Working) Leave(crew, member);
            else if (crew.Cause is null) orders.Add(new(member.Name, crew.Assignment));
            if (crew.Cause is { } cause) orders.Add(new(member.Name, new Abandoned(crew.Name, cause)));
        }

        foreach (var unknown in said.Crews.Where(name => IsOwn(name) && !CrewsOf(member).Any(crew => crew.Name == name)))
            orders.Add(new(member.Name, new Abandoned(unknown, "the coordinator has given it up")));
        Match(orders);
        return orders;
    }

    /// <summary>A member's part in a crew is over; when it failed, so has the crew.</summary>
    public IReadOnlyList<Order> Ended(CrewEnded ended)
    {
        var orders = new List<Order>();
        if (Of(ended.Member) is { } member)
        {
            // What its next announcement will say. A data owner whose session came to its end has what it came for.
            var isServed = member.Said.Role == Role.DataOwner && ended.Cause is null;
            member.Said = member.Said with { Crews = [.. member.Said.Crews.Where(crew => crew != ended.Crew)], Seats = isServed ? 0 : member.Said.Seats };
            if (_crews.TryGetValue(ended.Crew, out var crew) && crew.Parts.TryGetValue(member.Name, out var part) && part != Part.Over)
            {
                if (ended.Cause is { } cause)
                {
                    if (crew.Cause is null) foreach (var one in _members.Where(one => crew.Parts.ContainsKey(one.Name))) one.Failures++;
                    GiveUp(crew, member.Name, cause, orders);
                }

                Leave(crew, member);
            }
        }

        Match(orders);
        return orders;
    }

    /// <summary>A member is gone, or does not answer: its crews end, and their owners get other ones.</summary>
    public IReadOnlyList<Order> Lost(string name)
    {
        var orders = new List<Order>();
        if (Of(name) is not { } member) return orders;
        _members.Remove(member);
        foreach (var crew in CrewsOf(member))
        {
            GiveUp(crew, name, $"{member.Said.Role.Name()} at {member.Said.Address} is gone", orders);
            Leave(crew, member);
        }

        Match(orders);
        return orders;
    }

    static void GiveUp(Crew crew, string except, string cause, List<Order> orders)
    {
        if (crew.Cause is not null) return;
        crew.Cause = cause;
        foreach (var (name, part) in crew.Parts)
            if (name != except && part != Part.Over) orders.Add(new(name, new Abandoned(crew.Name, cause)));
    }

    void Leave(Crew crew, Member member)
    {
        crew.Parts[member.Name] = Part.Over;
        if (crew.Parts.Values.All(part => part == Part.Over)) _crews.Remove(crew.Name);
    }

    /// <summary>Makes a crew for every data owner that waits, as long as there is one; first come, first served.</summary>
    void Match(List<Order> orders)
    {
        foreach (var owner in _members.Where(member => member.Said.Role == Role.DataOwner).ToArray())
        {
            while (IsFree(owner))
            {
                // Whoever failed less often, and among those whoever has waited longest.
                Member?[] chosen = [.. Roles.Select(role => role == Role.DataOwner ? owner : _members
                    .Where(member => member.Said.Role == role && member.Said.Group == owner.Said.Group && IsFree(member))
                    .OrderBy(member => member.Failures).ThenBy(member => member.LastChosen)
                    .FirstOrDefault())];
                if (chosen.Contains(null)) break;
                var crew = new Crew(
                    new Assigned($"{incarnation}-{++_made}", chosen.ToDictionary(member => member!.Said.Role, member => member!.Said.Address)),
                    chosen.ToDictionary(member => member!.Name, _ => Part.Told));
                _crews.Add(crew.Name, crew);
                foreach (var member in chosen)
                {
                    member!.LastChosen = _made;
                    orders.Add(new(member.Name, crew.Assignment));
                }
            }
        }
    }

    /// <summary>Crews of another board count too, though nobody here knows who else is in them.</summary>
    bool IsFree(Member member) => CrewsOf(member).Select(crew => crew.Name).Union(member.Said.Crews).Count() < member.Said.Seats;

    bool IsOwn(string crew) => crew.StartsWith(incarnation + "-", StringComparison.Ordinal);

    Crew[] CrewsOf(Member member) => [.. _crews.Values.Where(crew => crew.Parts.TryGetValue(member.Name, out var part) && part != Part.Over)];

    Member? Of(string name) => _members.Find(member => member.Name == name);

    sealed class Member(Announced said)
    {
        public string Name => Said.Member;

        public Announced Said { get; set; } = said;

        public int Failures { get; set; }

        public int LastChosen { get; set; }
    }

    sealed class Crew(Assigned assignment, Dictionary<string, Part> parts)
    {
        public string Name => Assignment.Crew;

        public Assigned Assignment { get; } = assignment;

        public Dictionary<string, Part> Parts { get; } = parts;

        /// <summary>Why it was given up; null as long as it was not.</summary>
        public string? Cause { get; set; }
    }
}
