using MpcActors.Data.Transformers;
using MpcActors.Experiments;
using MpcActors.Models;
using MpcActors.Models.Transformers;
using MpcActors.Network;

namespace MpcActors.Cli.Html;

/// <summary>What the page's sliders compute from: plans at some populations, between which bytes and computation lie on a line.</summary>
/// <remarks>Seconds are rounds times latency, bits over bandwidth, and computation, as in <see cref="CostPlan.SecondsOn"/>; at the planned populations they are those of <c>mpc cost</c>.</remarks>
sealed record WhatIf(IReadOnlyList<WhatIf.Network> Networks, IReadOnlyList<WhatIf.Scenario> Scenarios)
{
    const int PaperTokens = 512, Features = 64;
    const string PaperModel = "roberta-large";

    static readonly int[] Populations = [1, 20];

    internal sealed record Network(string Name, double LatencySeconds, double BitsPerSecond);

    internal sealed record Scenario(string Name, IReadOnlyList<Point> Points);

    /// <param name="Bytes">That each party sends.</param>
    internal sealed record Point(int Population, double Rounds, double Bytes, double ComputeSeconds);

    public static WhatIf Of(RunFile run) => new(
        [.. new[] { LinkProfile.Lan, LinkProfile.Wan1, LinkProfile.Wan2 }.Select(link => new Network(link.Name, link.Latency.TotalSeconds, link.BitsPerSecond))],
        [.. OfRun(run), .. Planned(PaperModel, PaperTokens, 1)]);

    /// <summary>The run's own: a plan again at other populations, or a measured generation as it is.</summary>
    static IEnumerable<Scenario> OfRun(RunFile run)
    {
        if (run.Command == "cost" && run.Text("method") == "fot" && run.Text("model") is { } model && (model, run.Number("tokens")) != (PaperModel, PaperTokens) && TransformerConfig.Find(model) is not null)
            return Planned(model, (int)(run.Number("tokens") ?? PaperTokens), (int)(run.Number("batch") ?? 1));
        return run.List("attention").Where(cost => cost.TryGetProperty("isLive", out var live) && live.ValueKind == System.Text.Json.JsonValueKind.True).Select(cost => OfGeneration(run, cost)).OfType<Scenario>();
    }

    static Scenario? OfGeneration(RunFile run, System.Text.Json.JsonElement cost)
    {
        if (RunFile.TextOf(cost, "network") is not { } network || NetworkTime.Figures(run, network) is not { } figures) return null;
        var (rounds, bytes, seconds) = (RunFile.NumberOf(cost, "rounds") ?? 0, RunFile.LargestOf(cost, "sentBytesPerParty") ?? 0, RunFile.NumberOf(cost, "seconds") ?? 0);
        var compute = Math.Max(0, seconds - rounds * figures.Latency - 8 * bytes / figures.BitsPerSecond);
        return new($"this run: a {RunFile.TextOf(cost, "scope") ?? "generation"} with {RunFile.TextOf(cost, "kind")}, as measured", [new((int)(run.Number("tuning", "population") ?? 1), rounds, bytes, compute)]);
    }

    static IEnumerable<Scenario> Planned(string model, int tokens, int batch) =>
        from suite in (NamedSuite[])[NamedSuite.Fused, NamedSuite.Published]
        from kind in (AttentionKind[])[AttentionKind.RandomFeatures, AttentionKind.Softmax]
        let outline = TransformerOutline.Of(TransformerConfig.Find(model)!, kind, Features, PassSettings.Classes)
        where kind == AttentionKind.Softmax || !outline.IsCausal || !suite.HasGrossErrors
        let points = Populations.Select(population => Plan(outline, suite, tokens, population, batch)).OfType<Point>().ToArray()
        where points.Length > 0
        select new Scenario($"{model}, {tokens} tokens, {(kind == AttentionKind.Softmax ? "softmax" : "rfa")}, {suite.Name}, planned", points);

    static Point? Plan(TransformerOutline outline, NamedSuite suite, int tokens, int population, int batch)
    {
        try
        {
            var plan = CostPlan.Of(outline, suite, tokens, checked(population * batch));
            return new(population, plan.Total.Rounds, plan.Total.SentBytes, ComputeProfile.TwoCores.SecondsOf(plan.Total));
        }
        catch (Exception problem) when (problem is ArgumentException or OverflowException)
        {
            // So many values at once fit no tensor: the slider ends below.
            return null;
        }
    }
}
