using Akka.Actor;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Actors;

/// <summary>What a role does, as sequential code over its links. It awaits frames and nothing else: virtual time knows of no other wait.</summary>
public delegate ValueTask RoleProgram(Port port);

/// <summary>Hosts one role: a computing party, the dealer, an owner. It moves frames; what they mean is its program's affair.</summary>
/// <remarks>
/// A frame resumes the program inside this actor's Receive, so the program keeps the actor's one thread of control. What fails in
/// it is rethrown here: the session stops this actor and never restarts it, since one-time masks would be used twice.
/// </remarks>
internal sealed class RoleActor : ReceiveActor
{
    readonly Port _port;
    readonly FrameSeal _seal;
    readonly Work _work;
    readonly IActorRef _network;
    readonly bool _dealsInTime;
    Task _run = Task.CompletedTask;

    public RoleActor(Role role, RoleProgram program, IActorRef network, Seed frameKey, Work work, bool dealsInTime = false)
    {
        (_network, _work, _seal, _dealsInTime) = (network, work, new FrameSeal(frameKey), dealsInTime);
        _port = new Port(role, frame => _network.Tell(_seal.Seal(frame)));

        Receive<Start>(_ => Turn(() => _run = program(_port).AsTask()));
        Receive<SealedFrame>(message => Turn(() => _port.Deliver(Open(message))));
    }

    public static Props Props(Role role, RoleProgram program, IActorRef network, Seed frameKey, Work work, bool dealsInTime = false) =>
        Akka.Actor.Props.Create(() => new RoleActor(role, program, network, frameKey, work, dealsInTime));

    protected override void PreStart()
    {
        base.PreStart();
        _network.Tell(new Ready(_port.Self));
    }

    protected override void PostStop()
    {
        _seal.Dispose();
        base.PostStop();
    }

    void Turn(Action body)
    {
        // Roles take turns, so what the process uses in between is this role's.
        if (_work.IsMeasured) _port.Meter.BeginTurn();
        var turn = _work.Begin(_port.Meter);
        body();
        if (_work.IsMeasured) _port.Meter.EndTurn();
        if (_run.IsCompleted) _run.GetAwaiter().GetResult();
        var (busy, offline) = turn.End();

        // What the dealer does needs no inputs, so all of it could have been done before.
        if (_dealsInTime) (busy, offline) = (busy + offline, TimeSpan.Zero);
        else if (_port.Self == Role.Dealer) (busy, offline) = (TimeSpan.Zero, busy + offline);
        _network.Tell(new TurnDone(_port.Self, busy, offline, _run.IsCompleted));
    }

    Frame Open(SealedFrame message)
    {
        if (message.Frame.Phase == Phase.Online) return _seal.Open(message);
        using var offline = _port.Meter.Offline();
        return _seal.Open(message);
    }
}
