using System.Text.Json;
using MpcActors.Actors.Nodes;
using MpcActors.Protocols;
using MpcActors.Tuning;
using MpcActors.Tuning.Gradients;

namespace MpcActors.Cli;

/// <summary>What a node shows while it runs: status-ROLE.json, written anew each second for <c>mpc status</c>, and log-ROLE.jsonl, its lines with their times. Sizes, times and sentences, no secrets.</summary>
sealed class NodeWatch : IDisposable
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    readonly DateTimeOffset _started = TimeProvider.System.GetUtcNow();
    readonly Lock _lock = new();
    readonly string _name;
    readonly OutputFolder _folder;
    readonly TextWriter _error;
    readonly StreamWriter _log;
    readonly Timer _timer;
    NodeStatusProgress? _progress;
    string _last = "";
    string _state = "preparing";

    /// <param name="name">Of the role.</param>
    public NodeWatch(string name, OutputFolder folder, TextWriter error)
    {
        (_name, _folder, _error) = (name, folder, error);
        _log = new StreamWriter(Path.Combine(folder.Folder, $"log-{name}.jsonl"), append: true) { AutoFlush = true };
        _timer = new Timer(_ => Write(), null, TimeSpan.Zero, Every);
    }

    /// <summary>What a peer is called.</summary>
    public Func<Role, string> NameOf { get; init; } = role => role.Name();

    /// <summary>For the settings of the node.</summary>
    public NodeMonitor Monitor { get; } = new();

    /// <summary>Says a line to whoever watches, and keeps it.</summary>
    public void Say(string line)
    {
        _error.WriteLine(line);
        Keep(line);
    }

    /// <summary>Keeps a line that was shown otherwise.</summary>
    public void Keep(string line)
    {
        lock (_lock)
        {
            _last = line;
            _log.WriteLine(JsonSerializer.Serialize(new { time = TimeProvider.System.GetUtcNow(), role = _name, message = line }, NodeStatusFile.Format));
        }
    }

    public void Report(TuningProgress progress) => Report(new NodeStatusProgress(progress.Queries, progress.Budget, progress.BestLoss));

    /// <summary>Steps take the place of queries, and the last batch's loss that of the best one.</summary>
    public void Report(GradientProgress progress) => Report(new NodeStatusProgress(progress.Steps, progress.Budget, progress.Loss ?? progress.LastCheck.DevLoss));

    /// <summary>Of a federation's rounds, of which no node has a loss.</summary>
    public void Report(int rounds, int budget) => Report(new NodeStatusProgress(rounds, budget, null));

    /// <summary>Runs what is watched, and keeps how it ended.</summary>
    public async Task<int> WatchAsync(Func<Task<int>> body)
    {
        try
        {
            var code = await body();
            End("done");
            return code;
        }
        catch (OperationCanceledException)
        {
            End("interrupted");
            throw;
        }
        catch (Exception problem)
        {
            // Another exception's message might quote what it worked on.
            End("failed", problem is Actors.SessionFailedException or Actors.Federations.FederationLostException or BadInputException ? problem.Message : problem.GetType().Name);
            throw;
        }
    }

    /// <summary>How it ended.</summary>
    void End(string state, string? cause = null)
    {
        lock (_lock) _state = state;
        if (cause is not null) Keep(cause);
    }

    public void Dispose()
    {
        _timer.Dispose();
        Write();
        _log.Dispose();
    }

    void Report(NodeStatusProgress progress)
    {
        lock (_lock) _progress = progress;
    }

    void Write()
    {
        lock (_lock)
        {
            var node = Monitor.Look();
            var now = TimeProvider.System.GetUtcNow();
            var state = _state == "preparing" && node is not null ? node.State.ToString().ToLowerInvariant() : _state;
            var status = new NodeStatusFile(
                _name, Environment.ProcessId, state, _last, _started, now, (now - _started).TotalSeconds, node?.Busy.TotalSeconds ?? 0, Environment.WorkingSet,
                _progress,
                [.. (node?.Peers ?? []).Select(peer => new NodeStatusPeer(
                    NameOf(peer.Role), peer.Address, peer.IsConnected, peer.SentFrames, peer.SentBytes, peer.ReceivedFrames, peer.ReceivedBytes, peer.Silence?.TotalSeconds, peer.SinceFrame?.TotalSeconds))]);
            var path = Path.Combine(_folder.Folder, NodeStatusFile.NameOf(_name));
            try
            {
                // Aside and into place, but never waiting for the disk: the next one is a second away.
                File.WriteAllText(path + ".new", JsonSerializer.Serialize(status, NodeStatusFile.Format) + "\n");
                File.Move(path + ".new", path, overwrite: true);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // A full disk must not end a session over what is only to be looked at.
            }
        }
    }
}

/// <summary>What a node says of itself once a second.</summary>
/// <param name="UpdatedAt">A node that was killed says nothing after this.</param>
sealed record NodeStatusFile(
    string Role, int ProcessId, string State, string Last, DateTimeOffset StartedAt, DateTimeOffset UpdatedAt, double ElapsedSeconds, double BusySeconds, long MemoryBytes,
    NodeStatusProgress? Progress, IReadOnlyList<NodeStatusPeer> Peers)
{
    public static JsonSerializerOptions Format { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string NameOf(string role) => $"status-{role}.json";
}

/// <param name="Queries">Or steps, or rounds.</param>
/// <param name="BestLoss">Null where nobody knows it.</param>
sealed record NodeStatusProgress(int Queries, int Budget, double? BestLoss);

sealed record NodeStatusPeer(
    string Role, string Address, bool IsConnected, long SentFrames, long SentBytes, long ReceivedFrames, long ReceivedBytes, double? SilenceSeconds, double? SinceFrameSeconds);
