using System.Globalization;
using MpcActors.Actors;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Tuning.Gradients;

namespace MpcActors.Cli;

/// <summary>The programs of a training by gradients, the same in a simulation and in processes.</summary>
static class GradientPrograms
{
    /// <summary>Of a party or the dealer.</summary>
    /// <param name="folder">Where a party keeps its shares in files of its own; null keeps none.</param>
    public static RoleProgram Serve(Role role, SessionSecrets secrets, Seed session, GradientSettings settings, string? folder) => port =>
        new TrainingService(settings, role == Role.Dealer || folder is null ? null : StatesOf(role, session, folder)).Serve(SessionPrograms.PartyOf(role, port, secrets, session));

    /// <param name="trained">Is told the trained tensors by name; none where a prompt is trained.</param>
    public static RoleProgram ModelOwner(TrainableModel model, SessionSecrets secrets, Seed session, Action<IReadOnlyDictionary<string, double[]>> trained) => async port =>
        trained(await TrainingModelOwner.Serve(port, model.Outline, model.Tensors, secrets.In(session, Role.ModelOwner)));

    /// <summary>Other settings, labels, texts or models are another session and have other masks.</summary>
    public static Seed NameOf(SessionSecrets secrets, GradientCandidate candidate, GradientSettings settings) =>
        secrets.NameOf($"gradients {candidate.Name}", settings.Labels, settings.FactsWith(candidate.Train, candidate.Dev, candidate.Test));

    static PartyStates StatesOf(Role role, Seed session, string folder) =>
        new(Path.Combine(folder, role.Name()), Convert.FromHexString(string.Create(CultureInfo.InvariantCulture, $"{session.Value:x32}")));
}

/// <summary>The data owner's program: trains, and keeps what came of it.</summary>
sealed class GradientOwner(GradientCandidate candidate, GradientSettings settings, Checkpoint checkpoint, Action<GradientProgress>? progress, CancellationToken cancellation)
{
    MeasuredGradientPass? _measured;

    /// <summary>Null until the program is over.</summary>
    public GradientResult? Result { get; private set; }

    /// <summary>Rows of the prompt; null where none is trained.</summary>
    public double[]? Prompt { get; private set; }

    public IReadOnlyList<PassCall> Calls => _measured?.Calls ?? [];

    /// <exception cref="InvalidDataException">The state to go on from is damaged, or of other settings or texts.</exception>
    public void RequireSound()
    {
        if (checkpoint is { Resume: true, File: { } file }) _ = GradientTuning.StepsIn(file, settings, candidate.Train, candidate.Dev, candidate.Test);
    }

    public RoleProgram Program(SessionSecrets secrets, Seed session) => async port =>
    {
        var pass = new PrivateGradientPass(port, secrets.In(session, Role.DataOwner), settings, candidate.Outline.Classes, candidate.Prompt);
        _measured = new(pass);
        var tuning = new GradientTuning(_measured, candidate.Train, candidate.Dev, candidate.Test, settings, TimeProvider.System, progress);
        Result = await tuning.RunAsync(checkpoint.File, checkpoint.Resume, cancellation);
        Prompt = await pass.Finish();
    };
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
