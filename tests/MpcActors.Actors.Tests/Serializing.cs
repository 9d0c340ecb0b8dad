using Akka.Actor;
using Akka.Configuration;

namespace MpcActors.Actors.Tests;

/// <summary>The settings of every test here: each message is serialized and read back, and nothing fails because a machine is slow.</summary>
static class Serializing
{
    public static Config Config => ConfigurationFactory.ParseString("""
        akka.actor.serialize-messages = on
        akka.test { single-expect-default = 60s, default-timeout = 60s }
        """).WithFallback(Hocon.Reference);
}

/// <summary>Hands on whatever it gets, as if its sender had sent it there.</summary>
sealed class Relay : ReceiveActor
{
    public Relay(IActorRef to) => ReceiveAny(message => to.Tell(message, Sender));
}

/// <summary>Has one child, and relays what that tells its parent.</summary>
sealed class RelayingParent : ReceiveActor
{
    public RelayingParent(Props child, TaskCompletionSource<IActorRef> started, IActorRef to)
    {
        started.SetResult(Context.ActorOf(child));
        ReceiveAny(message => to.Tell(message, Sender));
    }
}
