using System.CommandLine;
using System.Globalization;
using System.Text;
using MpcActors.Actors;
using MpcActors.Experiments;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>Forward passes simulated, simulated at real speed, and by processes over shaped links: whether they take as long as predicted, and say the same.</summary>
/// <remarks>
/// Nobody deals before the run in any of the three: what is dealt takes time and bandwidth, as between processes. The prediction for processes
/// knows what nodes on this machine were seen to add to a link, as one would ping a real network, and that all of them share this machine's cores; the other two have the profile's
/// own latency, and roles with a machine each. Links are probed, and how long roles compute is measured in the two simulations, before and after processes run, several times in turn:
/// a machine is now faster, now slower. Connecting and sharing model and texts are in no figure. Medians of passes are compared, since a machine has other things to do now and then.
/// </remarks>
sealed class CalibrationExperiment : IConfiguredExperiment
{
    static readonly LinkProfile[] Networks = [LocalEnds.Loopback, LinkProfile.Lan, LinkProfile.Wan1, LinkProfile.Wan2];
    static readonly LinkProfile[] QuickNetworks = [LocalEnds.Loopback, LinkProfile.Wan2];

    readonly Option<string?> _networks = Options.Text(
        "--networks", "A,B,…", $"Of {NamesOf(Networks)} (default: all; with --quick {NamesOf(QuickNetworks)})");
    readonly IReadOnlyList<LinkProfile>? _chosen;

    public CalibrationExperiment()
    {
    }

    CalibrationExperiment(IReadOnlyList<LinkProfile>? chosen) => _chosen = chosen;

    public string Name => "calibration";

    public string Question => "Does a session take as long in processes over a network as the simulator predicts?";

    public IEnumerable<Option> OwnOptions => [_networks];

    public IExperiment With(ParseResult typed) =>
        new CalibrationExperiment(typed.GetValue(_networks)?.Split(',', StringSplitOptions.TrimEntries).Distinct().Select(Named).ToArray());

    public async Task<ExperimentResult> RunAsync(ExperimentSettings settings, Action<string> announce, CancellationToken cancellation)
    {
        var measured = new List<Measured>();
        foreach (var network in _chosen ?? (settings.IsQuick ? QuickNetworks : Networks))
        {
            var size = SizeOf(network, settings.IsQuick);
            measured.AddRange(await MeasureAsync(network, size, settings.Seed, announce, cancellation));
        }

        return new([.. measured.Select(one => one.Row)], Table(measured, settings), new Dictionary<string, string>());
    }

    static LinkProfile Named(string name) => Networks.FirstOrDefault(network => network.Name == name)
        ?? throw new BadInputException($"unknown network '{name}': use {NamesOf(Networks)}{Nearest.Hint(name, Networks.Select(network => network.Name))}");

    static string NamesOf(IEnumerable<LinkProfile> networks) => string.Join(", ", networks.Select(network => network.Name));

    static Size SizeOf(LinkProfile network, bool isQuick) => (isQuick, network == LocalEnds.Loopback || network == LinkProfile.Lan) switch
    {
        (true, true) => new("uniform", 4, 2, 1, 10, 11, 50),
        (true, false) => new("uniform", 4, 2, 1, 0, 1, 5),
        (false, true) => new("softmax", 20, 16, 4, 5, 7, 200),
        (false, false) => new("softmax", 20, 16, 1, 2, 3, 10),
    };

    static async Task<IEnumerable<Measured>> MeasureAsync(LinkProfile network, Size size, ulong seed, Action<string> announce, CancellationToken cancellation)
    {
        using var deployment = new ShapedDeployment(network, string.Create(CultureInfo.InvariantCulture, $"seed = {seed}, shots = {size.Shots}, test-texts = 8, attention = {size.Attention}"));
        var file = deployment.FileOf(Role.DataOwner);
        var common = new CommonSettings(false, seed, "", network, Work.Measured);
        var job = await NodeJob.PrepareAsync(file, common, new Progress<string>(), cancellation);
        var name = Seed.FromNumber(seed).Derive("calibration");

        announce($"{network.Name}: probing");
        var probe = await LinkProbe.MeasureAsync(deployment, size.ProbeRounds, cancellation);
        var cycles = new List<Cycle>();
        while (cycles.Count < size.Cycles)
        {
            var part = size.Cycles == 1 ? "" : $", {cycles.Count + 1} of {size.Cycles}";
            announce($"{network.Name}: simulated{part}");
            var before = Environment.CpuUsage.TotalTime;
            var simulated = await SimulateAsync(isRealTime: false);
            var computed = Environment.CpuUsage.TotalTime - before;
            announce($"{network.Name}: processes{part}");
            var owner = Questions();
            var transcript = await deployment.RunAsync(owner, name, cancellation);
            announce($"{network.Name}: probing again{part}");
            var (probedBefore, probedAfter) = (probe, await LinkProbe.MeasureAsync(deployment, size.ProbeRounds, cancellation));
            probe = probedAfter;
            announce($"{network.Name}: simulated at real speed{part}");
            var real = await SimulateAsync(isRealTime: true);
            cycles.Add(new(simulated, real, owner, transcript, LinkProbe.Mean([probedBefore, probedAfter]), computed));
        }

        var seen = network with { Latency = LinkProbe.Mean([.. cycles.Select(cycle => cycle.Probe)]).OneWay };
        var predicted = Median(cycles, cycle => cycle.Simulated.PredictedOn(network, null));
        var atSpeed = new Measured(
            network, size, "real-time", TranscriptsOf(cycles, cycle => cycle.Real.Run.Transcript), network,
            Median(cycles, cycle => cycle.Real.PredictedOn(network, null)), Median(cycles, cycle => SecondsOf(cycle.Real.Questions)));
        return
        [
            new(network, size, "simulated", TranscriptsOf(cycles, cycle => cycle.Simulated.Run.Transcript), network, predicted, predicted),
            // Roles compute one after the other in a simulation: without a network to wait for it cannot be as fast as roles with a machine each.
            .. network == LocalEnds.Loopback ? Array.Empty<Measured>() : [atSpeed],
            new(network, size, "processes", TranscriptsOf(cycles, cycle => cycle.Transcript), seen,
                Median(cycles, cycle => [.. cycle.Simulated.PredictedOn(cycle.Seen(network), cycle.Machine), .. cycle.Real.PredictedOn(cycle.Seen(network), cycle.Machine)]),
                Median(cycles, cycle => SecondsOf(cycle.Owner)))
            {
                Machine = new(
                    cycles.Average(cycle => cycle.Machine.TurnShare), cycles.Average(cycle => cycle.Machine.NanosecondsPerByte),
                    cycles.Aggregate(TimeSpan.Zero, (sum, cycle) => sum + cycle.Machine.PerFrame) / cycles.Count),
            },
        ];

        TimedQuestions Questions() => new(job, file.Session, size.Prompts, size.WarmUps, size.Passes);

        async Task<Simulated> SimulateAsync(bool isRealTime)
        {
            var secrets = new SessionSecrets(role => SessionSecrets.FromNumber(role, seed));
            var asked = Questions();
            var programs = new[] { Role.PartyZero, Role.PartyOne, Role.Dealer }.ToDictionary(role => role, role => SessionPrograms.Serve(role, secrets, name, Reveal.Logits));
            programs[Role.ModelOwner] = SessionPrograms.ModelOwner(job.Candidate.Clear, job.Candidate.Labels, secrets, name);
            programs[Role.DataOwner] = asked.Program(secrets, name);
            return new(await Simulation.RunAsync(new(network, Work.Measured, name) { IsRealTime = isRealTime, DealsInTime = true }, programs, cancellation), asked);
        }
    }

    static double Median(IEnumerable<Cycle> cycles, Func<Cycle, IEnumerable<double>> secondsOf) => cycles.SelectMany(secondsOf).Median();

    static IEnumerable<double> SecondsOf(TimedQuestions questions) => questions.Timed.Select(timed => timed.Seconds);

    static string[] TranscriptsOf(IEnumerable<Cycle> cycles, Func<Cycle, string> of) => [.. cycles.Select(of).Distinct()];

    static string Table(IEnumerable<Measured> measured, ExperimentSettings settings)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"A forward pass of the tiny model, seed {settings.Seed}; processes are four children and the data owner, over TLS, through shapers except on the loopback, on one machine of {Environment.ProcessorCount} cores.\n\n");
        text.Append("| network | way | one-way latency | predicted | measured | error | transcript |\n|---|---|--:|--:|--:|--:|---|\n");
        foreach (var one in measured)
            text.Append(CultureInfo.InvariantCulture, $"| {one.Network.Name} | {one.Way} | {one.Link.Latency.TotalMilliseconds:0.000} ms | {one.PredictedSeconds:0.000} s | {one.MeasuredSeconds:0.000} s | {one.Error:+0.0 %;-0.0 %;0 %} | {string.Join(", ", one.Transcripts.Select(transcript => transcript[..8]))} |\n");
        foreach (var one in measured)
        {
            if (one.Machine is not { } machine) continue;
            text.Append(CultureInfo.InvariantCulture, $"\n{one.Network.Name}: a turn keeps {machine.TurnShare:0 %} of the machine busy, a frame between processes all of it for {machine.PerFrame.TotalMicroseconds:0} µs, ");
            text.Append(CultureInfo.InvariantCulture, $"and each of its bytes for {machine.NanosecondsPerByte:0.0} ns.");
        }

        return text.Append('\n').ToString();
    }

    /// <param name="Shots">Texts a class.</param>
    /// <param name="Cycles">How often simulations, processes and probes take turns.</param>
    /// <param name="Passes">Timed ones of a cycle.</param>
    sealed record Size(string Attention, int Prompts, int Shots, int Cycles, int WarmUps, int Passes, int ProbeRounds);

    sealed record Simulated(Run Run, TimedQuestions Questions)
    {
        /// <summary>Seconds of each pass.</summary>
        public IEnumerable<double> PredictedOn(LinkProfile link, SharedMachine? machine)
        {
            var costs = new SessionCosts(Run) { Machine = machine };
            return Questions.Timed.Select(timed => costs.Mean([timed.Call], link).Seconds);
        }
    }

    /// <param name="Owner">Of the processes.</param>
    /// <param name="Probe">Around them.</param>
    /// <param name="Computed">By all cores while it was simulated.</param>
    sealed record Cycle(Simulated Simulated, Simulated Real, TimedQuestions Owner, string Transcript, LinkProbe Probe, TimeSpan Computed)
    {
        public SharedMachine Machine { get; } = SharedBy(Simulated.Run, Computed, Probe);

        public LinkProfile Seen(LinkProfile network) => network with { Latency = Probe.OneWay };

        static SharedMachine SharedBy(Run simulated, TimeSpan computed, LinkProbe probe)
        {
            var cores = Environment.ProcessorCount;
            var turns = simulated.Recording.Turns.Aggregate(TimeSpan.Zero, (sum, turn) => sum + turn.Busy + turn.OfflineBusy);
            return new(Math.Clamp(computed / (turns * cores), 1.0 / cores, 1), probe.CoreNanosecondsPerByte / cores, probe.CoreTimePerFrame / cores);
        }
    }

    /// <param name="Transcripts">One, unless a cycle's differed.</param>
    /// <param name="Link">What the prediction knew of the network.</param>
    sealed record Measured(LinkProfile Network, Size Size, string Way, string[] Transcripts, LinkProfile Link, double PredictedSeconds, double MeasuredSeconds)
    {
        /// <summary>What all roles share; null where each has a machine of its own.</summary>
        public SharedMachine? Machine { get; init; }

        public double Error => MeasuredSeconds / PredictedSeconds - 1;

        public ExperimentRow Row => new($"{Network.Name}, {Way}: a forward pass, the median of {Size.Cycles * Size.Passes}", null, MeasuredSeconds, "seconds") { More = Facts };

        Dictionary<string, object> Facts
        {
            get
            {
                var facts = new Dictionary<string, object>
                {
                    ["network"] = Network.Name,
                    ["way"] = Way,
                    ["transcript"] = string.Join(", ", Transcripts),
                    ["latencySeconds"] = Link.Latency.TotalSeconds,
                    ["predictedSeconds"] = PredictedSeconds,
                    ["measuredSeconds"] = MeasuredSeconds,
                    ["error"] = Error,
                };
                if (Machine is null) return facts;
                facts["machineTurnShare"] = Machine.TurnShare;
                facts["machineSecondsPerFrame"] = Machine.PerFrame.TotalSeconds;
                facts["machineNanosecondsPerByte"] = Machine.NanosecondsPerByte;
                return facts;
            }
        }
    }
}
