using Akka.Actor;

namespace Akka.Internals;

/// <summary>What actors tell each other about life and death; handled before any ordinary message.</summary>
internal abstract record SystemMessage
{
    public sealed record Create : SystemMessage;
    public sealed record Stop : SystemMessage;
    public sealed record Resume : SystemMessage;
    public sealed record Restart(Exception Cause) : SystemMessage;
    public sealed record Failed(ActorCell Child, Exception Cause) : SystemMessage;
    public sealed record Watch(ISystemRef Watcher) : SystemMessage;
    public sealed record Unwatch(ISystemRef Watcher) : SystemMessage;
    public sealed record Died(IActorRef Actor) : SystemMessage;
}

internal interface ISystemRef : IActorRef
{
    void SendSystem(SystemMessage message);
}

/// <summary>Something that stands for an actor and passes on what it is told, as a test probe does.</summary>
internal interface IActorRefWrapper
{
    IActorRef Wrapped { get; }
}

internal static class SystemRef
{
    public static ISystemRef Of(IActorRef reference) => reference switch
    {
        IActorRefWrapper wrapper => Of(wrapper.Wrapped),
        ISystemRef system => system,
        _ => null,
    };
}
