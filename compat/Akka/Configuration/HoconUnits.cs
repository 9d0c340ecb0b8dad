using System.Globalization;

namespace Akka.Configuration.Hocon.Internals;

/// <summary>Durations and sizes. Units that Akka.NET 1.5 does not know (min, us) are refused here too.</summary>
internal static class HoconUnits
{
    public static TimeSpan Duration(string text, bool allowInfinite)
    {
        if (allowInfinite && text.Equals("infinite", StringComparison.OrdinalIgnoreCase)) return Timeout.InfiniteTimeSpan;
        var (number, unit) = Split(text);
        double ticks = unit switch
        {
            "" or "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => TimeSpan.TicksPerMillisecond,
            "ns" or "nano" or "nanos" or "nanosecond" or "nanoseconds" => TimeSpan.TicksPerMillisecond / 1e6,
            "micro" or "micros" or "microsecond" or "microseconds" => TimeSpan.TicksPerMillisecond / 1e3,
            "s" or "second" or "seconds" => TimeSpan.TicksPerSecond,
            "m" or "minute" or "minutes" => TimeSpan.TicksPerMinute,
            "h" or "hour" or "hours" => TimeSpan.TicksPerHour,
            "d" or "day" or "days" => TimeSpan.TicksPerDay,
            _ => throw new FormatException($"'{unit}' is no unit of time; write ns, micros, ms, s, m, h or d"),
        };
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            throw new FormatException($"expected a positive duration such as 80 ms, found '{text}'");
        var total = Math.Round(value * ticks);
        return total < long.MaxValue ? TimeSpan.FromTicks((long)total) : throw new FormatException($"the duration '{text}' is too long");
    }

    public static long Bytes(string text)
    {
        var (number, unit) = Split(text);
        long factor = unit switch
        {
            "" or "b" or "B" or "byte" or "bytes" => 1,
            "kB" or "kilobyte" or "kilobytes" => 1000L,
            "K" or "k" or "Ki" or "KiB" or "kibibyte" or "kibibytes" => 1L << 10,
            "MB" or "megabyte" or "megabytes" => 1_000_000L,
            "M" or "m" or "Mi" or "MiB" or "mebibyte" or "mebibytes" => 1L << 20,
            "GB" or "gigabyte" or "gigabytes" => 1_000_000_000L,
            "G" or "g" or "Gi" or "GiB" or "gibibyte" or "gibibytes" => 1L << 30,
            "TB" or "terabyte" or "terabytes" => 1_000_000_000_000L,
            "T" or "t" or "Ti" or "TiB" or "tebibyte" or "tebibytes" => 1L << 40,
            _ => throw new FormatException($"'{unit}' is no unit of size; write b, kB, KiB, MB, MiB, GB, GiB, TB or TiB"),
        };
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            throw new FormatException($"expected a size such as 64KiB, found '{text}'");
        return checked(value * factor);
    }

    private static (string Number, string Unit) Split(string text)
    {
        var end = text.AsSpan().LastIndexOfAnyInRange('0', '9') + 1;
        return (text[..end].Trim(), text[end..].Trim());
    }
}

internal static class HoconPath
{
    /// <summary>Splits at dots outside quotes: <c>a."b.c"</c> is a, b.c.</summary>
    public static List<string> Split(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var keys = new List<string>();
        var key = new System.Text.StringBuilder();
        var quoted = false;
        foreach (var c in path)
        {
            if (c == '"') quoted = !quoted;
            else if (c == '.' && !quoted)
            {
                keys.Add(key.ToString());
                key.Clear();
            }
            else key.Append(c);
        }
        keys.Add(key.ToString());
        return keys;
    }
}
