using System.Globalization;

namespace MpcActors.Network;

/// <summary>Reads what people write on a command line: <c>30ms</c>, <c>0.8ms</c>, <c>50Mbps</c>, <c>3Gbps</c>.</summary>
public static class LinkUnits
{
    // Upper and lower case are both usual for bits; a capital B would be bytes and is refused rather than misread by a factor of eight.
    static readonly (string Unit, decimal BitsPerSecond)[] Rates =
    [
        ("Tbps", 1e12m), ("tbps", 1e12m), ("Gbps", 1e9m), ("gbps", 1e9m), ("Mbps", 1e6m), ("mbps", 1e6m),
        ("Kbps", 1e3m), ("kbps", 1e3m), ("bps", 1m),
    ];

    static readonly (string Unit, decimal Ticks)[] Durations =
    [
        ("ms", TimeSpan.TicksPerMillisecond), ("us", TimeSpan.TicksPerMicrosecond), ("µs", TimeSpan.TicksPerMicrosecond),
        ("s", TimeSpan.TicksPerSecond),
    ];

    /// <summary>A latency such as <c>30ms</c>, rounded up to whole ticks of 100 ns.</summary>
    /// <exception cref="FormatException">Not a number with a unit of time, negative, or out of range.</exception>
    public static TimeSpan ParseLatency(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const string right = "a latency is a number and a unit (us, ms or s), such as 30ms or 0.8ms";
        var ticks = Math.Ceiling(Parse(text, Durations, right));
        if (ticks < 0) throw new FormatException($"'{text}' is negative; a latency is at least 0ms.");
        return ticks <= long.MaxValue ? TimeSpan.FromTicks((long)ticks) : throw new FormatException($"'{text}' is too large for a latency.");
    }

    /// <summary>A bandwidth such as <c>50Mbps</c>, in whole bits a second, rounded down.</summary>
    /// <exception cref="FormatException">Not a number with a unit of bits a second, below one, or out of range.</exception>
    public static long ParseBitsPerSecond(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const string right = "a bandwidth is a number and a unit of bits a second (bps, kbps, Mbps, Gbps or Tbps), such as 50Mbps or 3Gbps";
        var bits = Math.Floor(Parse(text, Rates, right));
        if (bits < 1) throw new FormatException($"'{text}' is below 1bps; a link that sends nothing never delivers.");
        return bits <= long.MaxValue ? (long)bits : throw new FormatException($"'{text}' is too large for a bandwidth.");
    }

    static decimal Parse(string text, (string Unit, decimal Size)[] units, string right)
    {
        var trimmed = text.Trim();
        foreach (var (unit, size) in units)
        {
            if (!trimmed.EndsWith(unit, StringComparison.Ordinal)) continue;
            const NumberStyles plain = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowTrailingWhite;
            if (!decimal.TryParse(trimmed[..^unit.Length], plain, CultureInfo.InvariantCulture, out var number)) break;

            // Past this, the product would leave decimal's range before it could be compared with anything.
            return Math.Abs(number) <= 1e15m ? number * size : throw new FormatException($"'{text}' is out of range: {right}.");
        }
        throw new FormatException($"'{text}' cannot be read: {right}.");
    }
}
