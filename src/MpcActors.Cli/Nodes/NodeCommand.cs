using System.CommandLine;
using System.Globalization;
using MpcActors.Actors.Nodes;
using MpcActors.Network;
using MpcActors.Protocols;

namespace MpcActors.Cli;

/// <summary>One role of a deployment, in this process.</summary>
static class NodeCommand
{
    public const string Name = "node";

    /// <summary>A node of <c>up</c> ends with its parent, however that ends: the parent holds the other end of its standard input.</summary>
    public const string WithParent = "--with-parent";

    /// <summary>A node of a calibration exchanges frames as a session does, and computes nothing; the data owner's process says how many rounds.</summary>
    public const string Probe = "--probe";

    public static Command Create()
    {
        var role = Options.Text("--role", $"{string.Join('|', NodeFile.RoleNames)}|client|server", "Which role this process is; client and server are those of a federation");
        var number = Options.CountIfAny("--number", "With --role client: which client of a federation", most: FederateOptions.MostClients);
        var withParent = new Option<bool>(WithParent) { Hidden = true };
        var probe = Options.CountIfAny(Probe, "Rounds of frames instead of a session");
        probe.Hidden = true;
        var options = new NodeOptions(Name);
        var command = new ExemplifiedCommand(
            Name,
            "Runs one role of a deployment in this process, over TLS with the others.",
            ("mpc node --role party-0 --config deployment/node.hocon", "one of five; the session begins when all are there"),
            ("mpc node --role data-owner --config deployment/node.hocon --out run1 --resume", "goes on from the owner's checkpoint in run1"),
            ("mpc node --role client --number 2 --config federation/node.hocon", "a client of a federation, which takes part whenever it is its turn"),
            ("mpc node --role party-0 --config deployment/node.hocon --cluster deployment/cluster.hocon", "takes part in every session that a coordinator gives it"),
            ("mpc node --role server-2 --config federation/node.hocon --cluster federation/cluster.hocon", "of a federation's further pair, which serves whoever needs one"))
        {
            role, number,
        };
        options.AddTo(command);
        command.Options.Add(withParent);
        command.Options.Add(probe);
        command.SetAction(async (result, cancellation) =>
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (options.ReadFederated(result) is { } federated)
            {
                var member = federated.File.MemberOf(result.GetValue(role) ?? throw new BadInputException($"--role is needed: {string.Join(", ", federated.File.Members.Select(member => member.Name))}"), result.GetValue(number));
                if (result.GetValue(withParent))
                {
                    StopWithParent(stop);
                    federated = federated with { Command = UpCommand.Name };
                }

                return await FederatedNode.RunAsync(federated, member, Output.Of(result, federated.Common), stop.Token);
            }

            if (result.GetValue(number) is not null) throw new BadInputException("--number is for the clients of a federation, which --config is none of");
            var self = NodeFile.RoleOf(result.GetValue(role) ?? throw new BadInputException($"--role is needed: {string.Join(", ", NodeFile.RoleNames)}"));
            var settings = options.Read(result) with { ProbeRounds = result.GetValue(probe) };
            if (settings.Pairs.Count > 0 && self != Role.DataOwner) throw new BadInputException($"--pair is for the data owner, which divides its work among pairs; {self.Name()} has the configuration of its own pair alone");
            if (settings.ProbeRounds is not null && self == Role.DataOwner) throw new BadInputException($"{Probe} is for the roles beside the data owner of 'mpc experiment calibration', whose process measures");
            if (result.GetValue(withParent)) StopWithParent(stop);
            return await RunAsync(self, settings, Output.Of(result, settings.Common), stop.Token);
        });
        return command;
    }

    /// <summary>The child ends when its standard input does.</summary>
    public static void StopWithParent(CancellationTokenSource stop) => new Thread(() =>
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
            // The parent says nothing; what counts is that it is there.
        }

        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The node was done first.
        }
    })
    { IsBackground = true }.Start();

    static async Task<int> RunAsync(Role role, NodeRun settings, Output output, CancellationToken cancellation)
    {
        var file = settings.File;
        var folder = new OutputFolder(settings.Common.Out);
        var secrets = file.SecretsOf(role);
        _ = secrets.In(default, role);
        using var trace = NodeTrace.Start(role.Name(), (int)role, folder);
        using var watch = new NodeWatch(role.Name(), folder, output.Error);
        return await watch.WatchAsync(() => role == Role.DataOwner ? OwnAsync(settings, folder, secrets, output, watch, cancellation) : ServeAsync(role, settings, folder, secrets, output, watch, cancellation));
    }

    /// <summary>The data owner's part of the file's session.</summary>
    /// <param name="watch">Null where the other roles are simulated.</param>
    static Task<int> OwnAsync(NodeRun settings, OutputFolder folder, SessionSecrets secrets, Output output, NodeWatch? watch, CancellationToken cancellation) => settings.File.Session.Gradients is { } gradients
        ? NodeTraining.RunAsync(settings, gradients, folder, secrets, output, watch, cancellation)
        : TuneAsync(settings, folder, secrets, output, watch, cancellation);

    static async Task<int> ServeAsync(Role role, NodeRun settings, OutputFolder folder, SessionSecrets secrets, Output output, NodeWatch watch, CancellationToken cancellation)
    {
        var file = settings.File;
        Action<string> log = watch.Say;
        Func<Ring.Seed, Actors.RoleProgram> program = session => SessionPrograms.Serve(role, secrets, session, file.Session.Tuning.Reveal);
        if (settings.ProbeRounds is { } rounds)
        {
            program = _ => LinkProbe.ProgramOf(role, rounds);
        }
        else if (file.Session.Gradients is { } gradients)
        {
            program = await NodeTraining.ProgramAsync(role, settings, gradients, folder, secrets, new Lines(log), cancellation);
        }
        else if (role == Role.ModelOwner)
        {
            var (clear, labels) = await NodeJob.PrepareModelAsync(file, new Lines(log), cancellation);
            program = session => SessionPrograms.ModelOwner(clear, labels, secrets, session);
        }

        if (ClusterRun.IfAvailable(settings.Cluster, log) is { } cluster)
        {
            await new ClusterRun(file, cluster, role, watch).ServeAsync(async (node, stop) => Say(log, await Node.RunAsync(node, program, null, stop)), cancellation);
            return (int)ExitCode.Done;
        }

        var outcome = await Node.RunAsync(settings.SettingsOf(role, log, watch), program, null, cancellation);
        Say(log, outcome);
        var own = outcome.Nodes.Single();
        output.Show(new NodeReport { Command = Name, Seed = file.Session.Tuning.Seed, ElapsedSeconds = outcome.Elapsed.TotalSeconds, Role = role.Name(), ComputeSeconds = own.Busy.TotalSeconds, Links = [.. own.Links.Select(LinkReport.Of)] }, []);
        return (int)ExitCode.Done;
    }

    static void Say(Action<string> log, NodeOutcome outcome)
    {
        var own = outcome.Nodes.Single();
        log(string.Create(CultureInfo.InvariantCulture, $"done: {own.Links.Sum(link => link.OnlineBytes + link.OfflineBytes)} bytes on {own.Links.Count} links, computed {own.Busy.TotalSeconds:0.0} s of {outcome.Elapsed.TotalSeconds:0.0} s"));
    }

    /// <param name="watch">Null where the other roles are simulated.</param>
    static async Task<int> TuneAsync(NodeRun settings, OutputFolder folder, SessionSecrets secrets, Output output, NodeWatch? watch, CancellationToken cancellation)
    {
        var (file, common) = (settings.File, settings.Common);
        var report = await Steps.RunAsync(output.Error, ["Prepare the encoder", $"Tune on shares: {file.Session.Attention}", "Write the files"], async steps =>
        {
            steps.Next();
            var job = await NodeJob.PrepareAsync(file, common, new Announcer(steps), cancellation);

            steps.Next();
            var (outcome, comparison) = watch is null
                ? await job.Job.TuneOnSharesAsync(job.Candidate, settings.Checkpoint, steps, cancellation, isRealTime: settings.IsRealTime)
                : await OnNodesAsync(job, settings, secrets, steps, watch, cancellation);

            steps.Next();
            var run = new AttentionRun(job.Candidate, null, outcome, comparison, IsControl: false);
            folder.Write("prompt.json", TunedPrompt.Of(job.Model, job.Texts, job.Candidate, job.Form, run.Shown).ToJson() + "\n");
            var result = job.Job.Report(settings.Command, [run], steps, [$"Accuracies are of {job.Texts.Test.Batch.Texts} test texts and one draw of training texts: differences of a few points are chance."]);
            job.Job.Write(folder, result, [run]);
            steps.End();
            return result with { ElapsedSeconds = steps.Elapsed.TotalSeconds, Phases = steps.Phases };
        });
        folder.Write("run.json", report.ToJson() + "\n");
        output.Show(report, TuningTables.Of(report), $"Files: {Path.Combine(folder.Folder, "run.json")}, {Path.Combine(folder.Folder, "prompt.json")} (the tuned prompt)");
        return (int)ExitCode.Done;
    }

    static Task<(PrivateOutcome Outcome, Comparison? Comparison)> OnNodesAsync(NodeJob job, NodeRun settings, SessionSecrets secrets, Steps steps, NodeWatch watch, CancellationToken cancellation)
    {
        var cluster = ClusterRun.IfAvailable(settings.Cluster, watch.Say) is { } file ? new ClusterRun(settings.File, file, Role.DataOwner, watch) : null;
        if (settings.Pairs.Count > 0)
        {
            return job.Job.TuneOnPairsAsync(job.Candidate, steps, watch.Report, (own, progress) => cluster is null
                ? PairedTuning.RunOnNodesAsync(
                    job.Candidate, job.Texts, own, [settings.SettingsOf(Role.DataOwner, Log, watch), .. settings.Pairs.Select((pair, i) => pair.SettingsOf(Role.DataOwner, line => Log($"pair {i + 2}: {line}")))],
                    secrets, settings.Checkpoint, progress, cancellation)
                : PairedTuning.RunInClusterAsync(job.Candidate, job.Texts, own, cluster, [settings.File, .. settings.Pairs], secrets, settings.Checkpoint, progress, cancellation));
        }

        if (cluster is not null)
        {
            return cluster.UntilDoneAsync(
                (node, goesOn, stop) => job.Job.TuneOnNodesAsync(
                    job.Candidate, settings.Checkpoint with { Resume = goesOn || settings.Checkpoint.Resume }, steps, watch.Report, node, secrets, stop),
                cancellation);
        }

        return job.Job.TuneOnNodesAsync(job.Candidate, settings.Checkpoint, steps, watch.Report, settings.SettingsOf(Role.DataOwner, Log, watch), secrets, cancellation);

        void Log(string line)
        {
            steps.Announce(line);
            watch.Keep(line);
        }
    }

    /// <summary>The data owner's tuning, with all other roles simulated beside it: the same session, and the same transcript.</summary>
    public static Task<int> SimulateAsync(NodeRun settings, Output output, CancellationToken cancellation)
    {
        var secrets = new SessionSecrets(role => SessionSecrets.FromNumber(role, settings.File.Session.Tuning.Seed));
        return OwnAsync(settings, new OutputFolder(settings.Common.Out), secrets, output, null, cancellation);
    }

    sealed class Lines(Action<string> write) : IProgress<string>
    {
        public void Report(string value) => write(value);
    }
}

/// <summary>What <c>node</c> reports of a role that is not the data owner.</summary>
sealed record NodeReport : Report
{
    public required string Role { get; init; }

    public required double ComputeSeconds { get; init; }

    public required IReadOnlyList<LinkReport> Links { get; init; }
}

/// <param name="Hash">The link's part of the transcript.</param>
sealed record LinkReport(string From, string To, long OnlineFrames, long OnlineBytes, long OfflineFrames, long OfflineBytes, string Hash)
{
    public static LinkReport Of(LinkSummary link) => new(link.From.Name(), link.To.Name(), link.OnlineFrames, link.OnlineBytes, link.OfflineFrames, link.OfflineBytes, link.Hash);
}

/// <summary>How a node is run.</summary>
sealed record NodeRun(string Command, NodeFile File, CommonSettings Common, Checkpoint Checkpoint, ClusterFile? Cluster = null, ScenarioFile? Trial = null, bool IsRealTime = false)
{
    /// <summary>Further party pairs of one data owner, among which its populations are divided.</summary>
    public IReadOnlyList<NodeFile> Pairs { get; init; } = [];

    /// <summary>The only core that its processes may use, from 0; null for all. On Linux alone.</summary>
    public int? Core { get; init; }

    /// <summary>Of a probe of the links, which is run instead of the file's session; null for that.</summary>
    public int? ProbeRounds { get; init; }

    public NodeSettings SettingsOf(Role role, Action<string> log, NodeWatch watch) => LinkProbe.Agreed(File.SettingsOf(role, log), ProbeRounds) with { Monitor = watch.Monitor, Trouble = Trial?.Scenario.TroubleOf(role) };
}

/// <summary>The options that <c>node</c> and <c>up</c> share.</summary>
sealed class NodeOptions(string command)
{
    readonly Option<string?> _config = Options.Text("--config", "FILE", "Configuration of the deployment, such as 'mpc certs' writes");
    readonly Option<string?> _cluster = Options.Text("--cluster", "FILE", "How processes find each other in a cluster; without it, at the addresses of --config");
    readonly Option<string[]> _pair = new("--pair")
    {
        Description = "Configuration of another party pair with dealer and model owner, among which and the first the data owner divides its populations; may be given again", HelpName = "FILE", Arity = ArgumentArity.OneOrMore,
    };

    readonly Option<string?> _scenario = Options.Text("--scenario", "FILE", "A trial: what goes wrong with frames, links and processes, as for 'mpc explore'");
    readonly Option<string?> _out = Options.Text("--out", "DIR", "Folder for the files of the run and the owner's checkpoint (default: out/up)");
    readonly Option<bool> _resume = Options.Flag("--resume", "Go on from the owner's checkpoint, or a federation's, if there is one");
    readonly Option<bool> _json = Options.Flag("--json", "Write one JSON object to standard output and everything else to standard error");

    public void AddTo(Command to)
    {
        foreach (var option in new Option[] { _config, _cluster, _pair, _scenario, _out, _resume, _json }) to.Options.Add(option);
    }

    /// <summary>Null where the configuration is none of a federation.</summary>
    public FederatedRun? ReadFederated(ParseResult result)
    {
        if (result.GetValue(_config) is not { } path || !FederatedFile.Is(path)) return null;
        if (result.GetValue(_scenario) is not null || result.GetValue(_pair) is { Length: > 0 }) throw new BadInputException("--pair and --scenario are not for a federation");
        var file = FederatedFile.Read(path);
        var common = new CommonSettings(result.GetValue(_json), file.Federation.Tuning.Seed, result.GetValue(_out) ?? Path.Combine("out", "up"), LinkProfile.Lan, Actors.Work.Measured);
        return new(command, file, common, result.GetValue(_resume), result.GetValue(_cluster) is { } cluster ? ClusterFile.Read(cluster) : null);
    }

    public NodeRun Read(ParseResult result)
    {
        var file = NodeFile.Read(result.GetValue(_config) ?? throw new BadInputException("--config is needed: the configuration of a deployment; 'mpc certs DIR' makes one"));
        if (file.Session.Gradients is not null && result.GetValue(_cluster) is not null)
            throw new BadInputException($"--cluster is for method = fot: a training's shares stay with the parties that made them, so no other pair could go on with it; leave it out, and the roles of '{file.Path}' train");
        var folder = result.GetValue(_out) ?? Path.Combine("out", "up");
        var common = new CommonSettings(result.GetValue(_json), file.Session.Tuning.Seed, folder, LinkProfile.Lan, Actors.Work.Measured);
        var run = new NodeRun(command, file, common, new(Path.Combine(folder, "owner.checkpoint"), result.GetValue(_resume)), result.GetValue(_cluster) is { } cluster ? ClusterFile.Read(cluster) : null, result.GetValue(_scenario) is { } scenario ? ScenarioFile.Read(scenario) : null)
        {
            Pairs = PairsOf(file, result.GetValue(_pair) ?? []),
        };
        if (run.Pairs.Count > 0 && file.Session.Gradients is not null)
            throw new BadInputException($"--pair is for method = fot, whose prompts can be tried apart: each step of a training begins where the last one ended; leave it out, and the roles of '{file.Path}' train");
        if (run.Pairs.Count > 0 && run.Trial is not null) throw new BadInputException("--pair does not go with --scenario, which has the roles of one pair");
        return run;
    }

    /// <summary>Their session is that of the first, at other addresses.</summary>
    static IReadOnlyList<NodeFile> PairsOf(NodeFile first, IEnumerable<string> paths)
    {
        var all = new List<NodeFile> { first };
        foreach (var path in paths)
        {
            var pair = NodeFile.Read(path);
            foreach (var (fact, other) in first.Facts.Zip(pair.Facts))
                if (fact != other) throw new BadInputException($"'{path}' has {other.Name} = {other.Value}, '{first.Path}' has {fact.Value}: pairs that share a population have one session's settings");

            // Of two roles the later one dials, so nobody comes to the model owner.
            foreach (var (role, block) in pair.Roles.Where(role => role.Key != Role.ModelOwner))
                if (all.FirstOrDefault(known => known.Roles.Values.Any(other => (other.Address.Host, other.Address.Port) == (block.Address.Host, block.Address.Port))) is { } taken)
                    throw new BadInputException($"'{path}' has {role.Name()} at {block.Address}, as '{taken.Path}' has: each pair, and the data owner for each, listens at an address of its own");
            all.Add(pair);
        }

        return all[1..];
    }
}
