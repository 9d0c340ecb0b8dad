using MpcActors.Actors;
using MpcActors.Models;
using MpcActors.Network;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>Forward-only tuning of a prefix prompt, class offsets fitted with it.</summary>
sealed class ForwardOnly(AttentionKind attention, OptimizerKind optimizer, bool canBePrivate) : IFewShotMethod
{
    public string Name => $"fot {attention.Name()}{(optimizer == OptimizerKind.Cma ? "" : $" {Optimizers.Name(optimizer)}")}";

    public bool CanBePrivate => canBePrivate;

    public string SettingsFor(FewShotDraw draw) => FormattableString.Invariant($"{draw.Queries} queries");

    public async Task<FewShotPart> InTheClearAsync(FewShotDraw draw, CancellationToken cancellation)
    {
        var texts = draw.Texts;
        var watched = new CurvePass(draw.CandidateOf(attention).ClearPass(), texts);
        var result = await new ForwardOnlyTuning(watched, texts.Train, texts.Dev, texts.Test, draw.Tuning(optimizer), TimeProvider.System).RunAsync(cancellation: cancellation);
        return Part(draw, result, [.. result.Checks.Zip(watched.TestAccuracies, (check, test) => new FewShotPoint(check.Queries, null, check.TrainLoss, check.DevAccuracy, test))], null);
    }

    public async Task<FewShotPart> OnSharesAsync(FewShotDraw draw, string checkpoint, Action<string> announce, CancellationToken cancellation)
    {
        var settings = draw.Tuning(optimizer) with { Setup = $"{draw.Model.Name} few-shot {Name}" };
        var outcome = await PrivateSession.RunAsync(
            draw.CandidateOf(attention), draw.Texts, settings, new Conditions(LinkProfile.Lan, Work.Modelled.Default), new(checkpoint, Resume: true),
            new(_ => { }, progress => announce(FormattableString.Invariant($"{progress.Queries} of {progress.Budget} queries"))), cancellation);

        // All generations are alike, so those of a resumed session tell what the earlier ones sent.
        PassCall[] generations = [.. outcome.Calls.Where(call => call.Prompts > 1)];
        long? ofGeneration = generations.Length > 0 ? new SessionCosts(outcome.Run!).Mean(generations, LinkProfile.Lan).SentBytesPerParty.Sum() : null;
        var result = outcome.Result;
        return Part(draw, result, [.. result.Checks.Select(check => new FewShotPoint(check.Queries, Sent(check.Queries), check.TrainLoss, check.DevAccuracy, null))], Sent(result.Queries) ?? 0);

        long? Sent(int queries) => ofGeneration * (queries / settings.Population);
    }

    FewShotPart Part(FewShotDraw draw, TuningResult result, IReadOnlyList<FewShotPoint> curve, long? sentBytes) => new(
        draw.Task.Name, Name, draw.Seed, sentBytes is not null, $"{draw.Settings} {SettingsFor(draw)}", draw.Texts.Test.Labels.Length, result.Tuned, null, result.Queries, sentBytes, curve);

    /// <summary>Looks at the test texts at each check, which is when the tuning asks for the development texts under one prompt, after the training texts under the same.</summary>
    sealed class CurvePass(ClearForwardPass pass, OwnerTexts texts) : IForwardPass
    {
        double[] _offsets = [];

        public List<double> TestAccuracies { get; } = [];

        public async ValueTask<IReadOnlyList<double[,]>> Logits(TextSet set, IReadOnlyList<double[]?> latents)
        {
            var logits = await pass.Logits(set, latents);
            if (set == texts.Train && latents.Count == 1) _offsets = ClassOffsets.Fit(logits[0], set.Labels);
            if (set == texts.Dev) TestAccuracies.Add(Classification.Accuracy((await pass.Logits(texts.Test, latents))[0], texts.Test.Labels, _offsets));
            return logits;
        }
    }
}
