using MpcActors.Actors;
using MpcActors.Models.Private;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>Where the owner's state is kept between runs; null keeps none.</summary>
sealed record Checkpoint(string? File, bool Resume)
{
    public static Checkpoint None { get; } = new(null, false);
}

/// <summary>A private tuning that is over: what the owner learned, and all that crossed the network.</summary>
sealed record PrivateOutcome(TuningResult Result, Run Run, IReadOnlyList<PassCall> Calls);

/// <summary>One session of all roles: the model owner shares its weights, the parties and the dealer serve, the data owner tunes.</summary>
static class PrivateSession
{
    public static async Task<PrivateOutcome> RunAsync(
        Candidate candidate, OwnerTexts texts, TuningSettings settings, CommonSettings common, Checkpoint checkpoint, SessionProgress progress, CancellationToken cancellation)
    {
        // Other texts, settings or attention under the same number are another session and must have other masks.
        // Each owner and the dealer draw from seeds of their own; no one's seed tells another's.
        var session = Convert.ToHexString(TuningCheckpoint.Identity(settings, texts.Train, texts.Dev, texts.Test));
        var seed = Seed.FromNumber(settings.Seed).Derive($"session {candidate.Name} {session}");
        TuningResult? result = null;
        MeasuredPass? measured = null;

        // A service keeps one party's state, so each party runs its own.
        var programs = Simulation.PartyPrograms(party => new ForwardService(new FusedSuite()).Serve(party), seed.Derive("dealer"));
        programs[Role.ModelOwner] = port =>
        {
            SharedEncoder.Send(port, candidate.Clear.Encoder, candidate.Labels, seed.Derive("model owner"));
            return ValueTask.CompletedTask;
        };
        programs[Role.DataOwner] = async port =>
        {
            var pass = new PrivateForwardPass(port, seed.Derive("data owner"), texts.Train, candidate.Labels.Classes, candidate.Projection, candidate.TokenRows);
            measured = new MeasuredPass(pass, progress.Announce);
            var tuning = new ForwardOnlyTuning(measured, texts.Train, texts.Dev, texts.Test, settings, TimeProvider.System, progress.Report);
            result = await tuning.RunAsync(checkpoint.File, checkpoint.Resume, cancellation);
            pass.Finish();
        };

        var run = await Simulation.RunAsync(new SimulationSettings(common.Network, common.Work, seed), programs, cancellation);
        return new PrivateOutcome(result!, run, measured!.Calls);
    }
}

/// <summary>What a session says while it runs.</summary>
sealed record SessionProgress(Action<string> Announce, Action<TuningProgress> Report);
