using System.Globalization;
using System.Text;
using MpcActors.Actors;
using MpcActors.Data;
using MpcActors.Experiments;
using MpcActors.Models;
using MpcActors.Network;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>The same tuning on one party pair and on two: simulated with modelled computation, so that the figures are the same everywhere, and by processes where each pair has one core.</summary>
sealed class PairsExperiment : IExperiment
{
    /// <summary>The first is no network at all: what computation alone would gain.</summary>
    static readonly LinkProfile[] Networks = [new("none", TimeSpan.Zero, 1_000_000_000_000_000), LinkProfile.Lan, LinkProfile.Wan1, LinkProfile.Wan2];

    public string Name => "pairs";

    public string Question => "How much faster is a population that is divided among two party pairs?";

    public async Task<ExperimentResult> RunAsync(ExperimentSettings settings, Action<string> announce, CancellationToken cancellation)
    {
        var tuning = new TuningSettings { LatentDimension = 50, Population = settings.IsQuick ? 8 : 20, Queries = settings.IsQuick ? 16 : 40, Seed = settings.Seed };
        var model = EncoderModel.Tiny();
        var texts = OwnerTexts.From(TinyTask.Create(), model, settings.IsQuick ? 2 : 16, 8, tuning.Seed);
        var candidate = Candidate.Prepare(model, AttentionKind.Softmax, texts, Candidate.LabelsOf(model, texts.Labels), new PromptForm.KeyValuePrefix(settings.IsQuick ? 2 : 10), tuning);
        announce("one pair");
        var one = await PairedTuning.RunAsync(candidate, texts, tuning, new(LinkProfile.Lan, Work.Modelled.Default), 1, cancellation);
        announce("two pairs");
        var two = await PairedTuning.RunAsync(candidate, texts, tuning, new(LinkProfile.Lan, Work.Modelled.Default), 2, cancellation);
        var difference = one.Result.Losses.Zip(two.Result.Losses, (left, right) => Math.Abs(left - right)).Max();
        (LinkProfile Network, double One, double Two, double Whole)[] rows =
        [
            .. Networks.Select(network => (network, one.SecondsOn(network, tuning.Population), two.SecondsOn(network, tuning.Population), one.SecondsOn(network) / two.SecondsOn(network))),
        ];

        var table = new StringBuilder();
        table.Append(CultureInfo.InvariantCulture, $"Tiny model, softmax attention, {tuning.Queries} queries in populations of {tuning.Population}, {texts.Train.Batch.Texts} texts, computation modelled; virtual seconds of the populations' passes; the last column counts the untuned model and the checks too, which are not divided. Losses differ by {difference:0.0000000} at most.\n\n");
        table.Append("| network | one pair | two pairs | throughput | of the whole tuning |\n|---|--:|--:|--:|--:|\n");
        foreach (var (network, alone, together, whole) in rows)
            table.Append(CultureInfo.InvariantCulture, $"| {network.Name} | {alone:0.000} s | {together:0.000} s | {alone / together:0.00} times | {whole:0.00} times |\n");
        List<ExperimentRow> all =
        [
            .. rows.Select(row => new ExperimentRow($"{row.Network.Name}: throughput of two pairs over one", null, row.One / row.Two, "times")
            {
                More = new() { ["network"] = row.Network.Name, ["onePairSeconds"] = row.One, ["twoPairsSeconds"] = row.Two, ["wholeTuning"] = row.Whole, ["lossDifference"] = difference },
            }),
        ];
        if (PinnedPairs.CanRun(2)) all.Add(await MeasureAsync(settings, tuning.Population, table, announce, cancellation));
        else table.Append("\nNo processes were timed: it takes Linux, taskset and a core for each pair.\n");
        return new(all, table.ToString(), new Dictionary<string, string>());
    }

    static async Task<ExperimentRow> MeasureAsync(ExperimentSettings settings, int population, StringBuilder table, Action<string> announce, CancellationToken cancellation)
    {
        var (warmUps, populations) = settings.IsQuick ? (2, 3) : (3, 5);
        var session = string.Create(CultureInfo.InvariantCulture, $"{(settings.IsQuick ? "prompt-rows = 2, shots = 2" : "model = use-lite, task = yelp, prompt-rows = 10, shots = 4")}, attention = softmax, latent-dimension = 50, test-texts = 8, seed = {settings.Seed}");
        announce("processes, one pair on one core");
        var one = await PinnedPairs.RunAsync(1, session, population, warmUps, populations, cancellation);
        announce("processes, two pairs on a core each");
        var two = await PinnedPairs.RunAsync(2, session, population, warmUps, populations, cancellation);

        // Processes draw their secrets afresh, and last digits decide which prompts the optimiser goes on with: only the first populations are the same.
        var difference = Math.Abs(one.Losses[0] - two.Losses[0]);
        table.Append(CultureInfo.InvariantCulture, $"\nMeasured, processes over TLS without a network, all of a pair on one core, {(settings.IsQuick ? "tiny model" : "use-lite, 8 texts")}: a population of {population} takes one pair {one.Seconds:0.000} s and two pairs {two.Seconds:0.000} s, {one.Seconds / two.Seconds:0.00} times the throughput (medians of {populations}). The best losses of the first population differ by {difference:0.0000000}.\n");
        return new("processes, a core a pair: throughput of two pairs over one", null, one.Seconds / two.Seconds, "times")
        {
            More = new() { ["network"] = "loopback", ["onePairSeconds"] = one.Seconds, ["twoPairsSeconds"] = two.Seconds, ["lossDifference"] = difference },
        };
    }
}
