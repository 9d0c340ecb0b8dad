using System.Globalization;
using MpcActors.Actors;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Tuning.Gradients;

namespace MpcActors.Cli;

/// <summary>A training on shares that is over.</summary>
/// <param name="Calls">What each of the owner's questions was; steps are those of the set "step".</param>
/// <param name="Operations">What each operation of this session took at party one.</param>
/// <param name="Trained">What the model owner got: tensors by name; none where a prompt was trained.</param>
/// <param name="Prompt">What the data owner got: rows of the prompt, or null.</param>
sealed record GradientOutcome(
    GradientResult Result, string Transcript, Run Run, IReadOnlyList<PassCall> Calls, IReadOnlyList<OperationCost> Operations, IReadOnlyDictionary<string, double[]> Trained, double[]? Prompt)
{
    /// <summary>Steps that this session made; those before it are in the result alone.</summary>
    public int Steps => Calls.Count(call => call.Set == MeasuredGradientPass.Step);
}

/// <summary>Training by gradients: as a session of all roles, simulated, or in the clear.</summary>
static class GradientSession
{
    /// <summary>The same training in the clear, in double precision: the same batches, rates and optimiser.</summary>
    public static async Task<GradientResult> InTheClearAsync(GradientCandidate candidate, GradientSettings settings, Action<GradientProgress>? progress, CancellationToken cancellation) =>
        await new GradientTuning(new ClearGradientPass(candidate.Twin(), settings), candidate.Train, candidate.Dev, candidate.Test, settings, TimeProvider.System, progress)
            .RunAsync(cancellation: cancellation);

    /// <param name="folder">Where each role keeps its state in files of its own; null keeps none.</param>
    /// <param name="resume">Go on from there, if there is a state.</param>
    /// <exception cref="InvalidDataException">A state is damaged, or of other settings or texts.</exception>
    /// <exception cref="SessionFailedException">A role or a link failed.</exception>
    public static async Task<GradientOutcome> OnSharesAsync(
        GradientCandidate candidate, GradientSettings settings, Conditions conditions, string? folder, bool resume, Action<GradientProgress>? progress, CancellationToken cancellation)
    {
        var secrets = new SessionSecrets(role => SessionSecrets.FromNumber(role, settings.Seed));
        var session = NameOf(secrets, candidate, settings);
        var checkpoint = folder is null ? null : Path.Combine(folder, "data-owner.checkpoint");
        if (resume && checkpoint is not null) _ = GradientTuning.StepsIn(checkpoint, settings, candidate.Train, candidate.Dev, candidate.Test);
        GradientResult? result = null;
        IReadOnlyDictionary<string, double[]>? trained = null;
        double[]? prompt = null;
        Meter? meter = null;
        MeasuredGradientPass? measured = null;
        var programs = new Dictionary<Role, RoleProgram>
        {
            [Role.PartyZero] = port => new TrainingService(StatesOf(Role.PartyZero)).Serve(new Party(Seat.Zero, port)),
            [Role.PartyOne] = port =>
            {
                meter = port.Meter;
                return new TrainingService(StatesOf(Role.PartyOne)).Serve(new Party(Seat.One, port));
            },
            [Role.Dealer] = port => new TrainingService().Serve(new Party(Seat.Dealer, port, secrets.In(session, Role.Dealer))),
            [Role.ModelOwner] = async port => trained = await TrainingModelOwner.Serve(port, candidate.Outline, candidate.Tensors, secrets.In(session, Role.ModelOwner)),
            [Role.DataOwner] = async port =>
            {
                var pass = new PrivateGradientPass(port, secrets.In(session, Role.DataOwner), settings, candidate.Outline.Classes, candidate.Prompt);
                measured = new(pass);
                var tuning = new GradientTuning(measured, candidate.Train, candidate.Dev, candidate.Test, settings, TimeProvider.System, progress);
                result = await tuning.RunAsync(checkpoint, resume, cancellation);
                prompt = await pass.Finish();
            },
        };

        var run = await Simulation.RunAsync(
            new(conditions.Network, conditions.Work, session) { Faults = conditions.Faults, IsRealTime = conditions.IsRealTime }, programs, cancellation);
        return new(result!, run.Transcript, run, measured!.Calls, meter!.Operations, trained!, prompt);

        PartyStates? StatesOf(Role role) => folder is null ? null : new(Path.Combine(folder, role.Name()), Convert.FromHexString(string.Create(CultureInfo.InvariantCulture, $"{session.Value:x32}")));
    }

    /// <summary>Other settings, labels, texts or models are another session and have other masks.</summary>
    static Seed NameOf(SessionSecrets secrets, GradientCandidate candidate, GradientSettings settings) =>
        secrets.NameOf($"gradients {candidate.Name}", settings.Labels, settings.FactsWith(candidate.Train, candidate.Dev, candidate.Test));
}

/// <summary>Keeps which question of the session was asked what for, so that its cost can be told afterwards.</summary>
sealed class MeasuredGradientPass(PrivateGradientPass pass) : IGradientPass
{
    public const string Step = "step";

    readonly List<PassCall> _calls = [];

    public IReadOnlyList<PassCall> Calls => _calls;

    public void Begin(int from) => pass.Begin(from);

    async ValueTask<double> IGradientPass.Step(int step, double rate, TrainingSet batch)
    {
        var first = pass.Questions;
        var loss = await pass.Step(step, rate, batch);
        _calls.Add(new(Step, 0, first, pass.Questions - first));
        return loss;
    }

    public async ValueTask<double[,]> Logits(int steps, TrainingSet set)
    {
        var first = pass.Questions;
        var logits = await pass.Logits(steps, set);
        _calls.Add(new(set.Texts.Name, 0, first, pass.Questions - first));
        return logits;
    }
}
