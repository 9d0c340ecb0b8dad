using MpcActors.Protocols;

namespace MpcActors.Actors.Crews;

/// <summary>Something that a coordinator has to tell a member.</summary>
public sealed record Order(string Member, IMpcMessage Message);

/// <summary>Who is there, who is free, and who works with whom: gives every member that leads a crew whom it wants, a party pair for instance, a dealer and a model owner.</summary>
/// <remarks>
/// A leader that announces a free seat is a job. When a crew fails, its leader waits again, and goes on from its own checkpoint with whoever is free then. Whoever is dispensable may leave without
/// that, and has its place again if it was there all the time, or was started again and is the only one that may have it.
/// Nothing is kept elsewhere: messages may be lost, and a coordinator may begin in the middle, since members announce what they do over and over.
/// </remarks>
/// <param name="incarnation">Names this board's crews; unlike those of any board before it.</param>
public sealed class CrewBoard(string incarnation)
{
    /// <summary>In the order in which they came.</summary>
    readonly List<Member> _members = [];
    readonly Dictionary<string, Crew> _crews = [];
    int _made;
    long _heard;

    enum Part
    {
        Told,
        Working,

        /// <summary>It does not answer.</summary>
        Away,
        Failed,
        Over,
    }

    /// <summary>Members that are there, in the order in which they came.</summary>
    public IEnumerable<string> Members => _members.Select(member => member.Name);

    /// <summary>Places for which nobody is free, where a member leads a crew and waits for it.</summary>
    public IReadOnlyList<string> Missing(string leader) => Of(leader) is { } member && IsFree(member) ? [.. Candidates(member, evenSilent: true).Where(one => one.Member is null).Select(one => one.Place.Place)] : [];

    /// <summary>A member says that it is there, and what it does.</summary>
    public IReadOnlyList<Order> Heard(Announced said)
    {
        var orders = new List<Order>();
        var member = Of(said.Member);
        if (member is null) _members.Add(member = new Member(said));
        member.Said = said;
        (member.HeardBefore, member.Heard) = (member.Heard, ++_heard);

        // It was not heard for a while, and worked all the same.
        foreach (var crew in _crews.Values.Where(crew => crew.Cause is null && crew.PartOf(member) == Part.Away && said.Crews.Contains(crew.Name))) crew.Holders[member.Name].Part = Part.Working;
        foreach (var crew in CrewsOf(member))
        {
            if (said.Crews.Contains(crew.Name)) crew.Holders[member.Name].Part = Part.Working;
            // Not listed any more: its last word was lost. Had it failed, the others would have noticed, and said so.
            else if (crew.PartOf(member) == Part.Working) Leave(crew, member, Part.Over);
            else if (crew.Cause is null) orders.Add(new(member.Name, crew.Assignment));
            if (crew.Cause is { } cause) orders.Add(new(member.Name, new Abandoned(crew.Name, cause)));
        }

        foreach (var unknown in said.Crews.Where(name => IsOwn(name) && !CrewsOf(member).Any(crew => crew.Name == name)))
            orders.Add(new(member.Name, new Abandoned(unknown, "the coordinator has given it up")));
        Match(orders);
        return orders;
    }

    /// <summary>A member's part in a crew is over; when it failed, so has the crew, unless it can do without.</summary>
    public IReadOnlyList<Order> Ended(CrewEnded ended)
    {
        var orders = new List<Order>();
        if (Of(ended.Member) is { } member)
        {
            // What its next announcement will say. A leader whose session came to its end has what it came for.
            var isServed = member.Said.Leads && ended.Cause is null;
            member.Said = member.Said with { Crews = [.. member.Said.Crews.Where(crew => crew != ended.Crew)], Seats = isServed ? 0 : member.Said.Seats };
            if (_crews.TryGetValue(ended.Crew, out var crew) && crew.Has(member))
            {
                if (ended.Cause is { } cause)
                {
                    if (crew.Holders[member.Name].IsDispensable) member.Failures++;
                    else if (crew.Cause is null) foreach (var one in _members.Where(one => crew.Holders.ContainsKey(one.Name))) one.Failures++;
                    if (!crew.Holders[member.Name].IsDispensable) GiveUp(crew, member.Name, cause, orders);
                }

                Leave(crew, member, ended.Cause is null ? Part.Over : Part.Failed);
            }
        }

        Match(orders);
        return orders;
    }

    /// <summary>A member is gone, or does not answer: crews that cannot do without it end, and their leaders get other ones.</summary>
    public IReadOnlyList<Order> Lost(string name)
    {
        var orders = new List<Order>();
        if (Of(name) is not { } member) return orders;
        _members.Remove(member);
        foreach (var crew in CrewsOf(member))
        {
            if (!crew.Holders[name].IsDispensable) GiveUp(crew, name, $"{member.Said.Label} is gone", orders);
            Leave(crew, member, Part.Away);
        }

        Match(orders);
        return orders;
    }

    static void GiveUp(Crew crew, string except, string cause, List<Order> orders)
    {
        if (crew.Cause is not null) return;
        crew.Cause = cause;
        foreach (var (name, holder) in crew.Holders)
            if (name != except && holder.IsIn) orders.Add(new(name, new Abandoned(crew.Name, cause)));
    }

    void Leave(Crew crew, Member member, Part part)
    {
        crew.Holders[member.Name].Part = part;
        if (!crew.Holders.Values.Any(holder => holder.IsIn)) _crews.Remove(crew.Name);
    }

    /// <summary>Fills places that are empty, then makes a crew for every leader that waits, as long as there is one; first come, first served.</summary>
    void Match(List<Order> orders)
    {
        foreach (var crew in _crews.Values.Where(crew => crew.Cause is null))
        {
            foreach (var place in crew.EmptyPlaces())
            {
                // Others have been told where it is, and know it by its certificate.
                if (_members.Find(member => member.Said.Kind == place.Kind && member.Said.Address == crew.Assignment.Places[place.Place] && crew.PartOf(member) is null or Part.Away && IsFree(member)) is { } back)
                    Put(crew, back, place, orders);
            }
        }

        foreach (var leader in _members.Where(member => member.Said.Leads).ToArray())
        {
            while (IsFree(leader) && Candidates(leader) is var chosen && chosen.TrueForAll(one => one.Member is not null))
            {
                var addresses = chosen.ToDictionary(one => one.Place.Place, one => one.Member!.Said.Address);
                addresses.Add(leader.Said.Kind, leader.Said.Address);
                var crew = new Crew(new Assigned($"{incarnation}-{++_made}", addresses), leader.Said.Wants);
                _crews.Add(crew.Name, crew);
                foreach (var (place, member) in chosen) Put(crew, member!, place, orders);
                Put(crew, leader, null, orders);
            }
        }
    }

    void Put(Crew crew, Member member, Wanted? place, List<Order> orders)
    {
        member.LastChosen = _made;
        crew.Holders[member.Name] = new(place);
        orders.Add(new(member.Name, crew.Assignment));
    }

    /// <summary>For each place that is wanted whoever failed less often, and among those whoever has waited longest; null for one that nobody is free for.</summary>
    /// <param name="evenSilent">Those count, too, that may be gone.</param>
    List<(Wanted Place, Member? Member)> Candidates(Member leader, bool evenSilent = false)
    {
        var chosen = new List<(Wanted Place, Member? Member)>();
        foreach (var wanted in leader.Said.Wants)
        {
            chosen.Add((wanted, _members
                .Where(member => member != leader && member.Said.Kind == wanted.Kind && member.Said.Group == leader.Said.Group && (wanted.Fingerprint ?? member.Said.Address.Fingerprint) == member.Said.Address.Fingerprint
                    && (evenSilent || !IsSilent(member, leader)) && IsFree(member) && !chosen.Exists(one => one.Member == member))
                .OrderBy(member => member.Failures).ThenBy(member => member.LastChosen)
                .FirstOrDefault()));
        }

        return chosen;
    }

    /// <summary>Not heard since the leader was heard before the last time, though everybody announces itself as often.</summary>
    /// <remarks>It matters where a crew goes on without whoever is lost: it would begin without, and stay so. Any other crew fails, and its leader gets a better one.</remarks>
    static bool IsSilent(Member member, Member leader) => leader.Said.Wants.Any(place => place.IsDispensable) && (leader.HeardBefore == 0 || member.Heard < leader.HeardBefore);

    /// <summary>Crews of another board count too, though nobody here knows who else is in them.</summary>
    bool IsFree(Member member) => CrewsOf(member).Select(crew => crew.Name).Union(member.Said.Crews).Count() < member.Said.Seats;

    bool IsOwn(string crew) => crew.StartsWith(incarnation + "-", StringComparison.Ordinal);

    Crew[] CrewsOf(Member member) => [.. _crews.Values.Where(crew => crew.Has(member))];

    Member? Of(string name) => _members.Find(member => member.Name == name);

    sealed class Member(Announced said)
    {
        public string Name => Said.Member;

        public Announced Said { get; set; } = said;

        public int Failures { get; set; }

        public int LastChosen { get; set; }

        /// <summary>Which announcement of all was its last one.</summary>
        public long Heard { get; set; }

        /// <summary>And which its last but one; 0 if there is none.</summary>
        public long HeardBefore { get; set; }
    }

    /// <param name="place">Null of the leader.</param>
    sealed class Holder(Wanted? place)
    {
        public Wanted? Place => place;

        public Part Part { get; set; }

        public bool IsIn => Part is Part.Told or Part.Working;

        public bool IsDispensable => place is { IsDispensable: true };
    }

    sealed class Crew(Assigned assignment, IReadOnlyList<Wanted> wants)
    {
        public string Name => Assignment.Crew;

        public Assigned Assignment { get; } = assignment;

        /// <summary>By member: whoever has, or had, a place.</summary>
        public Dictionary<string, Holder> Holders { get; } = [];

        /// <summary>Why it was given up; null as long as it was not.</summary>
        public string? Cause { get; set; }

        public Part? PartOf(Member member) => Holders.TryGetValue(member.Name, out var holder) ? holder.Part : null;

        public bool Has(Member member) => Holders.TryGetValue(member.Name, out var holder) && holder.IsIn;

        /// <summary>Those that the same one may have again. Any other one would know nothing of what the rest of the crew knows of the first.</summary>
        public Wanted[] EmptyPlaces() => [.. wants.Where(place =>
            place is { IsDispensable: true, Fingerprint: not null } && !Holders.Values.Any(holder => holder.Place?.Place == place.Place && holder.Part is not (Part.Away or Part.Failed)))];
    }
}
