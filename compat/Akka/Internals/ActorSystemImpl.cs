using System.Collections.Concurrent;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Serialization;

namespace Akka.Internals;

internal sealed class ActorSystemImpl : ExtendedActorSystem, IActorRefProvider
{
    private readonly ConcurrentDictionary<string, IActorRef> temporary = new();
    private readonly TaskCompletionSource terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Action> onTermination = [];
    private readonly RealTimeScheduler scheduler;
    private readonly ActorPath rootPath;
    private readonly ActorCell root;
    private readonly ActorCell user;
    private readonly ActorCell system;
    private long lastUid;
    private long lastTemporary;

    public ActorSystemImpl(string name, Config config)
    {
        if (string.IsNullOrEmpty(name) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') || name[0] is '-' or '_')
            throw new ArgumentException($"invalid ActorSystem name [{name}], must contain only word characters (i.e. [a-zA-Z0-9] plus non-leading '-')", nameof(name));
        ArgumentNullException.ThrowIfNull(config);
        Name = name;
        EventStream = new EventStream();
        Settings = new Settings(this, config);
        EventStream.Level = Event.Logging.Parse(Settings.LogLevel);
        rootPath = new ActorPath(new Address("akka", name));
        DeadLetterRef = new DeadLetterRef(rootPath / "deadLetters", EventStream);
        scheduler = new RealTimeScheduler(EventStream);
        Log = Event.Logging.GetLogger(EventStream, $"ActorSystem({name})");
        Serialization = new Serialization.Serialization(this);
        var strategy = GuardianStrategy();

        Engine = new Engine(name);
        root = new ActorCell(this, null, Props.Create<Guardian>().WithSupervisorStrategy(SupervisorStrategy.StoppingStrategy), rootPath);
        root.Send(new SystemMessage.Create());
        system = CellOf(root.ActorOf(Props.Create<Guardian>(), "system"));
        user = CellOf(root.ActorOf(Props.Create<Guardian>().WithSupervisorStrategy(strategy), "user"));
        StartLoggers();
    }

    public Engine Engine { get; }
    public DeadLetterRef DeadLetterRef { get; }

    public override string Name { get; }
    public override Settings Settings { get; }
    public override Serialization.Serialization Serialization { get; }
    public override EventStream EventStream { get; }
    public override IActorRef DeadLetters => DeadLetterRef;
    public override IScheduler Scheduler => scheduler;
    public override ILoggingAdapter Log { get; }
    public override Task WhenTerminated => terminated.Task;
    public override IActorRefProvider Provider => this;

    public override IActorRef ActorOf(Props props, string name = null) => user.ActorOf(props, name);
    public override IActorRef SystemActorOf(Props props, string name = null) => system.ActorOf(props, name);
    public override void Stop(IActorRef actor) => SystemRef.Of(actor)?.SendSystem(new SystemMessage.Stop());

    public override Task Terminate()
    {
        user.Send(new SystemMessage.Stop());
        return WhenTerminated;
    }

    public override void RegisterOnTermination(Action code)
    {
        lock (onTermination) onTermination.Add(code);
    }

    public override string ToString() => rootPath.Address.ToString();

    public long NextUid() => Interlocked.Increment(ref lastUid);

    public ActorPath RegisterTemporary(IActorRef reference)
    {
        var name = $"${Interlocked.Increment(ref lastTemporary)}";
        temporary[name] = reference;
        return rootPath / "temp" / name;
    }

    public void ForgetTemporary(IActorRef reference) => temporary.TryRemove(reference.Path.Name, out _);

    public IActorRef ResolveActorRef(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var prefix = rootPath.Address + "/";
        if (!path.StartsWith(prefix, StringComparison.Ordinal)) return DeadLetters;
        var hash = path.LastIndexOf('#');
        var uid = hash < 0 ? 0 : long.TryParse(path.AsSpan(hash + 1), out var parsed) ? parsed : -1;
        var elements = (hash < 0 ? path : path[..hash])[prefix.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (elements is ["temp", var name]) return temporary.GetValueOrDefault(name, DeadLetters);
        var cell = root;
        foreach (var element in elements)
        {
            cell = cell.ChildCell(element);
            if (cell is null) return DeadLetters;
        }
        return uid == 0 || cell.Self.Path.Uid == uid ? cell.Self : DeadLetters;
    }

    /// <summary>Passes a message through its serializer and back, as akka.actor.serialize-messages asks.</summary>
    /// <returns>False where the serializer failed: the library logs that and drops the message.</returns>
    /// <exception cref="SerializationException">No serializer is bound to the message.</exception>
    public bool Verify(ref object message, ActorCell recipient)
    {
        var payload = message;
        while (payload is IWrappedMessage wrapped and not INoSerializationVerificationNeeded) payload = wrapped.Message;
        var type = payload.GetType();
        if (payload is INoSerializationVerificationNeeded or string || type.IsPrimitive || type.Assembly == typeof(ActorSystemImpl).Assembly) return true;
        var serializer = Serialization.FindSerializerForType(type);
        try
        {
            var bytes = serializer.ToBinary(payload);
            var read = Serialization.Deserialize(bytes, serializer.Identifier, Akka.Serialization.Serialization.ManifestFor(serializer, payload));
            if (ReferenceEquals(payload, message)) message = read;
            return true;
        }
        catch (Exception e)
        {
            EventStream.Publish(new Error(
                new SerializationException($"Failed to serialize and deserialize payload object [{type}] for {recipient.Self}", e),
                recipient.Self.Path.ToString(), recipient.ActorType, "Swallowing exception during message send"));
            return false;
        }
    }

    /// <summary>First the user's actors end, then the loggers, then the root.</summary>
    public void GuardianStopped(IActorRef guardian)
    {
        if (guardian.Equals(user.Self)) system.Send(new SystemMessage.Stop());
        else root.Send(new SystemMessage.Stop());
    }

    public void RootStopped()
    {
        Engine.End();
        scheduler.Dispose();
        lock (onTermination) onTermination.ForEach(code => code());
        terminated.TrySetResult();
    }

    private static ActorCell CellOf(IActorRef reference) => ((LocalActorRef)reference).Cell;

    private SupervisorStrategy GuardianStrategy()
    {
        var name = Settings.SupervisorStrategyClass;
        return TypeNames.Find(name) is { } type && Activator.CreateInstance(type) is SupervisorStrategyConfigurator configurator
            ? configurator.Create()
            : throw new ConfigurationException($"akka.actor.guardian-supervisor-strategy: '{name}' is no {nameof(SupervisorStrategyConfigurator)}");
    }

    private void StartLoggers()
    {
        if (EventStream.Level is not { } level) return;
        foreach (var name in Settings.Loggers)
        {
            var type = TypeNames.Find(name) ?? throw new ConfigurationException($"akka.loggers: there is no type '{name}'");
            var logger = SystemActorOf(Props.Create(type), $"log{NextUid()}-{type.Name}");
            logger.Tell(new InitializeLogger(EventStream), ActorRefs.NoSender);
            for (var at = level; at <= LogLevel.ErrorLevel; at++) EventStream.Subscribe(logger, at.ClassFor());
        }
    }

    private sealed class Guardian : ActorBase
    {
        protected override bool Receive(object message) => false;
    }
}
