using Akka.Actor;
using MpcActors.Network;
using MpcActors.Protocols;

namespace MpcActors.Actors;

/// <summary>The simulated network between the roles: keeps virtual time and lets one role take one turn after another.</summary>
/// <remarks>
/// A turn's frames come first and its <see cref="TurnDone"/> last, since a pair of actors keeps order; only then do the frames
/// go onto their links and is the next arrival released. All else about time is <see cref="ConservativeClock{TPacket}"/>'s.
/// </remarks>
internal sealed class NetworkActor : ReceiveActor
{
    readonly ConservativeClock<SealedFrame> _clock;
    readonly FaultyLinks _faults;
    readonly Transcript _transcript;
    readonly Role[] _roles;
    readonly Dictionary<Role, IActorRef> _actors = [];
    readonly HashSet<Role> _finished = [];
    readonly List<(SealedFrame, Departure)> _sent = [];
    int _started;

    /// <param name="roles">Who takes part, in the order of their first turns.</param>
    public NetworkActor(ConservativeClock<SealedFrame> clock, FaultPlan faults, Transcript transcript, Role[] roles)
    {
        (_clock, _faults, _transcript, _roles) = (clock, faults.Begin(), transcript, roles);

        Receive<Ready>(ready =>
        {
            _actors[ready.Role] = Sender;
            if (_actors.Count == _roles.Length) OpenTurn();
        });
        Receive<SealedFrame>(Collect);
        Receive<TurnDone>(done =>
        {
            if (done.IsFinished) _finished.Add(done.Role);
            _clock.EndTurn((int)done.Role, done.Busy, done.OfflineBusy, _sent);
            _sent.Clear();
            OpenTurn();
        });
    }

    public static Props Props(ConservativeClock<SealedFrame> clock, FaultPlan faults, Transcript transcript, Role[] roles) =>
        Akka.Actor.Props.Create(() => new NetworkActor(clock, faults, transcript, roles));

    void Collect(SealedFrame message)
    {
        _transcript.Add(message);
        foreach (var carried in _faults.Apply(message))
        {
            var frame = carried.Frame;
            _sent.Add((carried, new Departure(
                new Link((int)frame.From, (int)frame.To),
                MessageSerializer.LengthOf(frame),
                $"{frame.From.Name()} → {frame.To.Name()} {frame.Sequence}",
                frame.Phase == Phase.Offline)));
        }
    }

    void OpenTurn()
    {
        if (_started < _roles.Length)
        {
            var role = _roles[_started++];
            _clock.Start((int)role);
            _actors[role].Tell(Start.Instance);
        }
        else if (_finished.Count == _roles.Length)
        {
            Context.Parent.Tell(SessionDone.Instance);
        }
        else if (_clock.TryNext(out var delivery))
        {
            _actors[(Role)delivery.Arrival.Link.To].Tell(delivery.Packet);
        }
        else
        {
            Context.Parent.Tell(new SessionBroken(Stall()));
        }
    }

    /// <summary>Who waits, and which frames will never come.</summary>
    string Stall()
    {
        var waiting = string.Join(", ", _roles.Where(role => !_finished.Contains(role)).Select(role => role.Name()));
        Frame[] missing = [.. _clock.Undelivered.Select(undelivered => undelivered.Packet.Frame), .. _faults.Lost];
        return missing.Length == 0
            ? $"the session is stuck: {waiting} await frames that nobody sends"
            : $"the session is stuck: {waiting} await frames, and these never arrived: {string.Join("; ", missing.Take(5).Select(frame => frame.ToString()))}";
    }
}
