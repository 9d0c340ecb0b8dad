using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MpcActors.Protocols;

namespace MpcActors.Cli;

/// <summary>All roles of a deployment as processes of this machine, with one combined progress.</summary>
static class UpCommand
{
    public const string Name = "up";

    /// <summary>For the others to hear from the failed one's peers why the session is over.</summary>
    static readonly TimeSpan Word = TimeSpan.FromSeconds(2);

    static readonly Role[] Pair = [Role.PartyZero, Role.PartyOne, Role.Dealer];

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        var simulated = Options.Flag("--simulated", "Run the same session in this process over the simulated network: the same result and the same transcript");
        var realTime = Options.Flag("--real-time", "With --simulated: wait for the simulated network's delays, as real ones");
        var spare = new Option<string[]>("--spare") { Description = "With --cluster: configuration of another party pair and dealer, to start too; may be given again", HelpName = "FILE", Arity = ArgumentArity.OneOrMore };
        var options = new NodeOptions(Name);
        var command = new ExemplifiedCommand(
            Name,
            "Starts every role of a deployment as a process of this machine, and ends them all together.",
            ("mpc up --config deployment/node.hocon", "tunes as the file's session says, forward-only or by gradients (method = fot, sft or prompt)"),
            ("mpc up --config deployment/node.hocon --resume", "goes on where an interrupted run was, and ends in the same prompt"),
            ("mpc up --config federation/node.hocon", "of 'mpc certs federation --clients 3': party 0, server, dealer, model owner and three clients; with --pairs 2 those of a second pair, too"),
            ("mpc up --config deployment/node.hocon --simulated --json", "the same session simulated; compare the transcripts"),
            ("mpc up --config deployment/node.hocon --pair deployment/node-2.hocon", "each population of prompts is divided among two party pairs, each with a dealer and a model owner"),
            ("mpc up --config deployment/node.hocon --cluster deployment/cluster.hocon --pair deployment/node-2.hocon --spare deployment/node-3.hocon", "the same with pairs that a coordinator gives: a lost one's prompts are tried at the other, and a third takes its place"),
            ("mpc up --config deployment/node.hocon --cluster deployment/cluster.hocon --spare deployment/node-2.hocon", "when a party is lost, the owner goes on with the other pair"),
            ("mpc up --config federation/node.hocon --cluster federation/cluster.hocon", "a coordinator gives a federation its further pairs"))
        {
            simulated, realTime, spare,
        };
        options.AddTo(command);
        command.SetAction((result, cancellation) =>
        {
            if (options.ReadFederated(result) is { } federated)
            {
                if (result.GetValue(realTime) || result.GetValue(spare) is { Length: > 0 }) throw new BadInputException("--real-time and --spare are not for a federation; pairs that it does not use itself are in its own file");
                if (result.GetValue(simulated) && federated.Cluster is not null) throw new BadInputException("--cluster goes with processes, not with --simulated");
                var shown = Output.Of(result, federated.Common);
                return result.GetValue(simulated) ? FederatedUp.SimulateAsync(federated, shown, cancellation) : FederatedUp.RunAsync(federated, shown, cancellation);
            }

            var settings = options.Read(result);
            var output = Output.Of(result, settings.Common);
            if (result.GetValue(realTime) && !result.GetValue(simulated)) throw new BadInputException("--real-time goes with --simulated: processes run in real time anyway");
            NodeRun[] spares = [.. (result.GetValue(spare) ?? []).Select((file, i) => settings with
            {
                File = NodeFile.Read(file), Common = settings.Common with { Out = Path.Combine(settings.Common.Out, $"spare-{i + 1}") },
            })];
            if (spares.Length > 0 && settings.Cluster is null) throw new BadInputException("--spare goes with --cluster: without one, a session has the roles of --config");
            if (settings.Pairs.Count > 0 && result.GetValue(simulated)) throw new BadInputException("--pair goes with processes; 'mpc experiment pairs' simulates two pairs");
            if (settings.Trial is { } trial)
            {
                if (result.GetValue(simulated) || settings.Cluster is not null) throw new BadInputException("--scenario goes neither with --simulated (use 'mpc explore --scenario') nor with --cluster");
                return TrialRun.RunAsync(settings, trial.Scenario, output, cancellation);
            }

            return result.GetValue(simulated) ? NodeCommand.SimulateAsync(settings with { IsRealTime = result.GetValue(realTime) }, output, cancellation) : RunAsync(settings, spares, output, _ => Task.CompletedTask, cancellation);
        });
        return command;
    }

    /// <param name="disturb">Is given the processes as soon as they have started, and done with them before they are let go.</param>
    public static async Task<int> RunAsync(NodeRun settings, NodeRun[] spares, Output output, Func<IReadOnlyList<RoleProcess>, Task> disturb, CancellationToken cancellation)
    {
        var folder = new OutputFolder(settings.Common.Out);
        string[] ofPairs = [.. settings.Pairs.Select((_, i) => new OutputFolder(Path.Combine(settings.Common.Out, string.Create(CultureInfo.InvariantCulture, $"pair-{i + 2}"))).Folder)];
        foreach (var file in settings.Pairs.Prepend(settings.File))
            foreach (var role in file.Roles.Keys) _ = file.SettingsOf(role, _ => { });
        settings = settings with { Cluster = ClusterRun.IfAvailable(settings.Cluster, output.Error.WriteLine) };
        var processes = settings.File.Roles.Keys.Order().Select(role => RoleProcess.Of(role, settings, output)).ToList();
        processes.AddRange(settings.Pairs.SelectMany((pair, i) => RolesOf(pair, settings.Cluster).Select(role => RoleProcess.Of(
            role, settings with { File = pair, Pairs = [], Common = settings.Common with { Out = ofPairs[i] } }, output, string.Create(CultureInfo.InvariantCulture, $"{role.Name()} {i + 2}")))));
        if (settings.Cluster is { } cluster)
        {
            processes.Insert(0, RoleProcess.Coordinator(cluster, output));
            processes.AddRange(spares.SelectMany((spare, i) => Pair.Select(role => RoleProcess.Of(role, spare, output, string.Create(CultureInfo.InvariantCulture, $"{role.Name()} {settings.Pairs.Count + i + 2}")))));
        }

        try
        {
            folder.Write("processes.json", JsonSerializer.Serialize(processes.ToDictionary(process => process.Name, process => process.Id)) + "\n");
            var disturbed = disturb(processes);
            await EndTogether(processes, settings.Cluster is null ? IsOver : IsOverInCluster, output, cancellation);
            await disturbed;
        }
        finally
        {
            foreach (var process in processes) process.Dispose();
        }

        // What serves in a cluster does so until it is ended.
        if (settings.Cluster is not null) processes.RemoveAll(process => process.Role != Role.DataOwner);
        MergeTraces(folder, [folder.Folder, .. ofPairs]);
        return ExitCodeOf(processes, cancellation);
    }

    /// <summary>Of a further pair. In a cluster one model owner serves all.</summary>
    static IEnumerable<Role> RolesOf(NodeFile pair, ClusterFile? cluster) => cluster is null ? pair.Roles.Keys.Where(role => role != Role.DataOwner).Order() : Pair;

    /// <summary>The worst of all; bad input where one had it.</summary>
    public static int ExitCodeOf(IReadOnlyList<RoleProcess> processes, CancellationToken cancellation)
    {
        var worst = processes.Select(process => process.ExitCode).FirstOrDefault(code => code == (int)ExitCode.BadInput, processes.Max(process => process.ExitCode));
        return cancellation.IsCancellationRequested ? throw new OperationCanceledException(cancellation) : worst is >= 0 and <= 2 ? worst : (int)ExitCode.RunFailed;
    }

    /// <summary>A session of one crew ends when one of its roles fails.</summary>
    static bool IsOver(RoleProcess ended, IReadOnlyList<RoleProcess> running) => ended.ExitCode != 0;

    /// <summary>A cluster ends when its data owner does, or when nobody is left who could serve it. A session that has begun needs no coordinator.</summary>
    static bool IsOverInCluster(RoleProcess ended, IReadOnlyList<RoleProcess> running) => IsFailedCoordinator(ended) || (ended.Role is not null && !running.Any(process => process.Role == ended.Role));

    /// <summary>It could not be one, at a port that is taken, say. One that was killed has done its part.</summary>
    public static bool IsFailedCoordinator(RoleProcess ended) => ended.Role is null && ended.ExitCode is (int)ExitCode.RunFailed or (int)ExitCode.BadInput;

    /// <summary>Waits until it is over, or Ctrl-C comes; then the others get a little time to end by themselves.</summary>
    public static async Task EndTogether(IReadOnlyList<RoleProcess> processes, Func<RoleProcess, IReadOnlyList<RoleProcess>, bool> isOver, Output output, CancellationToken cancellation)
    {
        var running = processes.ToList();
        try
        {
            while (running.Count > 0)
            {
                var ended = await await Task.WhenAny(running.Select(process => process.Ended)).WaitAsync(cancellation);
                running.Remove(ended);
                var isLast = isOver(ended, running);
                if (ended.ExitCode != 0) output.Error.WriteLine($"{ended.Name} ended with exit code {ended.ExitCode}{(isLast ? "; the session is over" : "")}");
                if (!isLast) continue;
                if (ended.ExitCode != 0) await Task.WhenAny(Task.WhenAll(running.Select(process => process.Ended)), Task.Delay(Word, cancellation));
                break;
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C.
        }

        foreach (var process in running) process.Stop();
        await Task.WhenAny(Task.WhenAll(running.Select(process => process.Ended)), Task.Delay(Patience, CancellationToken.None));
        foreach (var process in running) process.Kill();
        await Task.WhenAll(processes.Select(process => process.Ended));
    }

    /// <summary>One timeline of all nodes that left theirs.</summary>
    /// <param name="from">Folders, one for each party pair.</param>
    public static void MergeTraces(OutputFolder folder, IReadOnlyList<string> from)
    {
        var events = new JsonArray();
        for (var pair = 0; pair < from.Count; pair++)
        {
            foreach (var file in Directory.GetFiles(from[pair], "trace-*.json").Order(StringComparer.Ordinal))
            {
                if (JsonNode.Parse(File.ReadAllBytes(file)) is not JsonObject trace || trace["traceEvents"] is not JsonArray own) continue;
                foreach (var one in own.OfType<JsonObject>())
                {
                    var copy = (JsonObject)one.DeepClone();
                    if (pair > 0)
                    {
                        // Roles are told apart by their number, and each pair has all of them.
                        copy["pid"] = (int?)copy["pid"] + pair * Enum.GetValues<Role>().Length;
                        if (copy["args"] is JsonObject named) named["name"] = string.Create(CultureInfo.InvariantCulture, $"{named["name"]} {pair + 1}");
                    }

                    events.Add(copy);
                }
            }
        }

        folder.Write("trace.json", stream => JsonSerializer.Serialize(stream, new JsonObject { ["traceEvents"] = events }));
    }
}
