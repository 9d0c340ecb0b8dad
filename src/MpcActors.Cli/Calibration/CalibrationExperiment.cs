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
/// Nobody deals before the run in any of the three: what is dealt takes time and bandwidth, as between processes. Of a link the prediction for processes
/// knows the latency that a small frame was seen to take just before, as one would ping a real network, and that all of them share this machine's cores; the other two have the profile's own,
/// and roles with a machine each.
/// Connecting and sharing model and texts are in no figure. Medians of passes are compared, since a machine has other things to do now and then.
/// </remarks>
sealed class CalibrationExperiment : IExperiment
{
    static readonly LinkProfile[] Networks = [LinkProfile.Lan, LinkProfile.Wan1, LinkProfile.Wan2];

    public string Name => "calibration";

    public string Question => "Does a session take as long in processes over a network as the simulator predicts?";

    public async Task<ExperimentResult> RunAsync(ExperimentSettings settings, Action<string> announce, CancellationToken cancellation)
    {
        var measured = new List<Measured>();
        foreach (var network in settings.IsQuick ? [LinkProfile.Lan, LinkProfile.Wan2] : Networks)
        {
            var size = SizeOf(network, settings.IsQuick);
            measured.AddRange(await MeasureAsync(network, size, settings.Seed, announce, cancellation));
        }

        return new([.. measured.Select(one => one.Row)], Table(measured, settings), new Dictionary<string, string>());
    }

    static Size SizeOf(LinkProfile network, bool isQuick) => (isQuick, network == LinkProfile.Lan) switch
    {
        (true, true) => new("uniform", 4, 2, 10, 11, 200),
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

        announce($"{network.Name}: pinging");
        var pinged = network with { Latency = await LinkPing.OneWayAsync(network, size.Pings, cancellation) };
        announce($"{network.Name}: simulated");
        var (simulated, questions) = await SimulateAsync(isRealTime: false);
        announce($"{network.Name}: simulated at real speed");
        var (real, timed) = await SimulateAsync(isRealTime: true);
        announce($"{network.Name}: processes");
        var owner = Questions();
        var transcript = await deployment.RunAsync(owner, name, new Output(TextWriter.Null, TextWriter.Null, IsJson: true), cancellation);

        var predicted = PredictedOn(network, isOneMachine: false);
        return
        [
            new(network, size.Passes, "simulated", simulated.Transcript, network, predicted, predicted),
            new(network, size.Passes, "real-time", real.Transcript, network, predicted, MedianOf(timed)),
            new(network, size.Passes, "processes", transcript, pinged, PredictedOn(pinged, isOneMachine: true), MedianOf(owner)),
        ];

        TimedQuestions Questions() => new(job, file.Session, size.Prompts, size.WarmUps, size.Passes);

        double PredictedOn(LinkProfile link, bool isOneMachine)
        {
            var costs = new SessionCosts(simulated) { OnOneMachine = isOneMachine };
            return Median(questions.Timed.Select(timed => costs.Mean([timed.Call], link).Seconds));
        }

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

    static double MedianOf(TimedQuestions questions) => Median(questions.Timed.Select(timed => timed.Seconds));

    static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    static string Table(IEnumerable<Measured> measured, ExperimentSettings settings)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"A forward pass of the tiny model, seed {settings.Seed}; processes are four children and the data owner, over TLS through shapers on one machine of {Environment.ProcessorCount} cores.\n\n");
        text.Append("| network | way | one-way latency | predicted | measured | error | transcript |\n|---|---|--:|--:|--:|--:|---|\n");
        foreach (var one in measured)
            text.Append(CultureInfo.InvariantCulture, $"| {one.Network.Name} | {one.Way} | {one.Link.Latency.TotalMilliseconds:0.000} ms | {one.PredictedSeconds:0.000} s | {one.MeasuredSeconds:0.000} s | {one.Error:+0.0 %;-0.0 %;0 %} | {one.Transcript[..8]} |\n");
        return text.ToString();
    }

    /// <param name="Shots">Texts a class.</param>
    /// <param name="Passes">Timed ones.</param>
    sealed record Size(string Attention, int Prompts, int Shots, int WarmUps, int Passes, int Pings);

    /// <param name="Link">What the prediction knew of the network.</param>
    sealed record Measured(LinkProfile Network, int Passes, string Way, string Transcript, LinkProfile Link, double PredictedSeconds, double MeasuredSeconds)
    {
        public double Error => MeasuredSeconds / PredictedSeconds - 1;

        public ExperimentRow Row => new($"{Network.Name}, {Way}: a forward pass, the median of {Passes}", null, MeasuredSeconds, "seconds")
        {
            More = new()
            {
                ["network"] = Network.Name,
                ["way"] = Way,
                ["transcript"] = Transcript,
                ["latencySeconds"] = Link.Latency.TotalSeconds,
                ["predictedSeconds"] = PredictedSeconds,
                ["measuredSeconds"] = MeasuredSeconds,
                ["error"] = Error,
            },
        };
    }
}
