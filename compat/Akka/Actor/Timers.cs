using Akka.Internals;

namespace Akka.Actor;

/// <summary>Messages to the actor itself, by key. A timer that was cancelled or replaced delivers nothing more, not even what it had queued.</summary>
public interface ITimerScheduler
{
    void StartPeriodicTimer(object key, object msg, TimeSpan interval);
    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval);
    void StartSingleTimer(object key, object msg, TimeSpan timeout);
    bool IsTimerActive(object key);
    void Cancel(object key);
    void CancelAll();
}

public interface IWithTimers
{
    ITimerScheduler Timers { get; set; }
}

internal sealed class TimerScheduler(ActorCell cell) : ITimerScheduler
{
    private readonly Dictionary<object, Tick> active = [];

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval) => StartPeriodicTimer(key, msg, interval, interval);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval)
    {
        var tick = Replace(key, msg, repeats: true);
        cell.System.Scheduler.ScheduleTellRepeatedly(initialDelay, interval, cell.Self, tick, cell.Self, tick.Cancelable);
    }

    public void StartSingleTimer(object key, object msg, TimeSpan timeout)
    {
        var tick = Replace(key, msg, repeats: false);
        cell.System.Scheduler.ScheduleTellOnce(timeout, cell.Self, tick, cell.Self, tick.Cancelable);
    }

    public bool IsTimerActive(object key) => active.ContainsKey(key);

    public void Cancel(object key)
    {
        if (active.Remove(key, out var tick)) tick.Cancelable.Cancel();
    }

    public void CancelAll()
    {
        foreach (var tick in active.Values) tick.Cancelable.Cancel();
        active.Clear();
    }

    /// <summary>The message of a timer that still counts, else null.</summary>
    public object Accept(Tick tick)
    {
        if (!active.TryGetValue(tick.Key, out var current) || current != tick) return null;
        if (!tick.Repeats) active.Remove(tick.Key);
        return tick.Message;
    }

    private Tick Replace(object key, object msg, bool repeats)
    {
        Cancel(key);
        return active[key] = new Tick(key, msg, repeats, new Cancelable(cell.System.Scheduler));
    }

    internal sealed class Tick(object key, object message, bool repeats, Cancelable cancelable) : INoSerializationVerificationNeeded, Event.IDeadLetterSuppression
    {
        public object Key { get; } = key;
        public object Message { get; } = message;
        public bool Repeats { get; } = repeats;
        public Cancelable Cancelable { get; } = cancelable;
    }
}
