using System.Diagnostics;
using Akka.Actor;
using Akka.Event;

namespace Akka.Internals;

/// <summary>One timer armed for what is due next; what is due at one moment fires in the order it was scheduled.</summary>
internal sealed class RealTimeScheduler : IScheduler, IAdvancedScheduler, IDisposable
{
    private readonly PriorityQueue<Job, (long Due, long Order)> jobs = new();
    private readonly Lock gate = new();
    private readonly Timer timer;
    private readonly EventStream events;
    private long scheduled;
    private bool closed;

    public RealTimeScheduler(EventStream events)
    {
        this.events = events;
        timer = new Timer(_ => Fire());
    }

    public IAdvancedScheduler Advanced => this;
    public DateTimeOffset Now => DateTimeOffset.UtcNow;
    public TimeSpan MonotonicClock => Stopwatch.GetElapsedTime(0);
    public TimeSpan HighResMonotonicClock => MonotonicClock;

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender) => ScheduleTellOnce(delay, receiver, message, sender, null);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        ScheduleOnce(delay, () => receiver.Tell(message, sender), cancelable);

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender) =>
        ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, null);

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        ScheduleRepeatedly(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    public void ScheduleOnce(TimeSpan delay, Action action) => ScheduleOnce(delay, action, null);

    public void ScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable)
    {
        RequireNotNegative(delay, nameof(delay));
        Add(new Job(action, cancelable, Timeout.InfiniteTimeSpan), delay);
    }

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action) => ScheduleRepeatedly(initialDelay, interval, action, null);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable)
    {
        RequireNotNegative(initialDelay, nameof(initialDelay));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        Add(new Job(action, cancelable, interval), initialDelay);
    }

    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            jobs.Clear();
        }
        timer.Dispose();
    }

    private static void RequireNotNegative(TimeSpan delay, string name) => ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero, name);

    private void Add(Job job, TimeSpan delay)
    {
        lock (gate)
        {
            if (closed) return;
            jobs.Enqueue(job, (MonotonicClock.Ticks + delay.Ticks, scheduled++));
            Arm();
        }
    }

    private void Fire()
    {
        // Under the lock from first to last, so that two firings cannot overtake each other.
        lock (gate)
        {
            var now = MonotonicClock.Ticks;
            while (!closed && jobs.TryPeek(out _, out var next) && next.Due <= now)
            {
                jobs.TryDequeue(out var job, out var key);
                if (job.Cancelable?.IsCancellationRequested == true) continue;
                if (job.Interval > TimeSpan.Zero) jobs.Enqueue(job, (Math.Max(key.Due + job.Interval.Ticks, now), scheduled++));
                try
                {
                    job.Action();
                }
                catch (Exception e)
                {
                    events.Publish(new Error(e, "Scheduler", typeof(RealTimeScheduler), $"Unhandled exception in a scheduled action: {e.Message}"));
                }
            }
            if (!closed) Arm();
        }
    }

    private void Arm()
    {
        if (!jobs.TryPeek(out _, out var next)) return;
        var wait = Math.Clamp((next.Due - MonotonicClock.Ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond, 0, int.MaxValue);
        timer.Change(wait, Timeout.Infinite);
    }

    private sealed record Job(Action Action, ICancelable Cancelable, TimeSpan Interval);
}
