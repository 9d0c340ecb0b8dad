namespace MpcActors.Cli;

/// <summary>A role's clock that somebody sets while a session runs: it follows the session's virtual time, and jumps.</summary>
/// <param name="jumps">When, by virtual time, and how far; back if negative.</param>
sealed class JumpingClock(IReadOnlyList<(TimeSpan At, TimeSpan By)> jumps) : TimeProvider
{
    TimeProvider _time = System;
    long _begun;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>From now on the time is this one's, with the jumps.</summary>
    public void Follow(TimeProvider time) => (_time, _begun) = (time, time.GetTimestamp());

    public override DateTimeOffset GetUtcNow() => _time.GetUtcNow() + Jumped();

    public override long GetTimestamp() => (_time.GetElapsedTime(_begun) + Jumped()).Ticks;

    TimeSpan Jumped()
    {
        var now = _time.GetElapsedTime(_begun);
        return jumps.Where(jump => jump.At <= now).Aggregate(TimeSpan.Zero, (sum, jump) => sum + jump.By);
    }
}
