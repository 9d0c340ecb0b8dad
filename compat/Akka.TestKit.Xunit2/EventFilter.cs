using Akka.Actor;
using Akka.Event;

namespace Akka.TestKit;

/// <summary>Which log events or dead letters a test expects. They are still written to the log.</summary>
public class EventFilterFactory
{
    private readonly TestKitBase kit;
    private readonly ActorSystem system;

    internal EventFilterFactory(TestKitBase kit, ActorSystem system) => (this.kit, this.system) = (kit, system);

    public IEventFilterApplier Exception<TException>(string message = null, string start = null, string contains = null, string source = null) where TException : Exception =>
        Logged(LogLevel.ErrorLevel, e => e.Cause is TException && Fits(e, message, start, contains, source), $"Exception {typeof(TException).Name}");

    public IEventFilterApplier Error(string message = null, string start = null, string contains = null, string source = null) => OfLevel(LogLevel.ErrorLevel, message, start, contains, source);
    public IEventFilterApplier Warning(string message = null, string start = null, string contains = null, string source = null) => OfLevel(LogLevel.WarningLevel, message, start, contains, source);
    public IEventFilterApplier Info(string message = null, string start = null, string contains = null, string source = null) => OfLevel(LogLevel.InfoLevel, message, start, contains, source);
    public IEventFilterApplier Debug(string message = null, string start = null, string contains = null, string source = null) => OfLevel(LogLevel.DebugLevel, message, start, contains, source);

    public IEventFilterApplier DeadLetter() => new EventFilterApplier(kit, system, typeof(DeadLetter), _ => true, "dead letter");
    public IEventFilterApplier DeadLetter<TMessage>(string source = null) =>
        new EventFilterApplier(kit, system, typeof(DeadLetter), e => e is DeadLetter { Message: TMessage } letter && (source is null || letter.Recipient.Path.ToString() == source), $"dead letter {typeof(TMessage).Name}");

    private EventFilterApplier OfLevel(LogLevel level, string message, string start, string contains, string source) =>
        Logged(level, e => Fits(e, message, start, contains, source), level.ToString());

    private EventFilterApplier Logged(LogLevel level, Func<LogEvent, bool> fits, string what) =>
        new(kit, system, level.ClassFor(), e => fits((LogEvent)e), what);

    private static bool Fits(LogEvent e, string message, string start, string contains, string source)
    {
        // The text of the event or of what caused it may fit.
        var texts = new[] { e.Message?.ToString(), e.Cause?.Message };
        return (message is null || texts.Contains(message))
            && (start is null || Array.Exists(texts, t => t?.StartsWith(start, StringComparison.Ordinal) == true))
            && (contains is null || Array.Exists(texts, t => t?.Contains(contains, StringComparison.Ordinal) == true))
            && (source is null || e.LogSource == source);
    }
}

public interface IEventFilterApplier
{
    void ExpectOne(Action action, CancellationToken cancellationToken = default);
    void ExpectOne(TimeSpan timeout, Action action, CancellationToken cancellationToken = default);
    void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default);
    void Expect(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default);
}

internal sealed class EventFilterApplier(TestKitBase kit, ActorSystem system, Type channel, Func<object, bool> fits, string what) : IEventFilterApplier
{
    public void ExpectOne(Action action, CancellationToken cancellationToken = default) => Expect(1, action, cancellationToken);
    public void ExpectOne(TimeSpan timeout, Action action, CancellationToken cancellationToken = default) => Expect(1, timeout, action, cancellationToken);
    public void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default) => Expect(expectedCount, kit.TestKitSettings.TestEventFilterLeeway, action, cancellationToken);

    public void Expect(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default)
    {
        var counter = new Counter(fits);
        system.EventStream.Subscribe(counter, channel);
        try
        {
            action();
            kit.AwaitConditionNoThrow(() => counter.Count >= expectedCount, timeout, cancellationToken: cancellationToken);
        }
        finally
        {
            system.EventStream.Unsubscribe(counter);
        }
        kit.Assertions.AssertTrue(counter.Count == expectedCount, $"Expected {expectedCount} × {what}, received {counter.Count} within {timeout}");
    }

    private sealed class Counter(Func<object, bool> fits) : ActorRefBase
    {
        private int count;

        public int Count => Volatile.Read(ref count);
        public override ActorPath Path { get; } = Nobody.Instance.Path.Parent / $"filter-{Guid.NewGuid():N}";

        protected override void TellInternal(object message, IActorRef sender)
        {
            if (fits(message)) Interlocked.Increment(ref count);
        }
    }
}
