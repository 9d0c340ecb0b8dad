using System.Globalization;
using System.Text;
using MpcActors.Data.Transformers;
using MpcActors.Models;
using MpcActors.Network;

namespace MpcActors.Experiments;

/// <summary>Whether picking the protocol of each operation for a network pays: a layer on shares under each suite, and under the picks, on each network.</summary>
public sealed class SuiteByNetwork : IExperiment
{
    const int Features = 64, Tokens = 128, QuickTokens = 24;

    /// <summary>What picking may cost over the better suite alone: the simulator overlaps what the plan adds up.</summary>
    const double Tolerance = 0.05;

    static readonly NamedSuite[] Fixed = [NamedSuite.Fused, NamedSuite.PriFft];

    static readonly LinkProfile[] Networks = [LinkProfile.Lan, LinkProfile.Wan1, LinkProfile.Wan2];

    public string Name => "suite-auto";

    public string Question => "Which protocol on which network, and is picking them ever slower than one suite for all?";

    public async Task<ExperimentResult> RunAsync(ExperimentSettings settings, Action<string> announce, CancellationToken cancellation)
    {
        var config = settings.IsQuick ? TransformerConfig.Find("tiny-roberta")! : TransformerConfig.Find("roberta-large")! with { Layers = 1 };
        var tokens = settings.IsQuick ? QuickTokens : Tokens;
        var rows = new List<ExperimentRow>();
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"""
            {config.Name}, {config.Layers} layer(s), {tokens} tokens, executed on shares; simulated seconds online, computation at the planner's rates for two cores, so that they are the same on every machine; rounds and MB sent by each party.

            | attention | network | {string.Join(" | ", Fixed.Select(suite => suite.Name))} | auto | auto / better of both | picked from {NamedSuite.PriFft.Name} |
            |---|---|{string.Concat(Fixed.Select(_ => "--:|"))}--:|--:|---|

            """));
        foreach (var attention in new[] { AttentionKind.Softmax, AttentionKind.RandomFeatures })
        {
            var name = attention == AttentionKind.Softmax ? "softmax" : "rfa";
            var alone = new List<PassMeasurement>();
            foreach (var suite in Fixed) alone.Add(await Measure(suite));
            foreach (var network in Networks)
            {
                var suite = NamedSuite.CheapestOn(network, ComputeProfile.TwoCores);
                var auto = await Measure(suite);
                var plan = CostPlan.Of(PassOf(suite).Outline, suite, tokens, 1);
                var better = alone.Min(pass => pass.SecondsOn[network.Name]);
                var ratio = auto.SecondsOn[network.Name] / better;
                rows.AddRange(Fixed.Zip(alone, (one, pass) => new ExperimentRow($"{name}, {network.Name}: {one.Name}", null, pass.SecondsOn[network.Name], "s")));
                rows.Add(new($"{name}, {network.Name}: auto", null, auto.SecondsOn[network.Name], "s"));
                rows.Add(new($"{name}, {network.Name}: auto over the better suite", null, ratio, "times", ratio > 1 + Tolerance ? "the simulator overlaps what the plan adds up" : null));
                text.Append(CultureInfo.InvariantCulture, $"| {name} | {network.Name} | {string.Join(" | ", alone.Append(auto).Select(pass => Cell(pass, network)))} | {ratio:0.00} | {string.Join(", ", plan.Choices.Where(choice => choice.Picked == NamedSuite.PriFft.Name && choice.Rows * (long)choice.Columns > config.Width).Select(choice => choice.Operation).Distinct())} |\n");
            }

            async Task<PassMeasurement> Measure(NamedSuite suite)
            {
                announce($"{name}, {suite.Name}: {suite.Description}");
                return await ExecutedPass.RunAsync(PassOf(suite), _ => { }, cancellation);
            }

            PassSettings PassOf(NamedSuite suite) => new(new RandomTransformer(config with { Positions = Math.Max(config.Positions, tokens + config.FirstPosition) }, settings.Seed), suite, attention, Features, tokens, 1, settings.Seed) { IsStreamed = false, Work = ComputeProfile.TwoCores.AsWork() };
        }

        return new ExperimentResult(rows, text.ToString(), new Dictionary<string, string>());
    }

    static string Cell(PassMeasurement pass, LinkProfile network) =>
        string.Create(CultureInfo.InvariantCulture, $"{pass.SecondsOn[network.Name]:0.00} s, {pass.Rounds}, {pass.SentBytes / 1e6:0.0}");
}
