using System.Diagnostics;
using MpcActors.Actors;
using MpcActors.Data;
using MpcActors.Data.Transformers;
using MpcActors.Models;
using MpcActors.Models.Clear;
using MpcActors.Models.Transformers;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Protocols.Published;
using MpcActors.Ring;

namespace MpcActors.Experiments;

/// <summary>One forward pass that is to be executed: which model, which protocols, how many tokens.</summary>
/// <param name="Features">Random frequencies a head.</param>
/// <param name="Texts">Of <paramref name="Tokens"/> each, all in the same rounds.</param>
public sealed record PassSettings(ITransformerWeights Weights, NamedSuite Suite, AttentionKind Attention, int Features, int Tokens, int Texts, ulong Seed)
{
    /// <summary>Whether layers pass through one at a time; else all weights are held.</summary>
    public bool IsStreamed { get; init; } = true;

    /// <summary>Passes that are measured, after one that is not where there is more than one: it compiles the program.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>How computation becomes simulated time.</summary>
    public Work Work { get; init; } = Work.Measured;

    /// <summary>Label words whose logits are opened; a binary task's.</summary>
    public const int Classes = 2;

    public TransformerConfig Config => Weights.Config;

    public int[] Lengths => [.. Enumerable.Repeat(Tokens, Texts)];

    /// <summary>A mask stands last but one, before the end mark.</summary>
    public int[] Answers => [.. Enumerable.Repeat(Math.Max(0, Tokens - 2), Texts)];

    public TransformerOutline Outline => TransformerOutline.Of(Config, Attention, Features, Classes);
}

/// <summary>What an executed pass took and how right it was. Bytes and rounds are those of the pass, without setting up the model.</summary>
/// <param name="ProcessorSeconds">Of both parties and the dealer, all cores, online and offline; of each measured pass, in order of size.</param>
/// <param name="SecondsOn">Simulated online time by network; computation as it was measured here.</param>
/// <param name="ComputeSeconds">Online computation of the busier party, with the whole machine to itself.</param>
/// <param name="SetUpBytes">That each party sends to open the weights under their masks; once for a model.</param>
/// <param name="MaxError">Largest difference of the last layer's output or a logit from the clear model's, gross errors apart; from end to end, or within a layer where a suite has gross errors. Null where nothing but gross errors is left.</param>
/// <param name="GrossErrors">Values off by more than 2^20 units; each is a local truncation gone wrong, or follows from one.</param>
/// <param name="PeakBytes">Of the process, all roles together.</param>
public sealed record PassMeasurement(
    IReadOnlyList<double> ProcessorSeconds, IReadOnlyDictionary<string, double> SecondsOn, double ComputeSeconds, double OfflineSeconds, int Rounds, long SentBytes, long OfflineBytes, long SetUpBytes,
    double? MaxError, double? MeanError, long GrossErrors, long PeakBytes, string Transcript, IReadOnlyList<OperationCost> Operations);

/// <summary>Executes one pass on shares, by all the actors in this process.</summary>
public static class ExecutedPass
{
    /// <param name="announce">Told in words how far the pass is.</param>
    /// <exception cref="SessionFailedException">A role failed.</exception>
    public static async Task<PassMeasurement> RunAsync(PassSettings settings, Action<string> announce, CancellationToken cancellation)
    {
        var transformer = new PreparedTransformer(
            settings.Weights, settings.Attention, settings.Features, [.. Enumerable.Range(0, PassSettings.Classes)], settings.Suite.Features, settings.Seed);
        var embedding = new ClearTransformer(settings.Weights);
        var tokens = Enumerable.Range(0, settings.Tokens * settings.Texts).Select(i => (int)(CounterGaussian.Uniform(settings.Seed, 7, (ulong)i) * settings.Config.Vocabulary)).ToArray();
        double[] rows = [.. tokens.Chunk(settings.Tokens).SelectMany(embedding.Embed)];
        var question = new PassQuestion(1, settings.Lengths, settings.Answers);

        var seed = Seed.FromNumber(settings.Seed);
        if (settings.Repeats > 1)
        {
            announce("warming up");
            await Session(new RoleMeters(), [], 1, _ => { });
        }

        var meters = new RoleMeters();
        var ends = new List<TimeSpan> { TimeSpan.Zero };
        var (run, logits, layers) = await Session(meters, ends, settings.Repeats, announce);
        announce("comparing with the model in the clear");
        var errors = Compare(settings, transformer, rows, layers, logits);
        var party = meters[Role.PartyOne];
        var repeats = settings.Repeats;
        return new PassMeasurement(
            [.. ends.Zip(ends.Skip(1), (from, to) => (to - from).TotalSeconds).Order()],
            new[] { LinkProfile.Lan, LinkProfile.Wan1, LinkProfile.Wan2 }.ToDictionary(network => network.Name, network => run.On(network).Elapsed.TotalSeconds / repeats),
            Math.Max(run.Of(Role.PartyZero).Busy.TotalSeconds, run.Of(Role.PartyOne).Busy.TotalSeconds) / repeats,
            Math.Max(run.Of(Role.Dealer).OfflineBusy.TotalSeconds, run.Of(Role.PartyOne).OfflineBusy.TotalSeconds) / repeats,
            party.Rounds / repeats, party.SentBytes(Role.PartyZero, Phase.Online) / repeats, party.DealtBytes / repeats, party.SetUpBytes,
            errors.Largest, errors.Mean, errors.Gross, Process.GetCurrentProcess().PeakWorkingSet64, run.Transcript,
            [.. party.Operations.Where(CostPlan.IsOfPass).Select(operation => operation / repeats)]);

        async Task<(Run Run, double[] Logits, double[][] Layers)> Session(RoleMeters noted, List<TimeSpan> ended, int passes, Action<string> say)
        {
            (double[] Logits, double[][] Layers) result = ([], []);
            var watch = Stopwatch.StartNew();
            var programs = Simulation.PartyPrograms(party =>
            {
                Action<int>? layerDone = party.Seat == Seat.One ? layer => say($"layer {layer + 1} of {transformer.Outline.Layers}, {watch.Elapsed.TotalSeconds:0} s") : null;
                return TransformerPass.Serve(party, settings.Suite.Create(), watches: true, layerDone);
            }, seed.Derive("dealer"));
            noted.Note(programs);
            programs[Role.ModelOwner] = port => SharedTransformer.Serve(port, transformer, settings.IsStreamed, seed.Derive("model owner"));
            programs[Role.DataOwner] = async port =>
            {
                for (var pass = 1; pass <= passes; pass++)
                {
                    result = await TransformerPass.Ask(port, transformer.Outline, question with { Epoch = (ulong)pass }, rows, seed.Derive("data owner"), watches: true);
                    ended.Add(noted.ProcessorTime);
                }

                TransformerPass.Finish(port);
            };
            var run = await Simulation.RunAsync(new SimulationSettings(LinkProfile.Lan, settings.Work, seed), programs, cancellation);
            return (run, result.Logits, result.Layers);
        }
    }

    static (double? Largest, double? Mean, long Gross) Compare(PassSettings settings, PreparedTransformer transformer, double[] rows, double[][] layers, double[] logits)
    {
        var clear = new ClearPreparedTransformer(transformer, settings.Suite.Functions);
        var (x, gross) = (rows, 0L);
        for (var i = 0; i < layers.Length; i++)
        {
            // Where truncation can go wrong, a layer is compared from what the parties had, so that the error counts where it happened.
            x = clear.Layer(i, settings.Suite.HasGrossErrors && i > 0 ? layers[i - 1] : x, settings.Lengths);
            gross += GrossErrors.Count(layers[i], x);
        }

        var expected = clear.Logits(settings.Suite.HasGrossErrors ? layers[^1] : x, settings.Lengths, settings.Answers);
        gross += GrossErrors.Count(logits, expected);
        var differences = layers[^1].Zip(x, (got, wanted) => Math.Abs(got - wanted)).Concat(logits.Zip(expected, (got, wanted) => Math.Abs(got - wanted)))
            .Where(difference => difference < GrossErrors.Threshold).ToArray();
        return differences.Length == 0 ? (null, null, gross) : (differences.Max(), differences.Average(), gross);
    }
}
