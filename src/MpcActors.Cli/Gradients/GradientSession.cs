using MpcActors.Actors;
using MpcActors.Actors.Nodes;
using MpcActors.Protocols;
using MpcActors.Tuning.Gradients;

namespace MpcActors.Cli;

/// <summary>A training on shares that is over, as the data owner knows it, and where all roles were simulated, the model owner too.</summary>
/// <param name="Run">Of a simulated session; null where the roles were processes, whose times are measured and not replayed.</param>
/// <param name="Nodes">Of a session of processes.</param>
/// <param name="Calls">What each of the owner's questions was; steps are those of the set "step".</param>
/// <param name="Operations">What each operation of this session took at party one; none where that was a process of its own.</param>
/// <param name="Trained">What the model owner got: tensors by name; none where a prompt was trained, or the model owner was a process of its own.</param>
/// <param name="Prompt">What the data owner got: rows of the prompt, or null.</param>
sealed record GradientOutcome(
    GradientResult Result, string Transcript, Run? Run, NodeOutcome? Nodes, IReadOnlyList<PassCall> Calls, IReadOnlyList<OperationCost> Operations, IReadOnlyDictionary<string, double[]> Trained, double[]? Prompt)
{
    /// <summary>Steps that this session made; those before it are in the result alone.</summary>
    public int Steps => Calls.Count(call => call.Set == MeasuredGradientPass.Step);
}

/// <summary>Training by gradients: as a session of all roles, simulated or with the others in processes of their own, or in the clear.</summary>
static class GradientSession
{
    /// <summary>The same training in the clear, in double precision: the same batches, rates and optimiser.</summary>
    public static async Task<GradientResult> InTheClearAsync(GradientCandidate candidate, GradientSettings settings, Action<GradientProgress>? progress, CancellationToken cancellation) =>
        await new GradientTuning(new ClearGradientPass(candidate.Twin(), settings), candidate.Train, candidate.Dev, candidate.Test, settings, TimeProvider.System, progress)
            .RunAsync(cancellation: cancellation);

    /// <param name="checkpoint">The data owner's; the parties keep theirs beside it.</param>
    /// <exception cref="InvalidDataException">A state is damaged, or of other settings or texts.</exception>
    /// <exception cref="SessionFailedException">A role or a link failed.</exception>
    public static async Task<GradientOutcome> OnSharesAsync(
        GradientCandidate candidate, GradientSettings settings, Conditions conditions, Checkpoint checkpoint, Action<GradientProgress>? progress, CancellationToken cancellation)
    {
        var secrets = new SessionSecrets(role => SessionSecrets.FromNumber(role, settings.Seed));
        var session = GradientPrograms.NameOf(secrets, candidate, settings);
        var owner = new GradientOwner(candidate, settings, checkpoint, progress, cancellation);
        owner.RequireSound();
        IReadOnlyDictionary<string, double[]>? trained = null;
        Meter? meter = null;
        var programs = new[] { Role.PartyZero, Role.PartyOne, Role.Dealer }.ToDictionary(role => role, role => GradientPrograms.Serve(role, secrets, session, settings, checkpoint.Folder));
        var partyOne = programs[Role.PartyOne];
        programs[Role.PartyOne] = port =>
        {
            meter = port.Meter;
            return partyOne(port);
        };
        programs[Role.ModelOwner] = GradientPrograms.ModelOwner(candidate.Model, secrets, session, tensors => trained = tensors);
        programs[Role.DataOwner] = owner.Program(secrets, session);

        var run = await Simulation.RunAsync(
            new(conditions.Network, conditions.Work, session) { Faults = conditions.Faults, IsRealTime = conditions.IsRealTime }, programs, cancellation);
        return new(owner.Result!, run.Transcript, run, null, owner.Calls, meter!.Operations, trained!, owner.Prompt);
    }

    /// <summary>The data owner's part of the same training.</summary>
    /// <exception cref="InvalidDataException">The data owner's state is damaged, or of other settings or texts.</exception>
    /// <exception cref="SessionFailedException">A node failed or was lost.</exception>
    public static async Task<GradientOutcome> OnNodesAsync(
        GradientCandidate candidate, GradientSettings settings, Checkpoint checkpoint, Action<GradientProgress>? progress, NodeSettings node, SessionSecrets secrets, CancellationToken cancellation)
    {
        var owner = new GradientOwner(candidate, settings, checkpoint, progress, cancellation);
        owner.RequireSound();
        var nodes = await Node.RunAsync(node, session => owner.Program(secrets, session), GradientPrograms.NameOf(secrets, candidate, settings), cancellation);
        return new(owner.Result!, nodes.Transcript!, null, nodes, owner.Calls, [], new Dictionary<string, double[]>(), owner.Prompt);
    }
}
