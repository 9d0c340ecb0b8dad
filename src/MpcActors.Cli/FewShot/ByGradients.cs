using MpcActors.Actors;
using MpcActors.Models;
using MpcActors.Models.Transformers.Training;
using MpcActors.Network;
using MpcActors.Tuning.Gradients;

namespace MpcActors.Cli;

/// <summary>What <c>tune --method sft</c> and <c>prompt</c> do with their usual settings: Adam on batches of eight, the model as the last step left it.</summary>
sealed class ByGradients(TuningMethod method, double rate) : IFewShotMethod
{
    public string Name => method == TuningMethod.Prompt ? "prompt tuning" : "sft";

    public bool CanBePrivate => true;

    public string SettingsFor(FewShotDraw draw) => string.Join(", ", SettingsOf(draw).Facts.Select(fact => $"{fact.Name} {fact.Value}"));

    public async Task<FewShotPart> InTheClearAsync(FewShotDraw draw, CancellationToken cancellation) =>
        Part(draw, await GradientSession.InTheClearAsync(CandidateOf(draw), SettingsOf(draw), null, cancellation), null, isPrivate: false);

    public async Task<FewShotPart> OnSharesAsync(FewShotDraw draw, string checkpoint, Action<string> announce, CancellationToken cancellation)
    {
        var outcome = await GradientSession.OnSharesAsync(
            CandidateOf(draw), SettingsOf(draw), new Conditions(LinkProfile.Lan, Work.Modelled.Default), Checkpoint.In(checkpoint, resume: true),
            progress => announce(FormattableString.Invariant($"{progress.Steps} of {progress.Budget} steps")), cancellation);

        // Batches are of about one size, so steps of a resumed session tell what the earlier ones sent.
        PassCall[] steps = [.. outcome.Calls.Where(call => call.Set == MeasuredGradientPass.Step)];
        long? ofStep = steps.Length > 0 ? new SessionCosts(outcome.Run!).Mean(steps, LinkProfile.Lan).SentBytesPerParty.Sum() : null;
        return Part(draw, outcome.Result, ofStep, isPrivate: true);
    }

    GradientCandidate CandidateOf(FewShotDraw draw) => GradientCandidate.Of(draw.Model, AttentionKind.Softmax, draw.Texts, SettingsOf(draw));

    GradientSettings SettingsOf(FewShotDraw draw) => new()
    {
        Method = method,
        LearningRate = rate,
        Steps = draw.Steps,
        CheckEvery = Math.Max(1, draw.Steps / 6),
        KeepEvery = Math.Max(1, draw.Steps / 6),
        Seed = draw.Seed,
        Setup = $"{draw.Model.Name} few-shot",
        Labels = OwnerTexts.LabelsOf(draw.Task),
    };

    FewShotPart Part(FewShotDraw draw, GradientResult result, long? bytesOfStep, bool isPrivate) => new(
        draw.Task.Name, Name, draw.Seed, isPrivate, $"{draw.Settings} {SettingsFor(draw)}", draw.Texts.Test.Labels.Length, result.Tuned, null, draw.Steps, bytesOfStep * draw.Steps,
        [.. result.Checks.Select(check => new FewShotPoint(check.Steps, bytesOfStep * check.Steps, result.Losses[Math.Max(0, check.Steps - 1)], check.DevAccuracy, null))]);
}
