using System.Text.Json;

namespace MpcActors.Network;

/// <summary>Writes a <see cref="Timeline"/> as a trace event file, which ui.perfetto.dev and chrome://tracing open.</summary>
/// <remarks>
/// Format: Google, "Trace Event Format". Times are microseconds; a tick is a tenth of one. A role is a process with a thread for each
/// <see cref="WorkKind"/>; links are asynchronous tracks of one more process, since frames on one link overlap; bytes sent so far are its counters.
/// </remarks>
public static class ChromeTrace
{
    const int FlushAtBytes = 1 << 16;

    /// <summary>Writes the file and leaves the stream open.</summary>
    public static void Write(Stream stream, Timeline timeline)
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ms");
        json.WriteStartArray("traceEvents");

        foreach (var (actor, role) in timeline.Actors.OrderBy(pair => pair.Key))
        {
            Name(json, "process_name", actor, 0, role);
            foreach (var kind in Enum.GetValues<WorkKind>()) Name(json, "thread_name", actor, (int)kind, Lower(kind));
        }
        foreach (var span in timeline.Work) Complete(json, span);

        var network = timeline.Actors.Keys.DefaultIfEmpty().Max() + 1;
        Name(json, "process_name", network, 0, "network");
        var sentBytes = new Dictionary<Link, long>();
        for (var number = 0; number < timeline.Transfers.Count; number++)
        {
            var transfer = timeline.Transfers[number];
            var track = $"{Role(timeline, transfer.Link.From)} → {Role(timeline, transfer.Link.To)}";
            if (transfer.Kind == WorkKind.Offline) track += " (offline)";
            Asynchronous(json, "b", network, number, track, transfer.Sent, transfer);
            Asynchronous(json, "e", network, number, track, transfer.Arrived, null);
            if (transfer.Kind == WorkKind.Offline) continue;

            var total = sentBytes[transfer.Link] = sentBytes.GetValueOrDefault(transfer.Link) + transfer.Bytes;
            Begin(json, "C", network, $"bytes {track}", transfer.Sent);
            json.WriteStartObject("args");
            json.WriteNumber("bytes", total);
            json.WriteEndObject();
            End(json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void Name(Utf8JsonWriter json, string what, int process, int thread, string name)
    {
        Begin(json, "M", process, what, TimeSpan.Zero);
        json.WriteNumber("tid", thread);
        json.WriteStartObject("args");
        json.WriteString("name", name);
        json.WriteEndObject();
        End(json);
    }

    static void Complete(Utf8JsonWriter json, WorkSpan span)
    {
        Begin(json, "X", span.Actor, span.Name, span.Start);
        json.WriteNumber("tid", (int)span.Kind);
        json.WriteString("cat", Lower(span.Kind));
        json.WriteNumber("dur", Microseconds(span.Duration));
        End(json);
    }

    static void Asynchronous(Utf8JsonWriter json, string phase, int process, int number, string track, TimeSpan at, Transfer? transfer)
    {
        Begin(json, phase, process, track, at);
        json.WriteString("cat", "transfer");
        json.WriteNumber("id", number);
        json.WriteNumber("tid", 0);
        if (transfer is { } frame)
        {
            json.WriteStartObject("args");
            json.WriteString("frame", frame.Name);
            json.WriteNumber("bytes", frame.Bytes);
            json.WriteEndObject();
        }
        End(json);
    }

    static void Begin(Utf8JsonWriter json, string phase, int process, string name, TimeSpan at)
    {
        json.WriteStartObject();
        json.WriteString("ph", phase);
        json.WriteNumber("pid", process);
        json.WriteString("name", name);
        json.WriteNumber("ts", Microseconds(at));
    }

    static void End(Utf8JsonWriter json)
    {
        json.WriteEndObject();

        // A trace can be larger than memory would like: what is written goes out as it grows.
        if (json.BytesPending > FlushAtBytes) json.Flush();
    }

    // Decimal, since a tenth has no binary fraction and the file should say 0.3 where the tick says 0.3.
    static decimal Microseconds(TimeSpan time) => time.Ticks / (decimal)TimeSpan.TicksPerMicrosecond;

    static string Role(Timeline timeline, int actor) => timeline.Actors.TryGetValue(actor, out var role) ? role : $"actor {actor}";

    static string Lower(WorkKind kind) => kind == WorkKind.Online ? "online" : "offline";
}
