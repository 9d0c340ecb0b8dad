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
/// own latency, and roles with a machine each. Links were probed, and how long roles compute was measured in the two simulations, before and after the processes ran: a machine is now faster, now slower.
/// Connecting and sharing model and texts are in no figure. Medians of passes are compared, since a machine has other things to do now and then.
/// </remarks>
sealed class CalibrationExperiment : IExperiment
{
    static readonly LinkProfile[] Networks = [LocalEnds.Loopback, LinkProfile.Lan, LinkProfile.Wan1, LinkProfile.Wan2];

    public string Name => "calibration";

    public string Question => "Does a session take as long in processes over a network as the simulator predicts?";

    public async Task<ExperimentResult> RunAsync(ExperimentSettings settings, Action<string> announce, CancellationToken cancellation)
    {
        var measured = new List<Measured>();
        foreach (var network in settings.IsQuick ? [LocalEnds.Loopback, LinkProfile.Wan2] : Networks)
        {
            var size = SizeOf(network, settings.IsQuick);
            measured.AddRange(await MeasureAsync(network, size, settings.Seed, announce, cancellation));
        }

        return new([.. measured.Select(one => one.Row)], Table(measured, settings), new Dictionary<string, string>());
    }

    static Size SizeOf(LinkProfile network, bool isQuick) => (isQuick, network == LocalEnds.Loopback || network == LinkProfile.Lan) switch
    {
        (true, true) => new("uniform", 4, 2, 10, 11, 50),
        (true, false) => new("uniform", 4, 2, 0, 1, 5),
        (false, true) => new("softmax", 20, 16, 10, 21, 500),
        (false, false) => new("softmax", 20, 16, 2, 3, 10),
    };

    static async Task<IEnumerable<Measured>> MeasureAsync(LinkProfile network, Size size, ulong seed, Action<string> announce, CancellationToken cancellation)
    {
        using var deployment = new ShapedDeployment(network, string.Create(CultureInfo.InvariantCulture, $"seed = {seed}, shots = {size.Shots}, test-texts = 8, attention = {size.Attention}"));
        var file = deployment.FileOf(Role.DataOwner);
        var common = new CommonSettings(false, seed, "", network, Work.Measured);
        var job = await NodeJob.PrepareAsync(file, common, new Progress<string>(), cancellation);
        var name = Seed.FromNumber(seed).Derive("calibration");

        announce($"{network.Name}: probing");
        var probedBefore = await LinkProbe.MeasureAsync(network, size.ProbeRounds, cancellation);
        announce($"{network.Name}: simulated");
        var before = Environment.CpuUsage.TotalTime;
        var (simulated, questions) = await SimulateAsync(isRealTime: false);
        var computed = Environment.CpuUsage.TotalTime - before;
        announce($"{network.Name}: processes");
        var owner = Questions();
        var transcript = await deployment.RunAsync(owner, name, new Output(TextWriter.Null, TextWriter.Null, IsJson: true), cancellation);
        announce($"{network.Name}: probing again");
        var probe = LinkProbe.Mean(probedBefore, await LinkProbe.MeasureAsync(network, size.ProbeRounds, cancellation));
        var machine = SharedBy(simulated, computed, probe);
        announce($"{network.Name}: simulated at real speed");
        var (real, timed) = await SimulateAsync(isRealTime: true);

        var (predicted, seen) = (Predicted(simulated, questions, network, null), network with { Latency = probe.OneWay });
        var onThis = (Predicted(simulated, questions, seen, machine) + Predicted(real, timed, seen, machine)) / 2;
        var atSpeed = new Measured(network, size.Passes, "real-time", real.Transcript, network, Predicted(real, timed, network, null), MedianOf(timed));
        return
        [
            new(network, size.Passes, "simulated", simulated.Transcript, network, predicted, predicted),
            // Roles compute one after the other in a simulation: without a network to wait for it cannot be as fast as roles with a machine each.
            .. network == LocalEnds.Loopback ? Array.Empty<Measured>() : [atSpeed],
            new(network, size.Passes, "processes", transcript, seen, onThis, MedianOf(owner)) { Machine = machine },
        ];

        TimedQuestions Questions() => new(job, file.Session, size.Prompts, size.WarmUps, size.Passes);

        async Task<(Run Run, TimedQuestions Questions)> SimulateAsync(bool isRealTime)
        {
            var secrets = new SessionSecrets(role => SessionSecrets.FromNumber(role, seed));
            var asked = Questions();
            var programs = new[] { Role.PartyZero, Role.PartyOne, Role.Dealer }.ToDictionary(role => role, role => SessionPrograms.Serve(role, secrets, name, Reveal.Logits));
            programs[Role.ModelOwner] = SessionPrograms.ModelOwner(job.Candidate.Clear, job.Candidate.Labels, secrets, name);
            programs[Role.DataOwner] = asked.Program(secrets, name);
            return (await Simulation.RunAsync(new(network, Work.Measured, name) { IsRealTime = isRealTime, DealsInTime = true }, programs, cancellation), asked);
        }
    }

    static double Predicted(Run run, TimedQuestions questions, LinkProfile link, SharedMachine? machine)
    {
        var costs = new SessionCosts(run) { Machine = machine };
        return questions.Timed.Select(timed => costs.Mean([timed.Call], link).Seconds).Median();
    }

    /// <param name="computed">By all cores during the simulation.</param>
    static SharedMachine SharedBy(Run simulated, TimeSpan computed, LinkProbe probe)
    {
        var cores = Environment.ProcessorCount;
        var turns = simulated.Recording.Turns.Aggregate(TimeSpan.Zero, (sum, turn) => sum + turn.Busy + turn.OfflineBusy);
        return new(Math.Clamp(computed / (turns * cores), 1.0 / cores, 1), probe.CoreNanosecondsPerByte / cores);
    }

    static double MedianOf(TimedQuestions questions) => questions.Timed.Select(timed => timed.Seconds).Median();

    static string Table(IEnumerable<Measured> measured, ExperimentSettings settings)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"A forward pass of the tiny model, seed {settings.Seed}; processes are four children and the data owner, over TLS, through shapers except on the loopback, on one machine of {Environment.ProcessorCount} cores.\n\n");
        text.Append("| network | way | one-way latency | predicted | measured | error | transcript |\n|---|---|--:|--:|--:|--:|---|\n");
        foreach (var one in measured)
            text.Append(CultureInfo.InvariantCulture, $"| {one.Network.Name} | {one.Way} | {one.Link.Latency.TotalMilliseconds:0.000} ms | {one.PredictedSeconds:0.000} s | {one.MeasuredSeconds:0.000} s | {one.Error:+0.0 %;-0.0 %;0 %} | {one.Transcript[..8]} |\n");
        foreach (var one in measured)
            if (one.Machine is { } machine) text.Append(CultureInfo.InvariantCulture, $"\n{one.Network.Name}: a turn keeps {machine.TurnShare:0 %} of the machine busy, a byte between processes all of it for {machine.NanosecondsPerByte:0.0} ns.");
        return text.Append('\n').ToString();
    }

    /// <param name="Shots">Texts a class.</param>
    /// <param name="Passes">Timed ones.</param>
    sealed record Size(string Attention, int Prompts, int Shots, int WarmUps, int Passes, int ProbeRounds);

    /// <param name="Link">What the prediction knew of the network.</param>
    sealed record Measured(LinkProfile Network, int Passes, string Way, string Transcript, LinkProfile Link, double PredictedSeconds, double MeasuredSeconds)
    {
        /// <summary>What all roles share; null where each has a machine of its own.</summary>
        public SharedMachine? Machine { get; init; }

        public double Error => MeasuredSeconds / PredictedSeconds - 1;

        public ExperimentRow Row => new($"{Network.Name}, {Way}: a forward pass, the median of {Passes}", null, MeasuredSeconds, "seconds") { More = Facts };

        Dictionary<string, object> Facts
        {
            get
            {
                var facts = new Dictionary<string, object>
                {
                    ["network"] = Network.Name,
                    ["way"] = Way,
                    ["transcript"] = Transcript,
                    ["latencySeconds"] = Link.Latency.TotalSeconds,
                    ["predictedSeconds"] = PredictedSeconds,
                    ["measuredSeconds"] = MeasuredSeconds,
                    ["error"] = Error,
                };
                if (Machine is null) return facts;
                facts["machineTurnShare"] = Machine.TurnShare;
                facts["machineNanosecondsPerByte"] = Machine.NanosecondsPerByte;
                return facts;
            }
        }
    }
}
