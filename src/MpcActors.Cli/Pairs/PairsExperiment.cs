using System.Globalization;
using System.Text;
using MpcActors.Actors;
using MpcActors.Data;
using MpcActors.Experiments;
using MpcActors.Models;
using MpcActors.Network;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>The same tuning on one party pair and on two, simulated with modelled computation, so that the figures are the same everywhere.</summary>
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
        return new(
            [.. rows.Select(row => new ExperimentRow($"{row.Network.Name}: throughput of two pairs over one", null, row.One / row.Two, "times")
            {
                More = new() { ["network"] = row.Network.Name, ["onePairSeconds"] = row.One, ["twoPairsSeconds"] = row.Two, ["wholeTuning"] = row.Whole, ["lossDifference"] = difference },
            })],
            table.ToString(), new Dictionary<string, string>());
    }
}
