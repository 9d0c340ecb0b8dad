using System.Diagnostics;
using Akka.Event;
using Akka.Internals;

namespace Akka.Actor;

public enum Directive
{
    Resume,
    Restart,
    Escalate,
    Stop,
}

public interface IDecider
{
    Directive Decide(Exception cause);
}

public sealed class LocalOnlyDecider(Func<Exception, Directive> decider) : IDecider
{
    public Directive Decide(Exception cause) => decider(cause);
}

public static class Decider
{
    public static LocalOnlyDecider From(Func<Exception, Directive> localOnlyDecider) => new(localOnlyDecider);
}

/// <summary>What a parent does about a child that threw.</summary>
public abstract class SupervisorStrategy
{
    public static readonly IDecider DefaultDecider = Actor.Decider.From(cause =>
        cause is ActorInitializationException or ActorKilledException or DeathPactException ? Directive.Stop : Directive.Restart);

    public static readonly SupervisorStrategy DefaultStrategy = new OneForOneStrategy(DefaultDecider);
    public static readonly OneForOneStrategy StoppingStrategy = new(_ => Directive.Stop);

    private readonly int maxNrOfRetries;
    private readonly TimeSpan window;

    private protected SupervisorStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider, bool loggingEnabled)
    {
        this.maxNrOfRetries = maxNrOfRetries ?? -1;
        window = withinTimeRange ?? Timeout.InfiniteTimeSpan;
        Decider = decider;
        LoggingEnabled = loggingEnabled;
    }

    public IDecider Decider { get; }
    protected bool LoggingEnabled { get; }

    private protected abstract IEnumerable<ActorCell> Affected(ActorCell child, IReadOnlyList<ActorCell> children);

    /// <returns>False where the parent itself must fail.</returns>
    internal bool HandleFailure(ActorCell child, Exception cause, IReadOnlyList<ActorCell> children)
    {
        var directive = Decider.Decide(cause);
        Log(child, cause, directive);
        switch (directive)
        {
            case Directive.Escalate:
                return false;
            case Directive.Resume:
                child.Send(new SystemMessage.Resume());
                return true;
        }
        var affected = Affected(child, children).ToList();
        // Every count is taken, also after the first refusal: all children concerned have used up one restart.
        var mayRestart = directive == Directive.Restart && affected.ConvertAll(c => c.Restarts.Grant(maxNrOfRetries, window)).TrueForAll(granted => granted);
        foreach (var cell in affected)
            cell.Send(mayRestart ? new SystemMessage.Restart(cause) : new SystemMessage.Stop());
        return true;
    }

    private void Log(ActorCell child, Exception cause, Directive directive)
    {
        if (!LoggingEnabled || directive == Directive.Escalate) return;
        var message = cause is ActorInitializationException { InnerException: { } inner } ? inner.InnerException?.Message ?? inner.Message : cause.Message;
        var source = child.Self.Path.ToString();
        child.SystemImpl.EventStream.Publish(directive == Directive.Resume
            ? new Warning(source, child.ActorType, message)
            : new Error(cause, source, child.ActorType, message));
    }
}

public class OneForOneStrategy : SupervisorStrategy
{
    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
        : base(maxNrOfRetries, withinTimeRange, Actor.Decider.From(localOnlyDecider), true) { }

    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider) : base(maxNrOfRetries, withinTimeRange, decider, true) { }

    public OneForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : base(maxNrOfRetries, TimeSpan.FromMilliseconds(withinTimeMilliseconds), Actor.Decider.From(localOnlyDecider), loggingEnabled) { }

    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider) : this(localOnlyDecider, true) { }

    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : base(null, null, Actor.Decider.From(localOnlyDecider), loggingEnabled) { }

    public OneForOneStrategy(IDecider decider) : base(null, null, decider, true) { }

    private protected override IEnumerable<ActorCell> Affected(ActorCell child, IReadOnlyList<ActorCell> children) => [child];
}

public class AllForOneStrategy : SupervisorStrategy
{
    public AllForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
        : base(maxNrOfRetries, withinTimeRange, Actor.Decider.From(localOnlyDecider), true) { }

    public AllForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider) : base(maxNrOfRetries, withinTimeRange, decider, true) { }

    public AllForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : base(maxNrOfRetries, TimeSpan.FromMilliseconds(withinTimeMilliseconds), Actor.Decider.From(localOnlyDecider), loggingEnabled) { }

    public AllForOneStrategy(Func<Exception, Directive> localOnlyDecider) : base(null, null, Actor.Decider.From(localOnlyDecider), true) { }

    public AllForOneStrategy(IDecider decider) : base(null, null, decider, true) { }

    private protected override IEnumerable<ActorCell> Affected(ActorCell child, IReadOnlyList<ActorCell> children) => children;
}

public abstract class SupervisorStrategyConfigurator
{
    public abstract SupervisorStrategy Create();
}

public sealed class DefaultSupervisorStrategy : SupervisorStrategyConfigurator
{
    public override SupervisorStrategy Create() => SupervisorStrategy.DefaultStrategy;
}

public sealed class StoppingSupervisorStrategy : SupervisorStrategyConfigurator
{
    public override SupervisorStrategy Create() => SupervisorStrategy.StoppingStrategy;
}

internal sealed class RestartCount
{
    private int used;
    private long windowStart;

    /// <summary>No limit below zero; with a window, the count begins anew when one has passed.</summary>
    public bool Grant(int most, TimeSpan window)
    {
        if (most == 0) return false;
        var limited = window > TimeSpan.Zero;
        if (most < 0 && !limited) return true;
        var now = Stopwatch.GetTimestamp();
        if (used == 0 || (limited && Stopwatch.GetElapsedTime(windowStart, now) > window)) (used, windowStart) = (0, now);
        return ++used <= (most < 0 ? 1 : most);
    }
}
