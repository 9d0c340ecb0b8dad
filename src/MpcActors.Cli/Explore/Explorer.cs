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
/// <param name="Faults">How many things went wrong.</param>
/// <param name="VirtualTime">Of the session that came to the result; what a stopped one took before is not in it.</param>
sealed record Explored(ulong Seed, string Scenario, string Outcome, string Cause, int Faults, TimeSpan VirtualTime);

/// <summary>A small session on the tiny model, run again and again under faults: it has to end in the same result, or stop and say why.</summary>
sealed class Explorer
{
    static readonly TuningSettings Settings = new() { PrefixRows = 2, LatentDimension = 6, Population = 4, Queries = 12, DevEvery = 4 };

    readonly OwnerTexts _texts;
    readonly Candidate _candidate;
    readonly PrivateOutcome _undisturbed;
    readonly LinkProfile _network;

    Explorer(OwnerTexts texts, Candidate candidate, PrivateOutcome undisturbed, LinkProfile network) => (_texts, _candidate, _undisturbed, _network) = (texts, candidate, undisturbed, network);

    public Run Undisturbed => _undisturbed.Run!;

    public static async Task<Explorer> PrepareAsync(LinkProfile network, CancellationToken cancellation)
    {
        var model = EncoderModel.Tiny();
        var texts = OwnerTexts.From(TinyTask.Create(), model, 1, 2, Settings.Seed);
        var candidate = Candidate.Prepare(model, AttentionKind.Uniform, texts, Candidate.LabelsOf(model, texts.Labels), new PromptForm.Shift(), Settings);
        return new(texts, candidate, await Run(texts, candidate, new(network, Work.Modelled.Default), Checkpoint.None, cancellation), network);
    }

    public async Task<Explored> ExploreAsync(ulong seed, Scenario scenario, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("mpc-explore-");
        try
        {
            var file = Path.Combine(folder.FullName, "owner.checkpoint");
            var conditions = new Conditions(scenario.On(_network), Work.Modelled.Default) { Faults = scenario.FaultsOf(), OwnersClock = scenario.OwnersClock() };
            try
            {
                var outcome = await Run(_texts, _candidate, conditions, new(file, false), cancellation);
                var difference = Difference(outcome) ?? (outcome.Transcript == _undisturbed.Transcript ? null : "another transcript");
                return Of(difference is null ? "same" : "wrong", difference ?? "", outcome.Run!.Elapsed);
            }
            catch (SessionFailedException stop) when (stop.InnerException is null or ProtocolViolationException)
            {
                var rest = await Run(_texts, _candidate, new(_network, Work.Modelled.Default), new(file, true), cancellation);
                return Difference(rest) is { } difference ? Of("wrong", $"after '{stop.Message}' it resumed to {difference}", rest.Run!.Elapsed) : Of("stopped", stop.Message, rest.Run!.Elapsed);
            }
            catch (SessionFailedException problem)
            {
                return Of("wrong", $"{problem.InnerException!.GetType().Name}: {problem.Message}", TimeSpan.Zero);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        Explored Of(string outcome, string cause, TimeSpan time) => new(seed, scenario.ToString(), outcome, cause, scenario.Mishaps.Count, time);
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
        PrivateSession.RunAsync(candidate, texts, Settings with { Labels = texts.LabelList }, conditions, checkpoint, new(_ => { }, _ => { }), cancellation);
}
