using Akka.Event;

namespace Akka.Actor;

public interface IAutoReceivedMessage;

public interface IPossiblyHarmful;

public interface INotInfluenceReceiveTimeout;

/// <summary>Exempts a message from akka.actor.serialize-messages.</summary>
public interface INoSerializationVerificationNeeded;

public interface IWrappedMessage
{
    object Message { get; }
}

/// <summary>Stops the actor once the messages before it are handled.</summary>
public sealed class PoisonPill : IAutoReceivedMessage, IPossiblyHarmful, IDeadLetterSuppression
{
    private PoisonPill() { }
    public static PoisonPill Instance { get; } = new();
    public override string ToString() => "<PoisonPill>";
}

/// <summary>Makes the actor throw <see cref="ActorKilledException"/>.</summary>
public sealed class Kill : IAutoReceivedMessage, IPossiblyHarmful
{
    private Kill() { }
    public static Kill Instance { get; } = new();
    public override string ToString() => "<Kill>";
}

public class ReceiveTimeout : IPossiblyHarmful
{
    private ReceiveTimeout() { }
    public static ReceiveTimeout Instance { get; } = new();
}

/// <summary>A watched actor has stopped.</summary>
public sealed class Terminated(IActorRef actorRef, bool existenceConfirmed, bool addressTerminated)
    : IAutoReceivedMessage, IPossiblyHarmful, IDeadLetterSuppression, INoSerializationVerificationNeeded, IEquatable<Terminated>
{
    public IActorRef ActorRef { get; } = actorRef;
    public bool ExistenceConfirmed { get; } = existenceConfirmed;
    public bool AddressTerminated { get; } = addressTerminated;

    public bool Equals(Terminated other) => other is not null && ActorRef.Equals(other.ActorRef)
        && ExistenceConfirmed == other.ExistenceConfirmed && AddressTerminated == other.AddressTerminated;

    public override bool Equals(object obj) => Equals(obj as Terminated);
    public override int GetHashCode() => ActorRef.GetHashCode();
    public override string ToString() => $"<Terminated>: {ActorRef} - ExistenceConfirmed={ExistenceConfirmed}";
}

public abstract class Status
{
    public sealed class Success(object status) : Status
    {
        public static readonly Success Instance = new(null);
        public readonly object Status = status;
        public override string ToString() => $"Success: {Status ?? "null"}";
    }

    public sealed class Failure : Status
    {
        public readonly Exception Cause;
        public readonly object State;
        public Failure(Exception cause) => Cause = cause;
        public Failure(Exception cause, object state) => (Cause, State) = (cause, state);
        public override string ToString() => $"Failure: {Cause}";
    }
}

public readonly struct Envelope
{
    public Envelope(object message, IActorRef sender) => (Message, Sender) = (message, sender);
    public object Message { get; }
    public IActorRef Sender { get; }
    public override string ToString() => $"<{Message}> from {Sender}";
}
