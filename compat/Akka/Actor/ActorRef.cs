using Akka.Internals;

namespace Akka.Actor;

public interface ICanTell
{
    void Tell(object message, IActorRef sender);
}

public interface IActorRef : ICanTell, IEquatable<IActorRef>, IComparable<IActorRef>, IComparable
{
    ActorPath Path { get; }
}

public abstract class ActorRefBase : IActorRef
{
    public abstract ActorPath Path { get; }

    public void Tell(object message, IActorRef sender)
    {
        ArgumentNullException.ThrowIfNull(message);
        TellInternal(message, sender ?? ActorRefs.NoSender);
    }

    protected abstract void TellInternal(object message, IActorRef sender);

    /// <summary>The same incarnation: an actor started later under the same name is another.</summary>
    public bool Equals(IActorRef other) =>
        ReferenceEquals(this, other) || (other is not null && Path.Uid == other.Path.Uid && Path.Equals(other.Path));

    public override bool Equals(object obj) => Equals(obj as IActorRef);
    public override int GetHashCode() => HashCode.Combine(Path.Uid, Path.Name);
    public int CompareTo(IActorRef other) => Path.CompareTo(other?.Path) is var order and not 0 ? order : Path.Uid.CompareTo(other.Path.Uid);
    public int CompareTo(object obj) => CompareTo((IActorRef)obj);
    public override string ToString() => Path.Uid == 0 ? $"[{Path}]" : $"[{Path}#{Path.Uid}]";
}

public static class ActorRefs
{
    public static readonly Nobody Nobody = Nobody.Instance;

    /// <summary>No actor: a Tell from outside an actor has this sender, which is null.</summary>
    public static readonly IActorRef NoSender;
}

/// <summary>The actor that is not there; swallows what it is told.</summary>
public sealed class Nobody : ActorRefBase
{
    private Nobody() { }
    public static Nobody Instance { get; } = new();
    public override ActorPath Path { get; } = new ActorPath(new Address("akka", "all-systems")) / "Nobody";
    protected override void TellInternal(object message, IActorRef sender) { }
}

public static class ActorRefImplicitSenderExtensions
{
    /// <summary>Sends with the actor that is running now as sender, or none outside an actor.</summary>
    public static void Tell(this IActorRef receiver, object message) => receiver.Tell(message, ActorCell.Current?.Self ?? ActorRefs.NoSender);

    /// <summary>Sends on with the sender of the message that is being handled.</summary>
    public static void Forward(this IActorRef receiver, object message) => receiver.Tell(message, ActorCell.Current?.Sender ?? ActorRefs.NoSender);
}
