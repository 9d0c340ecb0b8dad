using System.Diagnostics;
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
    readonly bool _isRealTime;
    readonly bool _dealsInTime;
    readonly long _begun = Stopwatch.GetTimestamp();
    readonly Dictionary<Role, IActorRef> _actors = [];
    readonly HashSet<Role> _finished = [];
    readonly List<(SealedFrame, Departure)> _sent = [];
    int _started;

    /// <param name="roles">Who takes part, in the order of their first turns.</param>
    /// <param name="isRealTime">Frames arrive when the wall clock says so too.</param>
    /// <param name="dealsInTime">Offline frames take time too.</param>
    public NetworkActor(ConservativeClock<SealedFrame> clock, FaultPlan faults, Transcript transcript, Role[] roles, bool isRealTime = false, bool dealsInTime = false)
    {
        (_clock, _faults, _transcript, _roles, _isRealTime, _dealsInTime) = (clock, faults.Begin(), transcript, roles, isRealTime, dealsInTime);

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

    public static Props Props(ConservativeClock<SealedFrame> clock, FaultPlan faults, Transcript transcript, Role[] roles, bool isRealTime = false, bool dealsInTime = false) =>
        Akka.Actor.Props.Create(() => new NetworkActor(clock, faults, transcript, roles, isRealTime, dealsInTime));

    void Collect(SealedFrame message)
    {
        _transcript.Add(message);
        foreach (var carried in _faults.Apply(message, _clock.Now))
        {
            var frame = carried.Frame;
            _sent.Add((carried, new Departure(
                new Link((int)frame.From, (int)frame.To),
                MessageSerializer.LengthOf(frame),
                $"{frame.From.Name()} → {frame.To.Name()} {frame.Sequence}",
                frame.Phase == Phase.Offline && !_dealsInTime)));
        }
    }

    void OpenTurn()
    {
        if (_faults.Death is { } death)
        {
            Context.Parent.Tell(new SessionBroken(death));
        }
        else if (_started < _roles.Length)
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
            Release(_actors[(Role)delivery.Arrival.Link.To], delivery);
        }
        else
        {
            Context.Parent.Tell(new SessionBroken(Stall()));
        }
    }

    /// <summary>At once, or in a run at real speed when the wall clock has come to the arrival.</summary>
    void Release(IActorRef role, Delivery<SealedFrame> delivery)
    {
        var wait = _isRealTime ? delivery.Arrival.At - Stopwatch.GetElapsedTime(_begun) : TimeSpan.Zero;
        if (wait > TimeSpan.Zero) Context.System.Scheduler.ScheduleTellOnce(wait, role, delivery.Packet, Self);
        else role.Tell(delivery.Packet);
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
