using Akka.Event;
using Akka.Internals;

namespace Akka.Actor;

public abstract class ActorBase
{
    private readonly IActorRef self;
    private SupervisorStrategy strategy;

    protected ActorBase()
    {
        if (ActorCell.Current is not { } cell)
            throw new ActorInitializationException($"You cannot create an instance of {GetType()} explicitly using the constructor (new). Use ActorOf with Props.Create.");
        self = cell.Self;
        cell.Behaviors.Push(Receive);
    }

    /// <summary>Of the actor that is running on this thread.</summary>
    protected static IActorContext Context => ActorCell.Require();

    protected IActorRef Self => self;
    protected IActorRef Sender => Context.Sender;
    protected static Receive EmptyReceive { get; } = _ => false;

    protected abstract bool Receive(object message);

    protected virtual void PreStart() { }

    protected virtual void PostStop() { }

    /// <summary>Called on the failed instance. Stops all children and then acts as if stopped.</summary>
    protected virtual void PreRestart(Exception reason, object message)
    {
        foreach (var child in Context.GetChildren().ToList())
        {
            Context.Unwatch(child);
            Context.Stop(child);
        }
        PostStop();
    }

    /// <summary>Called on the new instance.</summary>
    protected virtual void PostRestart(Exception reason) => PreStart();

    protected virtual SupervisorStrategy SupervisorStrategy() => Actor.SupervisorStrategy.DefaultStrategy;

    /// <summary>What no handler took: published to the event stream; an unhandled <see cref="Terminated"/> throws.</summary>
    protected virtual void Unhandled(object message)
    {
        if (message is Terminated terminated) throw new DeathPactException(terminated.ActorRef);
        Context.System.EventStream.Publish(new UnhandledMessage(message, Sender, Self));
    }

    protected void Become(Receive receive) => Context.Become(receive);
    protected void BecomeStacked(Receive receive) => Context.BecomeStacked(receive);
    protected void UnbecomeStacked() => Context.UnbecomeStacked();
    protected void SetReceiveTimeout(TimeSpan? timeout) => Context.SetReceiveTimeout(timeout);

    internal SupervisorStrategy StrategyFor(Props props) => strategy ??= props.SupervisorStrategy ?? SupervisorStrategy();

    internal void Handle(Receive behavior, object message)
    {
        if (!behavior(message)) Unhandled(message);
    }

    internal virtual void Constructed() { }

    internal void Start() => PreStart();
    internal void Stop() => PostStop();
    internal void BeforeRestart(Exception reason, object message) => PreRestart(reason, message);
    internal void AfterRestart(Exception reason) => PostRestart(reason);
}

public abstract class UntypedActor : ActorBase
{
    protected static new IUntypedActorContext Context => ActorCell.Require();

    protected sealed override bool Receive(object message)
    {
        OnReceive(message);
        return true;
    }

    protected abstract void OnReceive(object message);

    protected void Become(UntypedReceive receive) => Context.Become(receive);
    protected void BecomeStacked(UntypedReceive receive) => Context.BecomeStacked(receive);
}
