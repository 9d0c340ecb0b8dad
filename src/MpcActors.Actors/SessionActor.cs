using Akka.Actor;
using MpcActors.Protocols;

namespace MpcActors.Actors;

/// <summary>A session ended before its result.</summary>
public sealed class SessionFailedException : Exception
{
    public SessionFailedException()
    {
    }

    public SessionFailedException(string message)
        : base(message)
    {
    }

    public SessionFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>Parent and supervisor of the network and the roles of one session. Whatever fails ends the session; nothing is started again.</summary>
internal sealed class SessionActor : ReceiveActor
{
    readonly TaskCompletionSource _outcome;
    readonly Props _network;
    readonly IReadOnlyDictionary<Role, Func<IActorRef, Props>> _roles;

    public SessionActor(TaskCompletionSource outcome, Props network, IReadOnlyDictionary<Role, Func<IActorRef, Props>> roles)
    {
        (_outcome, _network, _roles) = (outcome, network, roles);
        Receive<SessionDone>(_ =>
        {
            _outcome.TrySetResult();
            Context.Stop(Self);
        });
        Receive<SessionBroken>(broken =>
        {
            _outcome.TrySetException(new SessionFailedException(broken.Cause));
            Context.Stop(Self);
        });
    }

    protected override void PreStart()
    {
        base.PreStart();
        var network = Context.ActorOf(_network, "network");
        foreach (var (role, props) in _roles.OrderBy(entry => entry.Key)) Context.ActorOf(props(network), role.Name());
    }

    protected override void PostStop()
    {
        // Without an outcome by now the system was shut down from outside.
        _outcome.TrySetCanceled();
        base.PostStop();
    }

    // Stop, never Restart: a restarted party would use its one-time masks again. Not logged, since whoever runs the session gets the exception.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, -1, failure =>
    {
        var role = Sender.Path.Name;
        _outcome.TrySetException(failure is OperationCanceledException
            ? failure
            : new SessionFailedException($"{role} failed: {failure.Message}", failure));
        Context.Stop(Self);
        return Directive.Stop;
    }, loggingEnabled: false);
}
