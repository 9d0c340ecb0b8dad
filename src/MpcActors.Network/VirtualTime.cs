namespace MpcActors.Network;

/// <summary>
/// A clock that stands still until its owner moves it. Others are handed it as a <see cref="TimeProvider"/>, which has no way to.
/// For one thread at a time.
/// </summary>
/// <remarks>Timers fire inside <see cref="AdvanceTo"/>, on the caller's thread, in the order they are due, each at its own time.</remarks>
public sealed class VirtualTime : TimeProvider
{
    static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    readonly PriorityQueue<(VirtualTimer Timer, int Version), (TimeSpan Due, ulong Count)> _timers = new();
    ulong _count;
    bool _isAdvancing;

    /// <summary>Time since the run began.</summary>
    public TimeSpan Now { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => Epoch + Now;

    public override long GetTimestamp() => Now.Ticks;

    /// <summary>Moves the clock forward and fires what falls due on the way, what is due now included.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time lies in the past.</exception>
    public void AdvanceTo(TimeSpan time)
    {
        if (time < Now) throw new ArgumentOutOfRangeException(nameof(time), time, $"Time is {Now} and cannot go back to {time}.");
        if (_isAdvancing) throw new InvalidOperationException("A timer's callback cannot move the clock that is firing it.");

        _isAdvancing = true;
        try
        {
            while (_timers.TryPeek(out var entry, out var place) && place.Due <= time)
            {
                _timers.Dequeue();
                if (entry.Timer.Version != entry.Version) continue;
                Now = place.Due;
                entry.Timer.Fire();
            }
            Now = time;
        }
        finally
        {
            _isAdvancing = false;
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        TimeSpan _period;
        bool _isDisposed;

        // Moves on at each change, so that an entry left in the queue by an earlier one is known to be stale.
        internal int Version { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Validate(dueTime, nameof(dueTime));
            Validate(period, nameof(period));
            if (_isDisposed) return false;

            Version++;
            _period = period;
            if (dueTime != Timeout.InfiniteTimeSpan) Enqueue(time.Now + dueTime);
            return true;
        }

        internal void Fire()
        {
            if (_period > TimeSpan.Zero) Enqueue(time.Now + _period);
            callback(state);
        }

        public void Dispose() => (_isDisposed, Version) = (true, Version + 1);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        void Enqueue(TimeSpan due) => time._timers.Enqueue((this, Version), (due, time._count++));

        static void Validate(TimeSpan value, string name)
        {
            if (value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
                throw new ArgumentOutOfRangeException(name, value, $"A timer's {name} is zero, positive or infinite, but is {value}.");
        }
    }
}
