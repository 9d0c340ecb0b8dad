using MpcActors.Actors;
using MpcActors.Data;
using MpcActors.Models;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>What became of a scenario.</summary>
/// <param name="Outcome">"same" (the result, the transcript and no complaint), "stopped" (with a cause, and the checkpoint resumes to the same result) or "wrong".</param>
/// <param name="Cause">Why it stopped, or what is wrong.</param>
sealed record Explored(ulong Seed, string Scenario, string Outcome, string Cause);

/// <summary>A small session on the tiny model, run again and again under faults: it has to end in the same result, or stop and say why.</summary>
sealed class Explorer
{
    static readonly TuningSettings Settings = new() { PrefixRows = 2, LatentDimension = 6, Population = 4, Queries = 12, DevEvery = 4 };

    readonly OwnerTexts _texts;
    readonly Candidate _candidate;
    readonly PrivateOutcome _undisturbed;

    Explorer(OwnerTexts texts, Candidate candidate, PrivateOutcome undisturbed) => (_texts, _candidate, _undisturbed) = (texts, candidate, undisturbed);

    public Run Undisturbed => _undisturbed.Run!;

    public static async Task<Explorer> PrepareAsync(CancellationToken cancellation)
    {
        var model = EncoderModel.Tiny();
        var texts = OwnerTexts.From(TinyTask.Create(), model, 1, 2, Settings.Seed);
        var candidate = Candidate.Prepare(model, AttentionKind.Uniform, texts, Candidate.LabelsOf(model, texts.Labels), new PromptForm.Shift(), Settings);
        return new(texts, candidate, await Run(texts, candidate, new(LinkProfile.Lan, Work.Modelled.Default), Checkpoint.None, cancellation));
    }

    public async Task<Explored> ExploreAsync(ulong seed, Scenario scenario, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("mpc-explore-");
        try
        {
            var (faults, network) = scenario.On(LinkProfile.Lan);
            var file = Path.Combine(folder.FullName, "owner.checkpoint");
            var conditions = new Conditions(network, Work.Modelled.Default) { Faults = faults };
            try
            {
                var outcome = await Run(_texts, _candidate, conditions, new(file, false), cancellation);
                var difference = Difference(outcome) ?? (outcome.Transcript == _undisturbed.Transcript ? null : "another transcript");
                return Of(difference is null ? "same" : "wrong", difference ?? "");
            }
            catch (SessionFailedException stop) when (stop.InnerException is null or ProtocolViolationException)
            {
                var rest = await Run(_texts, _candidate, new(LinkProfile.Lan, Work.Modelled.Default), new(file, true), cancellation);
                return Difference(rest) is { } difference ? Of("wrong", $"after '{stop.Message}' it resumed to {difference}") : Of("stopped", stop.Message);
            }
            catch (SessionFailedException problem)
            {
                return Of("wrong", $"{problem.InnerException!.GetType().Name}: {problem.Message}");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        Explored Of(string outcome, string cause) => new(seed, scenario.ToString(), outcome, cause);
    }

    string? Difference(PrivateOutcome outcome)
    {
        var (left, right) = (_undisturbed.Result, outcome.Result);
        return !left.Latent.SequenceEqual(right.Latent) ? "another prompt"
            : !left.Losses.SequenceEqual(right.Losses) ? "other losses"
            : !left.TestLogits.Cast<double>().SequenceEqual(right.TestLogits.Cast<double>()) ? "other logits"
            : null;
    }

    static Task<PrivateOutcome> Run(OwnerTexts texts, Candidate candidate, Conditions conditions, Checkpoint checkpoint, CancellationToken cancellation) =>
        PrivateSession.RunAsync(candidate, texts, Settings, conditions, checkpoint, new(_ => { }, _ => { }), cancellation);
}
