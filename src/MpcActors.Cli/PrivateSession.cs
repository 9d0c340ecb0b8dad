using MpcActors.Actors;
using MpcActors.Actors.Nodes;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>Where the owner's state is kept between runs; null keeps none.</summary>
sealed record Checkpoint(string? File, bool Resume)
{
    public static Checkpoint None { get; } = new(null, false);

    /// <summary>Of a training in a folder of its own.</summary>
    public static Checkpoint In(string? folder, bool resume) => folder is null ? None : new(Path.Combine(folder, "data-owner.checkpoint"), resume);

    /// <summary>Where parties keep theirs, in files of their own.</summary>
    public string? Folder => File is null ? null : Path.GetDirectoryName(Path.GetFullPath(File));
}

/// <summary>The world that a simulated session runs in.</summary>
sealed record Conditions(NetworkConditions Network, Work Work)
{
    public FaultPlan Faults { get; init; } = FaultPlan.None;

    public bool IsRealTime { get; init; }

    /// <summary>By which the data owner's program tells the time; the machine's if not given.</summary>
    public JumpingClock? OwnersClock { get; init; }
}

/// <summary>A private tuning that is over: what the owner learned, and all that crossed the network.</summary>
/// <param name="Run">Of a simulated session; null where the roles were processes, whose times are measured and not replayed.</param>
/// <param name="Transcript">Null where no session came to its end, though all that was asked was answered.</param>
/// <param name="Nodes">Of processes: the session of each party pair, from 0; none where they are simulated.</param>
sealed record PrivateOutcome(TuningResult Result, string? Transcript, Run? Run, IReadOnlyDictionary<int, NodeOutcome> Nodes, IReadOnlyList<PassCall> Calls);

/// <summary>One simulated session of all roles: the model owner shares its weights, the parties and the dealer serve, the data owner tunes.</summary>
static class PrivateSession
{
    public static async Task<PrivateOutcome> RunAsync(
        Candidate candidate, OwnerTexts texts, TuningSettings settings, Conditions conditions, Checkpoint checkpoint, SessionProgress progress, CancellationToken cancellation)
    {
        var secrets = new SessionSecrets(role => SessionSecrets.FromNumber(role, settings.Seed));
        var session = secrets.NameOf(candidate, texts, settings);
        var owner = new OwnerProgram(candidate, texts, settings, checkpoint, progress, cancellation) { Clock = conditions.OwnersClock ?? TimeProvider.System };
        var run = await RunAsync(candidate, secrets, session, settings.Reveal, owner.Program(secrets, session), conditions, cancellation);
        return new PrivateOutcome(owner.Result!, run.Transcript, run, new Dictionary<int, NodeOutcome>(), owner.Calls);
    }

    /// <summary>A session in which the data owner asks for logits and tunes nothing.</summary>
    /// <param name="settings">Its setup names what is asked: other questions under one name would meet the same masks.</param>
    public static async Task<Run> AskAsync(
        Candidate candidate, OwnerTexts texts, TuningSettings settings, Conditions conditions, Func<PrivateForwardPass, Task> ask, CancellationToken cancellation)
    {
        var secrets = new SessionSecrets(role => SessionSecrets.FromNumber(role, settings.Seed));
        var session = secrets.NameOf(candidate, texts, settings);
        return await RunAsync(candidate, secrets, session, settings.Reveal, SessionPrograms.Asking(candidate, texts, secrets, session, ask), conditions, cancellation);
    }

    static async Task<Run> RunAsync(Candidate candidate, SessionSecrets secrets, Seed session, Reveal reveal, RoleProgram dataOwner, Conditions conditions, CancellationToken cancellation)
    {
        // A service keeps one party's state, so each party runs its own.
        var programs = new[] { Role.PartyZero, Role.PartyOne, Role.Dealer }.ToDictionary(role => role, role => SessionPrograms.Serve(role, secrets, session, reveal, candidate.Suite));
        programs[Role.ModelOwner] = SessionPrograms.ModelOwner(candidate.Clear, candidate.Labels, secrets, session);
        programs[Role.DataOwner] = dataOwner;
        return await Simulation.RunAsync(new SimulationSettings(conditions.Network, conditions.Work, session) { Faults = conditions.Faults, IsRealTime = conditions.IsRealTime, Begins = time => conditions.OwnersClock?.Follow(time) }, programs, cancellation);
    }
}

/// <summary>What a session says while it runs.</summary>
sealed record SessionProgress(Action<string> Announce, Action<TuningProgress> Report);
