using System.Globalization;
using System.Text;
using MpcActors.Data.Transformers;
using MpcActors.Models.Transformers.Training;
using MpcActors.Network;

namespace MpcActors.Experiments;

/// <summary>A fine-tuning step of a whole transformer by PriFFT's hybrid beside the published protocols: planned at the size that the paper speaks of, executed at one that fits here.</summary>
static class PrifftSteps
{
    /// <summary>Of a planned step, as BERT is commonly fine-tuned on GLUE; executed is one text of as many tokens.</summary>
    const int Tokens = 128, Texts = 16, Rank = 8;

    /// <summary>Which model the paper tunes, with which optimiser, on which layers is not published; BERT is the one that its introduction names.</summary>
    static readonly TransformerConfig Model = TransformerConfig.Find("bert-base")!;

    public sealed record Row(string Name, string Note, PrifftGain Gain);

    public static async Task<IReadOnlyList<Row>> RunAsync(ExperimentSettings settings, Action<string> announce, CancellationToken cancellation)
    {
        announce($"planning steps of {Model.Name}");
        List<Row> rows =
        [
            new($"step of {Model.Name}, Adam", $"all weights, {Texts} texts of {Tokens} tokens, planned; the table of words too, by shared one-hot tokens", Plan(TuningMethod.Full, () => new ShareAdam(new AdamSettings(1e-3)))),
            new($"step of {Model.Name}, SGD", $"all layers, {Texts} texts of {Tokens} tokens, planned; embedded rows are shared", Plan(TuningMethod.Layers, () => new ShareSgd(1e-3))),
            new($"step of {Model.Name}, adapters of rank {Rank}, Adam", $"of each attention, {Texts} texts of {Tokens} tokens, planned; frozen weights are opened once for all steps, by the published protocols at each use",
                Plan(TuningMethod.Layers, () => new ShareAdam(new AdamSettings(1e-3)), new TrainedTensors.Adapters(Rank))),
            new($"step of {Model.Name}, last layer, Adam", $"and the head, {Texts} texts of {Tokens} tokens, planned", Plan(TuningMethod.Layers, () => new ShareAdam(new AdamSettings(1e-3)), new TrainedTensors.Last(1))),
        ];
        var (config, tokens) = settings.IsQuick ? (TransformerConfig.Find("tiny-roberta")!, 9) : (Model with { Layers = 1 }, Tokens);
        announce($"a step of {config.Name}, {config.Layers} layer(s), executed");
        rows.Add(new($"executed step of {config.Name}, {config.Layers} layer(s), SGD", $"one text of {tokens} tokens, random weights: most of its traffic is that of parameters, which both suites open", await ExecuteAsync(config, tokens, settings.Seed, announce, cancellation)));
        return rows;
    }

    static PrifftGain Plan(TuningMethod method, Func<IShareOptimizer> optimizer, TrainedTensors? trained = null)
    {
        var (ours, published) = (Of(NamedSuite.PriFft), Of(NamedSuite.Published));
        return new(
            Seconds(published, LinkProfile.Lan) / Seconds(ours, LinkProfile.Lan), (double)published.Total.SentBytes / ours.Total.SentBytes, Seconds(published, LinkProfile.Wan1) / Seconds(ours, LinkProfile.Wan1),
            WithKeys(published.Total.SentBytes, published.Total.DealtBytes) / WithKeys(ours.Total.SentBytes, ours.Total.DealtBytes),
            ours.Total.Rounds, published.Total.Rounds, ours.Total.SentBytes, published.Total.SentBytes, ours.Total.DealtBytes, published.Total.DealtBytes);

        CostPlan Of(NamedSuite suite) => CostPlan.OfStep(Model, suite, method, 0, Tokens, Texts, optimizer: optimizer(), trained: trained);

        static double Seconds(CostPlan plan, LinkProfile network) => plan.SecondsOn(network, ComputeProfile.TwoCores);
    }

    static async Task<PrifftGain> ExecuteAsync(TransformerConfig config, int tokens, ulong seed, Action<string> announce, CancellationToken cancellation)
    {
        var weights = new RandomTransformer(config with { Positions = Math.Max(config.Positions, tokens + config.FirstPosition) }, seed);
        var (ours, published) = (await Of(NamedSuite.PriFft), await Of(NamedSuite.Published));
        return new(
            published.SecondsOn["lan"] / ours.SecondsOn["lan"], (double)published.SentBytes / ours.SentBytes, published.SecondsOn["wan-1"] / ours.SecondsOn["wan-1"],
            WithKeys(published.SentBytes, published.OfflineBytes) / WithKeys(ours.SentBytes, ours.OfflineBytes),
            ours.Rounds, published.Rounds, ours.SentBytes, published.SentBytes, ours.OfflineBytes, published.OfflineBytes);

        Task<StepMeasurement> Of(NamedSuite suite) => ExecutedStep.RunAsync(
            new StepSettings(weights, suite, TrainableAttention.Softmax, TuningMethod.Layers, 0, tokens, 1, seed) { Work = ComputeProfile.TwoCores.AsWork() }, announce, cancellation);
    }

    /// <summary>What both parties send and what the dealer sends them.</summary>
    static double WithKeys(long sentBytes, long dealtBytes) => 2.0 * sentBytes + dealtBytes;

    public static string Table(IReadOnlyList<Row> rows)
    {
        var text = new StringBuilder("| a step | sent, each party | published | times less | LAN, times faster | WAN | keys counted | dealt | published |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n");
        foreach (var (name, _, gain) in rows)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| {name} | {Gigabytes(gain.SentBytes)} | {Gigabytes(gain.PublishedSentBytes)} | {gain.TrafficReduction:0.00} | {gain.Speedup:0.00} | {gain.WanSpeedup:0.00} | {gain.TrafficReductionWithKeys:0.000} | {Gigabytes(gain.KeyBytes)} | {Gigabytes(gain.PublishedDealtBytes)} |\n");
        }

        return text.ToString();

        static string Gigabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.000} GB");
    }
}
