using Akka.Actor;
using Akka.Event;

namespace Akka.Internals;

internal sealed class LocalActorRef(ActorCell cell, ActorPath path) : ActorRefBase, ISystemRef
{
    public ActorCell Cell { get; } = cell;
    public override ActorPath Path { get; } = path;

    public void SendSystem(SystemMessage message) => Cell.Send(message);

    protected override void TellInternal(object message, IActorRef sender) => Cell.Send(message, sender);
}

/// <summary>Takes what no actor can take any more and publishes it as <see cref="DeadLetter"/>.</summary>
internal sealed class DeadLetterRef(ActorPath path, EventStream events) : ActorRefBase, ISystemRef
{
    public override ActorPath Path { get; } = path;

    public void SendSystem(SystemMessage message)
    {
        if (message is SystemMessage.Watch watch) watch.Watcher.SendSystem(new SystemMessage.Died(this));
    }

    public void Publish(object message, IActorRef sender, IActorRef recipient)
    {
        if (message is DeadLetter letter) events.Publish(letter);
        else if (message is IDeadLetterSuppression suppressed) events.Publish(new SuppressedDeadLetter(suppressed, sender ?? this, recipient));
        else events.Publish(new DeadLetter(message, sender ?? this, recipient));
    }

    protected override void TellInternal(object message, IActorRef sender) => Publish(message, sender, this);
}
