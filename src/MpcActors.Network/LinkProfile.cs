namespace MpcActors.Network;

/// <summary>What one direction of a link is like: how long a bit travels and how many leave each second.</summary>
/// <remarks>
/// <see cref="Latency"/> is one-way. The papers give a figure for each network and do not say whether it is one-way or a round
/// trip; we take it as one-way, the dearer reading, so a figure of ours is never flattered by the choice.
/// </remarks>
public sealed record LinkProfile
{
    /// <exception cref="ArgumentException">The name is empty, the latency negative or the bandwidth below one bit a second.</exception>
    public LinkProfile(string name, TimeSpan latency, long bitsPerSecond)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        (Name, Latency, BitsPerSecond) = (name, latency, bitsPerSecond);
    }

    /// <summary>SecP-Tuning's and PriFFT's LAN: 3 Gbps, 0.8 ms.</summary>
    public static LinkProfile Lan { get; } = new("lan", TimeSpan.FromMicroseconds(800), 3_000_000_000);

    /// <summary>The papers' first WAN: 100 Mbps, 80 ms.</summary>
    public static LinkProfile Wan1 { get; } = new("wan-1", TimeSpan.FromMilliseconds(80), 100_000_000);

    /// <summary>The papers' second WAN: 200 Mbps, 40 ms.</summary>
    public static LinkProfile Wan2 { get; } = new("wan-2", TimeSpan.FromMilliseconds(40), 200_000_000);

    public string Name { get; init; }

    /// <summary>One-way travel time of a bit.</summary>
    public TimeSpan Latency { get; init => field = NotNegative(value, "Latency"); }

    public long BitsPerSecond
    {
        get;
        init => field = value >= 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(BitsPerSecond), value, $"Bandwidth must be at least 1 bit a second, but is {value}.");
    }

    /// <summary>Each packet takes up to this much longer than <see cref="Latency"/>, drawn uniformly; it never overtakes another.</summary>
    public TimeSpan Jitter { get; init => field = NotNegative(value, "Jitter"); }

    /// <summary>Probability that a transmission is lost. The transport below repeats it, so loss costs time and nothing else.</summary>
    public double Loss
    {
        get;
        init => field = value is >= 0 and < 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(Loss), value, $"Loss is a probability from 0 to just below 1, but is {value}.");
    }

    /// <summary>How long the sender waits before it repeats a lost transmission; 200 ms is the least that TCP waits on Linux.</summary>
    public TimeSpan RetransmitAfter { get; init => field = NotNegative(value, "RetransmitAfter"); } = TimeSpan.FromMilliseconds(200);

    /// <summary>Time from the first to the last bit of a packet leaving, in whole ticks of 100 ns, rounded up.</summary>
    public TimeSpan TimeToSend(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        var bitTicks = (Int128)bytes * 8 * TimeSpan.TicksPerSecond;
        return TimeSpan.FromTicks(checked((long)((bitTicks + BitsPerSecond - 1) / BitsPerSecond)));
    }

    static TimeSpan NotNegative(TimeSpan value, string what) => value >= TimeSpan.Zero ? value
        : throw new ArgumentOutOfRangeException(what, value, $"{what} cannot be negative, but is {value.TotalMilliseconds} ms.");
}
