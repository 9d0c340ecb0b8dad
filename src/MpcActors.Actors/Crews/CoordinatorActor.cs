using Akka.Actor;

namespace MpcActors.Actors.Crews;

/// <summary>Gives jobs to free party pairs; what it decides is <see cref="CrewBoard"/>'s. It sees names and addresses, and never a share.</summary>
public sealed class CoordinatorActor : ReceiveActor
{
    const int MostNoted = 10_000;

    readonly CrewBoard _board;
    readonly Action<string> _log;
    readonly Dictionary<string, (IActorRef Actor, string Label)> _members = [];

    /// <summary>Orders are given until they are heard; each is logged once.</summary>
    readonly HashSet<string> _noted = [];

    public CoordinatorActor(string incarnation, Action<string> log)
    {
        (_board, _log) = (new CrewBoard(incarnation), log);
        Receive<Announced>(said =>
        {
            var label = said.Label;
            if (_members.TryAdd(said.Member, (Sender, label)))
            {
                Context.Watch(Sender);
                _log($"{label} is there");
            }

            Give(_board.Heard(said));
            if (_board.Missing(said.Member) is { Count: > 0 } missing) Note($"{label} waits for {string.Join(", ", missing)}");
        });
        Receive<CrewEnded>(ended =>
        {
            if (ended.Cause is not null) Note($"crew {ended.Crew} ends at {(_members.TryGetValue(ended.Member, out var member) ? member.Label : ended.Member)}: {ended.Cause}");
            Give(_board.Ended(ended));
        });
        Receive<ProcessLost>(lost =>
        {
            foreach (var name in _board.Members.Where(lost.IsOf).ToArray()) Lose(name);
        });
        Receive<Terminated>(terminated =>
        {
            foreach (var (name, member) in _members.ToArray())
                if (member.Actor.Equals(terminated.ActorRef)) Lose(name);
        });
    }

    public static Props Props(string incarnation, Action<string> log) => Akka.Actor.Props.Create(() => new CoordinatorActor(incarnation, log));

    void Lose(string name)
    {
        if (!_members.Remove(name, out var member)) return;
        Context.Unwatch(member.Actor);
        _log($"{member.Label} is gone");
        Give(_board.Lost(name));
    }

    void Give(IReadOnlyList<Order> orders)
    {
        foreach (var (member, message) in orders)
        {
            if (message is Assigned assigned) Note($"crew {assigned.Crew}: {assigned.InWords()}");
            if (message is Abandoned abandoned) Note($"crew {abandoned.Crew} is given up: {abandoned.Cause}");
            if (_members.TryGetValue(member, out var known)) known.Actor.Tell(message);
        }
    }

    void Note(string line)
    {
        if (_noted.Count >= MostNoted) _noted.Clear();
        if (_noted.Add(line)) _log(line);
    }
}
