using System.Text.Json;

namespace MpcActors.Cli.Html;

/// <summary>A session's timeline, small enough for a page: for each role and link how busy it was in each of many equal slices of time.</summary>
/// <param name="Seconds">From the first slice to the last.</param>
/// <param name="Tracks">One character a slice: 0 is idle, 9 is busy all the time.</param>
sealed record Strips(double Seconds, IReadOnlyList<Strips.Track> Tracks)
{
    const int Slices = 2000;
    const double MicrosecondsPerSecond = 1e6;

    internal sealed record Track(string Name, string Busy);

    /// <summary>From the trace that the run wrote beside its run.json; null where there is none, it is no trace, or the run had no session: the trace is then of an earlier one.</summary>
    public static Strips? Beside(RunFile run)
    {
        if (run.Text("transcript") is null) return null;
        var file = Path.Combine(Path.GetDirectoryName(run.Path) is { Length: > 0 } folder ? folder : ".", "trace.json");
        if (!File.Exists(file)) return null;
        try
        {
            using var stream = File.OpenRead(file);
            using var trace = JsonDocument.Parse(stream);
            return Of(trace.RootElement);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or KeyNotFoundException or IOException)
        {
            return null;
        }
    }

    static Strips? Of(JsonElement trace)
    {
        var names = new Dictionary<int, string>();
        var spans = new List<(string Track, double Start, double End)>();
        var open = new Dictionary<long, double>();
        foreach (var item in RunFile.ListOf(trace, "traceEvents"))
        {
            var (kind, process, name, start) = (RunFile.TextOf(item, "ph"), (int)(RunFile.NumberOf(item, "pid") ?? 0), RunFile.TextOf(item, "name") ?? "", Math.Max(0, RunFile.NumberOf(item, "ts") ?? 0));
            if (kind == "M" && name == "process_name" && item.TryGetProperty("args", out var args)) names[process] = RunFile.TextOf(args, "name") ?? "";
            // Thread 0 is online work, 1 is what was done beforehand.
            if (kind == "X") spans.Add((names.GetValueOrDefault(process, $"process {process}") + (RunFile.NumberOf(item, "tid") is 1 ? " (offline)" : ""), start, start + (RunFile.NumberOf(item, "dur") ?? 0)));
            if (kind is "b" or "e" && RunFile.NumberOf(item, "id") is { } id)
            {
                if (kind == "b") open[(long)id] = start;
                else if (open.Remove((long)id, out var sent)) spans.Add((name, sent, start));
            }
        }

        if (spans.Count == 0 || spans.Max(span => span.End) is not (> 0 and var end)) return null;
        return new(end / MicrosecondsPerSecond, [.. spans.GroupBy(span => span.Track).Select(track => new Track(track.Key, Busy(track.Select(span => (span.Start, span.End)), end)))]);
    }

    static string Busy(IEnumerable<(double Start, double End)> spans, double end)
    {
        var share = new double[Slices];
        foreach (var (start, until) in spans)
        {
            for (var slice = (int)(start / end * Slices); slice < Slices && slice * end / Slices < until; slice++)
                share[slice] += Math.Max(0, Math.Min(until, (slice + 1) * end / Slices) - Math.Max(start, slice * end / Slices));
        }

        // A moment's work is shown, however short.
        return string.Concat(share.Select(busy => busy == 0 ? '0' : (char)('0' + Math.Clamp((int)Math.Ceiling(9 * busy * Slices / end), 1, 9))));
    }
}
