namespace MpcActors.Network;

/// <summary>In [From, Until) sending takes Factor times as long, or stands still.</summary>
internal sealed record Disturbance(TimeSpan From, TimeSpan Until, int Factor)
{
    internal const int Nothing = 0;

    /// <summary>When a packet has left that begins to leave at <paramref name="begin"/> and needs <paramref name="work"/> undisturbed; null if it never has.</summary>
    internal static TimeSpan? Finish(IReadOnlyList<Disturbance> disturbances, TimeSpan begin, TimeSpan work)
    {
        var (now, left) = (begin, work.Ticks);
        while (true)
        {
            var factor = (Int128)1;
            var change = TimeSpan.MaxValue;
            foreach (var disturbance in disturbances)
            {
                if (disturbance.From > now) change = Min(change, disturbance.From);
                else if (disturbance.Until > now)
                {
                    change = Min(change, disturbance.Until);
                    factor = checked(factor * disturbance.Factor);
                }
            }

            if (factor == Nothing)
            {
                if (change == NetworkConditions.Never) return null;
                now = change;
                continue;
            }

            var needed = checked(left * factor);
            if (change == TimeSpan.MaxValue || needed <= change.Ticks - now.Ticks)
                return TimeSpan.FromTicks(checked((long)(now.Ticks + needed)));

            // A part of a tick's work done before the change is done again after it: time is rounded up, never down.
            left -= (long)((change.Ticks - now.Ticks) / factor);
            now = change;
        }
    }

    static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
