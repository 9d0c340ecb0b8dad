using System.Diagnostics;
using System.Text.Json;
using MpcActors.Actors.Nodes;

namespace MpcActors.Cli;

/// <summary>Writes a node's spans as trace-ROLE.json, in the trace event format that ui.perfetto.dev opens; times are of the wall clock, so that nodes can be laid over each other.</summary>
sealed class NodeTrace : IDisposable
{
    /// <summary>A session has a span a turn; the first so many are enough to look at.</summary>
    const int MostSpans = 200_000;

    readonly ActivityListener _listener;
    readonly List<Span> _spans = [];
    readonly string _name;
    readonly int _number;
    readonly OutputFolder _folder;

    NodeTrace(string name, int number, OutputFolder folder)
    {
        (_name, _number, _folder) = (name, number, folder);
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == NodeTelemetry.Name,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                lock (_spans)
                    if (_spans.Count < MostSpans) _spans.Add(new(activity.DisplayName, "X", Microseconds(activity.StartTimeUtc - DateTime.UnixEpoch), Microseconds(activity.Duration), number, 0));
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <param name="number">Tells roles apart where their timelines are laid over each other.</param>
    public static NodeTrace Start(string name, int number, OutputFolder folder) => new(name, number, folder);

    public void Dispose()
    {
        _listener.Dispose();
        var name = new { name = "process_name", ph = "M", pid = _number, args = new { name = _name } };
        lock (_spans)
            _folder.Write($"trace-{_name}.json", stream => JsonSerializer.Serialize(stream, new { traceEvents = new object[] { name }.Concat(_spans.Cast<object>()).ToArray() }));
    }

    static double Microseconds(TimeSpan time) => time.TotalMicroseconds;

    sealed record Span(string name, string ph, double ts, double dur, int pid, int tid);
}
