using Akka.Configuration;
using Akka.Event;
using Akka.Internals;

namespace Akka.Actor;

public abstract class ActorSystem : IActorRefFactory, IDisposable
{
    public abstract string Name { get; }
    public abstract Settings Settings { get; }
    public abstract Serialization.Serialization Serialization { get; }
    public abstract EventStream EventStream { get; }
    public abstract IActorRef DeadLetters { get; }
    public abstract IScheduler Scheduler { get; }
    public abstract ILoggingAdapter Log { get; }
    public abstract Task WhenTerminated { get; }

    public static ActorSystem Create(string name) => Create(name, ConfigurationFactory.Empty);

    /// <exception cref="ArgumentException">The name is not letters, digits and hyphens.</exception>
    public static ActorSystem Create(string name, Config config) => new ActorSystemImpl(name, config);

    /// <summary>Returns before the actor has started.</summary>
    public abstract IActorRef ActorOf(Props props, string name = null);

    public abstract void Stop(IActorRef actor);
    public abstract void RegisterOnTermination(Action code);

    /// <summary>Stops all actors; the task ends when they have.</summary>
    public abstract Task Terminate();

    /// <summary>Starts the termination without waiting for it.</summary>
    public void Dispose() => Terminate();
}

public interface IActorRefProvider
{
    IActorRef DeadLetters { get; }
    IActorRef ResolveActorRef(string path);
}

public abstract class ExtendedActorSystem : ActorSystem
{
    public abstract IActorRefProvider Provider { get; }
    public abstract IActorRef SystemActorOf(Props props, string name = null);
}

public class Settings
{
    internal Settings(ActorSystem system, Config config)
    {
        System = system;
        Config = config.WithFallback(ConfigurationFactory.Default());
        LogLevel = Config.GetString("akka.loglevel");
        StdoutLogLevel = Config.GetString("akka.stdout-loglevel");
        Loggers = Config.GetStringList("akka.loggers");
        SerializeAllMessages = Config.GetBoolean("akka.actor.serialize-messages");
        SupervisorStrategyClass = Config.GetString("akka.actor.guardian-supervisor-strategy");
        AskTimeout = Config.GetTimeSpan("akka.actor.ask-timeout");
        DebugUnhandledMessage = Config.GetBoolean("akka.actor.debug.unhandled");
        var provider = Config.GetString("akka.actor.provider");
        if (provider is not ("local" or "Akka.Actor.LocalActorRefProvider" or "Akka.Actor.LocalActorRefProvider, Akka"))
            throw new ConfigurationException($"akka.actor.provider = {provider} needs the packages Akka.Remote or Akka.Cluster; here actors are local");
    }

    public ActorSystem System { get; }
    public Config Config { get; }
    public string LogLevel { get; }
    public string StdoutLogLevel { get; }
    public IList<string> Loggers { get; }
    public bool SerializeAllMessages { get; }
    public string SupervisorStrategyClass { get; }
    public TimeSpan AskTimeout { get; }
    public bool DebugUnhandledMessage { get; }
}
