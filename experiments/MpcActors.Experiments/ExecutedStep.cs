using System.Diagnostics;
using MpcActors.Actors;
using MpcActors.Data;
using MpcActors.Data.Transformers;
using MpcActors.Models;
using MpcActors.Models.Clear;
using MpcActors.Models.Transformers;
using MpcActors.Models.Transformers.Training;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Experiments;

/// <summary>One step of gradient descent that is to be executed; plain descent, so that no moments are held.</summary>
/// <param name="PromptRows">With <see cref="TuningMethod.Prompt"/>, or of a prompt trained beside all weights with <see cref="TuningMethod.Full"/>; else 0.</param>
/// <param name="Texts">Of <paramref name="Tokens"/> each without a prompt's rows, all in the same rounds.</param>
public sealed record StepSettings(
    ITransformerWeights Weights, NamedSuite Suite, TrainableAttention Attention, TuningMethod Method, int PromptRows, int Tokens, int Texts, ulong Seed)
{
    /// <summary>Steps that are measured, after one that is not where there is more than one.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>How computation becomes simulated time.</summary>
    public Work Work { get; init; } = Work.Measured;

    /// <summary>Of a step's gradients; all phases of it are the same whatever it is.</summary>
    const double Rate = 1e-4;

    public TransformerConfig Config => Weights.Config;

    public int[] Lengths => [.. Enumerable.Repeat(Tokens + PromptRows, Texts)];

    public int[] Answers => [.. Enumerable.Repeat(PromptRows + Math.Max(0, Tokens - 2), Texts)];

    public static IShareOptimizer Optimizer => new ShareSgd(Rate);

    /// <exception cref="ArgumentException">More values would be handled at once than a tensor can hold.</exception>
    public CostPlan Plan() => CostPlan.OfStep(Config, Suite, Method, PromptRows, Tokens, Texts, Attention, Optimizer);

    /// <summary>The model's tensors in the order in which they are shared.</summary>
    public IReadOnlyList<(string Name, Shape Shape, bool IsTrained)> Tensors()
    {
        var tensors = new List<(string, Shape, bool)>();
        _ = Build((name, shape, isTrained) =>
        {
            tensors.Add((name, shape, isTrained));
            return new Parameter(name, new Share(RingTensor.Hollow(shape), FixedPoint.FractionBits), isTrained);
        });
        return tensors;
    }

    public TrainableTransformer Build(Func<string, Shape, bool, Parameter> make) => new(Config, PassSettings.Classes, Method, PromptRows, make, Attention);
}

/// <summary>What an executed step took. Bytes and rounds are those of the step, without sharing the model or setting it up.</summary>
/// <param name="ProcessorSeconds">
/// Of both parties and the dealer, all cores, by phase (forward, backward, optimizer) and by phase/operation.
/// </param>
/// <param name="SecondsOn">Simulated online time by network; computation as it was measured here.</param>
/// <param name="MaxError">Largest difference of a logit from the clear model's.</param>
/// <param name="PeakBytes">Of the process, all roles together, before the model in the clear is computed.</param>
public sealed record StepMeasurement(
    IReadOnlyDictionary<string, double> ProcessorSeconds, IReadOnlyDictionary<string, double> SecondsOn, int Rounds, long SentBytes, long OfflineBytes, long SetUpBytes, double MaxError, long PeakBytes,
    string Transcript, IReadOnlyList<OperationCost> Operations);

/// <summary>Executes one step of training on shares, by all the actors in this process.</summary>
public static class ExecutedStep
{
    public static readonly IReadOnlyList<string> Phases = ["forward", "backward", "optimizer"];

    /// <param name="announce">Told in words how far the step is.</param>
    /// <exception cref="SessionFailedException">A role failed.</exception>
    public static async Task<StepMeasurement> RunAsync(StepSettings settings, Action<string> announce, CancellationToken cancellation)
    {
        var (config, texts) = (settings.Config, settings.Texts);
        var frequencies = settings.Attention.Kind == AttentionKind.RandomFeatures
            ? new RandomFrequencies(config.Heads, config.HeadWidth, settings.Attention.Features, FeatureForm.CosineAndSine, settings.Seed)
            : null;
        var tokens = Enumerable.Range(0, settings.Tokens * texts).Select(i => (int)(CounterGaussian.Uniform(settings.Seed, 7, (ulong)i) * config.Vocabulary)).ToArray();
        var prompt = new double[settings.PromptRows * config.Width];
        CounterGaussian.Fill(settings.Seed, 8, prompt);
        var embedding = new ClearTransformer(settings.Weights);
        var rows = tokens.Chunk(settings.Tokens).Select(embedding.Embed).ToArray();

        var seed = Seed.FromNumber(settings.Seed);
        if (settings.Repeats > 1)
        {
            announce("warming up");
            await Session(new RoleMeters(), 1, _ => { });
        }

        var meters = new RoleMeters();
        var (run, logits) = await Session(meters, settings.Repeats, announce);
        var peak = Process.GetCurrentProcess().PeakWorkingSet64;
        announce("comparing with the model in the clear");
        var (party, repeats) = (meters[Role.PartyOne], settings.Repeats);
        return new(
            Computing.SelectMany(role => meters[role].ProcessorTimes).SelectMany(turn => Names(turn.Key).Select(name => (name, turn.Value)))
                .GroupBy(turn => turn.name).ToDictionary(group => group.Key, group => group.Sum(turn => turn.Value.TotalSeconds) / repeats),
            new[] { LinkProfile.Lan, LinkProfile.Wan1, LinkProfile.Wan2 }.ToDictionary(network => network.Name, network => run.On(network).Elapsed.TotalSeconds / repeats),
            party.Rounds / repeats, party.SentBytes(Role.PartyZero, Phase.Online) / repeats, party.DealtBytes / repeats, party.SetUpBytes,
            logits.Zip(ClearLogits(), (got, wanted) => Math.Abs(got - wanted)).Max(), peak, run.Transcript,
            [.. party.Operations.Where(CostPlan.IsOfPass).Select(operation => operation / repeats)]);

        async Task<(Run Run, double[] Logits)> Session(RoleMeters noted, int steps, Action<string> say)
        {
            var (first, bits) = (Array.Empty<double>(), 0);
            var programs = Simulation.PartyPrograms(party => Serve(party, settings, steps, say, ofLogits => bits = ofLogits), seed.Derive("dealer"));
            noted.Note(programs);
            programs[Role.ModelOwner] = async port =>
            {
                var weights = new TransformerTensors(settings.Weights, [.. Enumerable.Range(0, PassSettings.Classes)], frequencies);
                var parameterBits = settings.Suite.CreateTraining().ParameterBits;
                foreach (var (name, shape, isTrained) in settings.Tensors())
                {
                    // One at a time, so that no more of the model is under way than a party can take.
                    await port.ReceiveWords(Role.PartyZero, 1);
                    var values = name == "prompt" ? prompt : weights.Of(name);
                    port.ShareWithParties(FixedPoint.Encode(values, shape, isTrained ? parameterBits : FixedPoint.FractionBits), seed.Derive(name), Phase.Offline);
                }
            };
            programs[Role.DataOwner] = async port =>
            {
                var (input, shape, fractionBits) = settings.Method == TuningMethod.Full
                    ? (OneHot(tokens, config.Vocabulary), new Shape(tokens.Length, config.Vocabulary), 0)
                    : ([.. rows.SelectMany(row => row)], new Shape(tokens.Length, config.Width), FixedPoint.FractionBits);
                port.ShareWithParties(FixedPoint.Encode(input, shape, fractionBits), seed.Derive("input"), Phase.Offline);
                port.ShareWithParties(FixedPoint.Encode(OneHot(new int[texts], PassSettings.Classes), new Shape(texts, PassSettings.Classes), 0), seed.Derive("labels"), Phase.Offline);
                for (var step = 0; step < steps; step++)
                {
                    var opened = await port.Reconstruct(new Shape(texts, PassSettings.Classes));
                    if (step == 0) first = FixedPoint.Decode(opened, bits);
                }
            };
            var run = await Simulation.RunAsync(new SimulationSettings(LinkProfile.Lan, settings.Work, seed), programs, cancellation);
            return (run, first);
        }

        double[] ClearLogits()
        {
            var transformer = new PreparedTransformer(
                settings.Weights, settings.Attention.Kind, settings.Attention.Features, [.. Enumerable.Range(0, PassSettings.Classes)], FeatureForm.CosineAndSine, settings.Seed);
            var clear = new ClearPreparedTransformer(transformer, settings.Suite.Functions);
            double[] x = [.. rows.SelectMany(row => prompt.Concat(row))];
            for (var layer = 0; layer < config.Layers; layer++) x = clear.Layer(layer, x, settings.Lengths);
            return clear.Logits(x, settings.Lengths, settings.Answers);
        }
    }

    /// <summary>What an operation's time is booked under: its phase, and in it the innermost operation.</summary>
    static IEnumerable<string> Names(string path) => path.Split('/') is [var phase, .., var operation] ? [phase, $"{phase}/{operation}"] : [path];

    static readonly Role[] Computing = [Role.PartyZero, Role.PartyOne, Role.Dealer];

    /// <summary>What both parties and the dealer run.</summary>
    /// <param name="opens">Told the fraction bits of logits before they are opened; they are the same everywhere.</param>
    static async ValueTask Serve(Party party, StepSettings settings, int steps, Action<string> say, Action<int> opens)
    {
        var suite = settings.Suite.CreateTraining();
        await party.Start();
        var values = new Dictionary<string, Share>();
        foreach (var (name, shape, isTrained) in settings.Tensors())
        {
            party.Ask(Role.ModelOwner, 1);
            values[name] = await party.ReceiveShare(Role.ModelOwner, shape, isTrained ? suite.ParameterBits : FixedPoint.FractionBits);
        }

        var model = settings.Build((name, _, isTrained) => new Parameter(name, values[name], isTrained));
        values.Clear();
        var (inputs, bits) = settings.Method == TuningMethod.Full ? (settings.Config.Vocabulary, 0) : (settings.Config.Width, FixedPoint.FractionBits);
        var input = await party.ReceiveShare(Role.DataOwner, new Shape(settings.Tokens * settings.Texts, inputs), bits);
        var labels = await party.ReceiveShare(Role.DataOwner, new Shape(settings.Texts, PassSettings.Classes), 0);
        var step = new TrainingStep(suite, model, TrainingStep.UsualLossScale);
        for (var i = 1; i <= steps; i++)
        {
            await party.BeginEpoch((ulong)i);
            var logits = await step.Run(party, input, labels, settings.Lengths, settings.Answers, StepSettings.Optimizer);
            await party.EndEpoch();
            opens(logits.FractionBits);
            party.SendShare(Role.DataOwner, logits);
            if (party.Seat == Seat.One) say($"step {i} of {steps}");
        }
    }

    static double[] OneHot(int[] values, int width)
    {
        var result = new double[values.Length * width];
        for (var i = 0; i < values.Length; i++) result[i * width + values[i]] = 1;
        return result;
    }
}
