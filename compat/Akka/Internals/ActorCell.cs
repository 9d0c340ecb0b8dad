using System.Globalization;
using Akka.Actor;
using Akka.Event;

namespace Akka.Internals;

/// <summary>One actor's place in the tree: it outlives the instances that restarts put into it.</summary>
internal sealed class ActorCell : IUntypedActorContext
{
    [ThreadStatic] private static ActorCell current;

    private readonly LocalActorRef self;
    private readonly Children children = new();
    private readonly DeathWatch watch;
    private readonly List<Envelope> held = [];
    private ActorBase actor;
    private Envelope envelope;
    private Envelope failedOn;
    private Exception restartCause;
    private bool suspended;
    private bool stopRequested;
    private bool terminating;
    private bool terminated;
    private TimeSpan? receiveTimeout;
    private Cancelable receiveTimer;

    public ActorCell(ActorSystemImpl system, ActorCell parent, Props props, ActorPath path)
    {
        SystemImpl = system;
        ParentCell = parent;
        Props = props;
        self = new LocalActorRef(this, path);
        watch = new DeathWatch(self);
    }

    /// <summary>Of the actor running on this thread; a test kit sets it to send as its test actor.</summary>
    public static ActorCell Current
    {
        get => current;
        set => current = value;
    }

    public static ActorCell Require() => current
        ?? throw new NotSupportedException("There is no active ActorContext, this is most likely due to use of async operations from within this actor.");

    public ActorSystemImpl SystemImpl { get; }
    public ActorCell ParentCell { get; }
    public Props Props { get; }
    public Stack<Receive> Behaviors { get; } = new();
    public RestartCount Restarts { get; } = new();
    public Type ActorType => Props.Type;

    /// <summary>Whether it is on its way out, or its parent has told it to be.</summary>
    public bool IsStopping => stopRequested || terminating;

    public IActorRef Self => self;
    public IActorRef Sender => envelope.Sender ?? SystemImpl.DeadLetters;
    public IActorRef Parent => ParentCell?.Self ?? ActorRefs.Nobody;
    public ActorSystem System => SystemImpl;
    public TimeSpan? ReceiveTimeout => receiveTimeout;
    public Envelope CurrentEnvelope => envelope;
    public object CurrentMessage => envelope.Message;

    /// <summary>Counts the messages, so that the stash can tell one from the next.</summary>
    public long Turn { get; private set; }

    public void Send(SystemMessage message)
    {
        if (!SystemImpl.Engine.Enqueue(this, message) && message is SystemMessage.Watch watch)
            watch.Watcher.SendSystem(new SystemMessage.Died(Self));
    }

    public void Send(object message, IActorRef sender)
    {
        if (SystemImpl.Settings.SerializeAllMessages && !SystemImpl.Verify(ref message, this)) return;
        SystemImpl.Engine.Enqueue(this, new Envelope(message, sender));
    }

    public void PutFirst(Envelope first)
    {
        if (suspended) held.Insert(0, first);
        else SystemImpl.Engine.PutFirst(this, first);
    }

    public IActorRef ActorOf(Props props, string name = null) => ActorOf(props, name, byName: name is not null);

    public IActorRef Child(string name) => children.Find(name)?.Self ?? ActorRefs.Nobody;
    public ActorCell ChildCell(string name) => children.Find(name);
    public IEnumerable<IActorRef> GetChildren() => children.All().ConvertAll(c => c.Self);

    public void Stop(IActorRef child)
    {
        var target = SystemRef.Of(child);
        // A restart waits for the children that its PreRestart stops.
        if (target is LocalActorRef local && local.Cell.ParentCell == this) local.Cell.stopRequested = true;
        target?.SendSystem(new SystemMessage.Stop());
    }

    public IActorRef Watch(IActorRef subject) => watch.Begin(subject, null);

    public IActorRef WatchWith(IActorRef subject, object message) => watch.Begin(subject, message ?? throw new ArgumentNullException(nameof(message)));

    public IActorRef Unwatch(IActorRef subject) => watch.End(subject);

    public void Become(Receive receive)
    {
        if (Behaviors.Count > 1) Behaviors.Pop();
        Behaviors.Push(receive);
    }

    public void BecomeStacked(Receive receive) => Behaviors.Push(receive);
    public void Become(UntypedReceive receive) => Become(Untyped(receive));
    public void BecomeStacked(UntypedReceive receive) => BecomeStacked(Untyped(receive));

    /// <summary>The first behaviour always stays.</summary>
    public void UnbecomeStacked()
    {
        if (Behaviors.Count > 1) Behaviors.Pop();
    }

    public void SetReceiveTimeout(TimeSpan? timeout)
    {
        receiveTimeout = timeout;
        ArmReceiveTimeout();
    }

    internal IActorRef ActorOf(Props props, string name, bool byName)
    {
        ArgumentNullException.ThrowIfNull(props);
        if (byName && !ActorPath.IsValidPathElement(name))
            throw new InvalidActorNameException(name.Length == 0
                ? "Actor name must not be empty."
                : $"Illegal actor name [{name}]. Actor paths MUST: not start with `$`, include only ASCII letters and can only contain these special characters: {ActorPath.ValidSymbols}.");
        if (!SystemImpl.Settings.Config.HasPath(props.Dispatcher))
            throw new Configuration.ConfigurationException($"Dispatcher [{props.Dispatcher}] not configured for path {Self.Path / (name ?? "")}");
        var cell = children.Add(name, n => new ActorCell(SystemImpl, this, props, (Self.Path / n).WithUid(SystemImpl.NextUid())));
        cell.Send(new SystemMessage.Create());
        return cell.Self;
    }

    public void Invoke(Envelope next)
    {
        if (terminating || terminated)
        {
            SystemImpl.DeadLetterRef.Publish(next.Message, next.Sender, Self);
            return;
        }
        if (suspended)
        {
            held.Add(next);
            return;
        }
        current = this;
        envelope = next;
        Turn++;
        try
        {
            Handle(next.Message);
        }
        catch (Exception e)
        {
            Fail(e);
        }
        if (receiveTimeout is not null && next.Message is not INotInfluenceReceiveTimeout) ArmReceiveTimeout();
        envelope = default;
        current = null;
    }

    public void Invoke(SystemMessage message)
    {
        current = this;
        try
        {
            switch (message)
            {
                case SystemMessage.Watch begin: watch.AddWatcher(begin.Watcher, terminated); break;
                case SystemMessage.Unwatch end: watch.RemoveWatcher(end.Watcher); break;
                case var _ when terminated: break;
                case SystemMessage.Create: Create(); break;
                case SystemMessage.Stop: Terminate(); break;
                case SystemMessage.Resume: Resume(); break;
                case SystemMessage.Restart restart: BeginRestart(restart.Cause); break;
                case SystemMessage.Failed failed: Supervise(failed); break;
                case SystemMessage.Died died: Bury(died.Actor); break;
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }
        current = null;
    }

    private static Receive Untyped(UntypedReceive receive) => message =>
    {
        receive(message);
        return true;
    };

    private void Handle(object message)
    {
        switch (message)
        {
            case PoisonPill:
                Terminate();
                return;
            case Kill:
                throw new ActorKilledException("Kill");
            case Terminated died:
                message = watch.Hear(died);
                if (message is null) return;
                break;
            case TimerScheduler.Tick tick:
                message = actor is IWithTimers { Timers: TimerScheduler timers } ? timers.Accept(tick) : null;
                if (message is null) return;
                break;
        }
        if (message != envelope.Message) envelope = new Envelope(message, envelope.Sender);
        actor.Handle(Behaviors.Peek(), message);
    }

    private void Create()
    {
        try
        {
            NewInstance();
            actor.Start();
        }
        catch (Exception e)
        {
            actor = null;
            throw new ActorInitializationException(Self, "Exception during creation", e);
        }
    }

    private void NewInstance()
    {
        Behaviors.Clear();
        actor = Props.NewActor();
        actor.Constructed();
        if (actor is IActorStash stashing) stashing.Stash = new UnboundedStash(this);
        if (actor is IWithTimers timed) timed.Timers = new TimerScheduler(this);
    }

    /// <summary>Nothing more is handled until the parent has decided.</summary>
    private void Fail(Exception cause)
    {
        if (terminating || terminated)
        {
            LogError(cause, cause.Message);
            return;
        }
        suspended = true;
        failedOn = envelope;
        if (ParentCell is not null) ParentCell.Send(new SystemMessage.Failed(this, cause));
        else Terminate();
    }

    private void Supervise(SystemMessage.Failed failed)
    {
        if (children.Find(failed.Child.Self.Path.Name) != failed.Child) return;
        var strategy = actor?.StrategyFor(Props) ?? SupervisorStrategy.DefaultStrategy;

        // A decider may ask who failed: it is the sender.
        envelope = new Envelope(failed, failed.Child.Self);
        var isHandled = strategy.HandleFailure(failed.Child, failed.Cause, children.All());
        envelope = default;
        if (!isHandled) Fail(failed.Cause);
    }

    private void Resume()
    {
        if (!suspended) return;
        if (actor is null)
        {
            suspended = false;
            Create();
        }
        Release();
        foreach (var child in children.All())
            if (child.suspended) child.Send(new SystemMessage.Resume());
    }

    private void BeginRestart(Exception cause)
    {
        if (terminating || restartCause is not null) return;
        suspended = true;
        if (actor is not null)
        {
            try
            {
                envelope = failedOn;
                actor.BeforeRestart(cause, failedOn.Message);
                LeaveInstance();
            }
            catch (Exception e)
            {
                LogError(e, $"PreRestart threw: {e.Message}");
            }
            envelope = default;
        }
        restartCause = cause;
        if (!children.AnyStopping()) FinishRestart();
    }

    private void FinishRestart()
    {
        var cause = restartCause;
        restartCause = null;
        failedOn = default;
        var survivors = children.All();
        var restarting = actor is not null;
        try
        {
            NewInstance();
            if (restarting) actor.AfterRestart(cause);
            else actor.Start();
        }
        catch (Exception e)
        {
            actor = null;
            throw restarting ? new PostRestartException(Self, e, cause) : new ActorInitializationException(Self, "Exception during creation", e);
        }
        Release();
        foreach (var child in survivors) child.Send(new SystemMessage.Restart(cause));
    }

    /// <summary>What was put aside or waits on a timer belongs to the old instance; stashed messages go back to the mailbox.</summary>
    private void LeaveInstance()
    {
        if (actor is IActorStash { Stash: { } stash }) stash.UnstashAll();
        if (actor is IWithTimers { Timers: { } timers }) timers.CancelAll();
    }

    private void Release()
    {
        suspended = false;
        failedOn = default;
        for (var i = held.Count - 1; i >= 0; i--) PutFirst(held[i]);
        held.Clear();
    }

    private void Terminate()
    {
        if (terminating || terminated) return;
        terminating = true;
        restartCause = null;
        receiveTimer?.Cancel();
        foreach (var child in children.Close()) child.Send(new SystemMessage.Stop());
        if (children.IsEmpty) FinishTermination();
    }

    private void FinishTermination()
    {
        var outer = envelope;
        try
        {
            if (actor is not null)
            {
                actor.Stop();
                LeaveInstance();
            }
        }
        catch (Exception e)
        {
            LogError(e, e.Message);
        }
        terminated = true;
        actor = null;
        envelope = outer;
        foreach (var unread in held) SystemImpl.DeadLetterRef.Publish(unread.Message, unread.Sender, Self);
        held.Clear();
        watch.EndAll();

        var news = new SystemMessage.Died(Self);
        if (ParentCell is not null) ParentCell.Send(news);
        else SystemImpl.RootStopped();
        // The parent has heard it as such.
        foreach (var watcher in watch.Watchers)
            if (watcher != ParentCell?.Self) watcher.SendSystem(news);
    }

    private void Bury(IActorRef corpse)
    {
        var wasChild = children.Remove(corpse);
        if (watch.Bury(corpse)) SystemImpl.Engine.Enqueue(this, new Envelope(new Terminated(corpse, true, false), corpse));
        if (!wasChild) return;
        if (ParentCell is null) SystemImpl.GuardianStopped(corpse);
        if (terminating && children.IsEmpty) FinishTermination();
        else if (restartCause is not null && !children.AnyStopping()) FinishRestart();
    }

    private void ArmReceiveTimeout()
    {
        receiveTimer?.Cancel();
        receiveTimer = null;
        if (receiveTimeout is not { } timeout || terminating || timeout == Timeout.InfiniteTimeSpan) return;
        receiveTimer = new Cancelable(SystemImpl.Scheduler);
        SystemImpl.Scheduler.ScheduleTellOnce(timeout, self, Actor.ReceiveTimeout.Instance, self, receiveTimer);
    }

    private void LogError(Exception cause, string message) =>
        SystemImpl.EventStream.Publish(new Error(cause, string.Create(CultureInfo.InvariantCulture, $"{Self.Path}"), ActorType, message));
}
