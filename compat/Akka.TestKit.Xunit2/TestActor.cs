using System.Collections.Concurrent;
using Akka.Actor;

namespace Akka.TestKit;

public abstract class MessageEnvelope
{
    public abstract object Message { get; }
    public abstract IActorRef Sender { get; }
}

public sealed class RealMessageEnvelope(object message, IActorRef sender) : MessageEnvelope
{
    public override object Message { get; } = message;
    public override IActorRef Sender { get; } = sender;
    public override string ToString() => $"<{Message ?? "null"}> from {Sender}";
}

/// <summary>Nothing was received.</summary>
public sealed class NullMessageEnvelope : MessageEnvelope
{
    public static readonly NullMessageEnvelope Instance = new();
    public override object Message => null;
    public override IActorRef Sender => ActorRefs.NoSender;
    public override string ToString() => "<null> from nobody";
}

/// <summary>A test kit with this mark does not send as its test actor.</summary>
public interface INoImplicitSender;

/// <summary>Puts aside what it receives until the test asks for it.</summary>
internal sealed class InternalTestActor(BlockingCollection<MessageEnvelope> received) : ActorBase
{
    private Func<object, bool> ignores;

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case Ignore ignore:
                ignores = ignore.Predicate;
                break;
            case WatchOrder watch when watch.Begin:
                Context.Watch(watch.Subject);
                break;
            case WatchOrder watch:
                Context.Unwatch(watch.Subject);
                break;
            default:
                if (ignores?.Invoke(message) != true) received.Add(new RealMessageEnvelope(message, Sender));
                break;
        }
        return true;
    }

    public sealed record Ignore(Func<object, bool> Predicate) : INoSerializationVerificationNeeded;

    public sealed record WatchOrder(IActorRef Subject, bool Begin) : INoSerializationVerificationNeeded;
}
