using Akka.Actor;

namespace MpcActors.Actors.Crews;

/// <summary>One session with the crew that was given, until it is over.</summary>
/// <exception cref="SessionFailedException">It failed; the message is for the coordinator's log, too.</exception>
public delegate Task CrewSession(Assigned crew, CancellationToken cancellation);

/// <summary>Speaks for a process in the cluster: announces it, starts a session for each crew that it is put into, and ends it when the coordinator gives the crew up.</summary>
/// <remarks>The sessions run beside it, over connections of their own. Peers that are not pinned are refused there, whoever put them into a crew.</remarks>
public sealed class MemberActor : ReceiveActor, IWithTimers
{
    /// <summary>A coordinator that lost the last word of a crew asks again, not long after.</summary>
    const int Remembered = 100;

    readonly Announced _self;
    readonly IActorRef _coordinator;
    readonly TimeSpan _every;
    readonly Dictionary<string, CancellationTokenSource> _crews = [];
    readonly Queue<CrewEnded> _ended = new();

    /// <summary>Whoever leads wants one session, and had it.</summary>
    bool _isServed;

    public MemberActor(Announced self, IActorRef coordinator, CrewSession run, TimeSpan every)
    {
        (_self, _coordinator, _every) = (self, coordinator, every);
        Receive<Announce>(_ => Say());
        Receive<Assigned>(crew =>
        {
            if (_crews.ContainsKey(crew.Crew)) return;
            if (_ended.FirstOrDefault(ended => ended.Crew == crew.Crew) is { } over) _coordinator.Tell(over);
            else if (_crews.Count >= self.Seats) _coordinator.Tell(new CrewEnded(self.Member, crew.Crew, $"{self.Label} has no seat free"));
            else Begin(crew, run);
        });
        Receive<Abandoned>(given =>
        {
            if (_crews.TryGetValue(given.Crew, out var stop)) stop.Cancel();
            else _coordinator.Tell(new CrewEnded(self.Member, given.Crew, "it had not begun"));
        });
        Receive<CrewEnded>(ended =>
        {
            if (_crews.Remove(ended.Crew, out var stop)) stop.Dispose();
            _ended.Enqueue(ended);
            if (_ended.Count > Remembered) _ended.Dequeue();
            _isServed |= self.Leads && ended.Cause is null;
            _coordinator.Tell(ended);
            Say();
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(Announced self, IActorRef coordinator, CrewSession run, TimeSpan every) => Akka.Actor.Props.Create(() => new MemberActor(self, coordinator, run, every));

    protected override void PreStart()
    {
        base.PreStart();
        Timers.StartPeriodicTimer(nameof(Announce), Announce.Instance, TimeSpan.Zero, _every);
    }

    protected override void PostStop()
    {
        foreach (var stop in _crews.Values) stop.Cancel();
        base.PostStop();
    }

    void Say() => _coordinator.Tell(_self with { Crews = [.. _crews.Keys], Seats = _isServed ? 0 : _self.Seats });

    void Begin(Assigned crew, CrewSession run)
    {
        var stop = new CancellationTokenSource();
        _crews.Add(crew.Crew, stop);
        var (token, self) = (stop.Token, Self);
        _ = Task.Run(async () => self.Tell(new CrewEnded(_self.Member, crew.Crew, await Outcome(crew, run, token)), ActorRefs.NoSender), CancellationToken.None);
        Say();
    }

    /// <summary>Null, or why it failed: a session's own sentence, or an exception's type alone, whose message might quote what it worked on.</summary>
    static async Task<string?> Outcome(Assigned crew, CrewSession run, CancellationToken cancellation)
    {
        try
        {
            await run(crew, cancellation);
            return null;
        }
        catch (SessionFailedException problem)
        {
            return problem.Message;
        }
        catch (OperationCanceledException)
        {
            return "it was ended from outside";
        }
        catch (Exception problem)
        {
            return problem.GetType().Name;
        }
    }

    sealed class Announce : INotInfluenceReceiveTimeout
    {
        public static Announce Instance { get; } = new();
    }
}
