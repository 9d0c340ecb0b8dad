using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace MpcActors.Cli;

/// <summary>What the nodes of a deployment do at this moment, as each says in its own file.</summary>
static class StatusCommand
{
    const string Name = "status";

    /// <summary>A node writes each second; one that has not for so long is gone, or its machine is.</summary>
    static readonly TimeSpan Stale = TimeSpan.FromSeconds(10);

    static readonly string[] Ended = ["done", "failed", "interrupted"];

    public static Command Create()
    {
        var folder = new Argument<string[]>("DIR") { Description = "Folders of runs, as given with --out to up or node (default: out/up)", Arity = ArgumentArity.ZeroOrMore };
        var json = Options.Flag("--json", "Write one JSON object to standard output");
        var command = new ExemplifiedCommand(
            Name,
            "Shows what every node of a running deployment does: progress, peers, bytes, silence.",
            ("mpc status", "of the run in out/up; in another terminal: mpc up --config deployment/node.hocon"))
        {
            folder, json,
        };
        command.SetAction(result =>
        {
            var folders = result.GetValue(folder) is { Length: > 0 } named ? named : [Path.Combine("out", "up")];
            NodeStatusFile[] nodes = [.. folders.SelectMany(Read)];
            if (nodes.Length == 0) throw new BadInputException($"no node has left a status in {string.Join(", ", folders)}; a run of 'mpc up' or 'mpc node' leaves one in the folder of its --out");
            var now = TimeProvider.System.GetUtcNow();
            NodeLine[] lines = [.. nodes.Select(node => new NodeLine(node, StateOf(node, now)))];
            var output = new Output(result.InvocationConfiguration.Output, result.InvocationConfiguration.Error, result.GetValue(json));
            output.Show(new StatusReport { Command = Name, Seed = 0, Nodes = [.. lines.Select(line => line.Node with { State = line.State })] }, [TableOf(lines), LinksOf(lines)]);
            return (int)ExitCode.Done;
        });
        return command;
    }

    static IEnumerable<NodeStatusFile> Read(string folder)
    {
        if (!Directory.Exists(folder)) throw new BadInputException($"there is no folder '{folder}'");
        foreach (var file in Directory.GetFiles(folder, "status-*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            NodeStatusFile? status;
            try
            {
                status = JsonSerializer.Deserialize<NodeStatusFile>(File.ReadAllBytes(file), NodeStatusFile.Format);
            }
            catch (JsonException problem)
            {
                throw new BadInputException($"'{file}' is no status of a node: {problem.Message}", problem);
            }

            if (status is { Role: not null, State: not null, Peers: not null }) yield return status;
        }
    }

    /// <summary>As it says itself, unless it cannot say anything any more.</summary>
    static string StateOf(NodeStatusFile node, DateTimeOffset now) => Ended.Contains(node.State) || now - node.UpdatedAt < Stale
        ? node.State
        : string.Create(CultureInfo.InvariantCulture, $"silent for {(now - node.UpdatedAt).TotalSeconds:0} s");

    static Table TableOf(NodeLine[] lines)
    {
        var table = new Table().AddColumns("node", "process", "state", "progress", "computed", "memory", "last line");
        foreach (var (node, state) in lines)
        {
            var progress = node.Progress is { } done ? string.Create(CultureInfo.InvariantCulture, $"{done.Queries} of {done.Budget}{(done.BestLoss is { } loss ? $", loss {loss:0.000}" : "")}") : "";
            string[] cells =
            [
                node.Role, node.ProcessId.ToString(CultureInfo.InvariantCulture), state, progress,
                string.Create(CultureInfo.InvariantCulture, $"{node.BusySeconds:0.0} of {node.ElapsedSeconds:0} s"), Figures.Bytes(node.MemoryBytes), node.Last,
            ];
            table.AddRow(Array.ConvertAll(cells, Markup.Escape));
        }

        return table;
    }

    static Table LinksOf(NodeLine[] lines)
    {
        var table = new Table().AddColumns("node", "peer", "address", "sent", "received", "last frame", "last byte");
        foreach (var (node, _) in lines)
        foreach (var peer in node.Peers)
        {
            string[] cells =
            [
                node.Role, peer.Role, peer.IsConnected ? peer.Address : $"{peer.Address} (not connected)",
                Frames(peer.SentFrames, peer.SentBytes), Frames(peer.ReceivedFrames, peer.ReceivedBytes), Ago(peer.SinceFrameSeconds), Ago(peer.SilenceSeconds),
            ];
            table.AddRow(Array.ConvertAll(cells, Markup.Escape));
        }

        return table;
    }

    static string Frames(long frames, long bytes) => frames == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{frames:N0} frames, {Figures.Bytes(bytes)}");

    static string Ago(double? seconds) => seconds is { } ago ? string.Create(CultureInfo.InvariantCulture, $"{ago:0.0} s ago") : "";

    sealed record NodeLine(NodeStatusFile Node, string State);

    sealed record StatusReport : Report
    {
        public required IReadOnlyList<NodeStatusFile> Nodes { get; init; }
    }
}
