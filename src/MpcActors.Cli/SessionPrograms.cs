using MpcActors.Actors;
using MpcActors.Experiments;
using MpcActors.Models;
using MpcActors.Models.Private;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>What each role keeps to itself, and what follows from it in one session.</summary>
/// <param name="of">A role's own seed; a process can tell its own alone.</param>
/// <remarks>
/// The data owner names the session with a hash of settings, labels and texts that is keyed with its own seed, and tells the name to all: other texts,
/// settings or attention are another session and have other masks, while the name tells nothing of them. What a role draws follows from its own seed
/// and that name, so nobody's seed tells another's.
/// </remarks>
sealed class SessionSecrets(Func<Role, Seed> of)
{
    /// <summary>For runs that are to be repeated and compared: a number that anybody can guess is no secret.</summary>
    public static Seed FromNumber(Role role, ulong number) => Seed.FromNumber(number).Derive(role.Name());

    /// <summary>The session of a job, as its data owner names it.</summary>
    public Seed NameOf(Candidate candidate, OwnerTexts texts, TuningSettings settings) =>
        NameOf(candidate.Name, settings.Labels, settings.FactsWith(texts.Train, texts.Dev, texts.Test));

    /// <param name="kind">What else is not in the facts.</param>
    /// <param name="labels">They are among the facts, and must not be forgotten: other labels under one name would meet the same masks.</param>
    public Seed NameOf(string kind, string labels, RunFacts facts) => labels.Length > 0
        ? of(Role.DataOwner).Derive($"session {kind} {Convert.ToHexString(facts.Hash())}")
        : throw new InvalidOperationException("a session is named by its labels, too, and the settings name none");

    public Seed In(Seed session, Role role) => of(role).Derive(System.FormattableString.Invariant($"session {session.Value:x32}"));
}

/// <summary>The programs of a tuning session, the same in a simulation and in processes.</summary>
static class SessionPrograms
{
    /// <summary>Of a party or the dealer.</summary>
    /// <param name="reveal">What it lets the data owner open, whatever that asks for.</param>
    /// <param name="suite">Ours if nothing is said.</param>
    public static RoleProgram Serve(Role role, SessionSecrets secrets, Seed session, Reveal reveal, NamedSuite? suite = null) => port =>
        new ForwardService((suite ?? NamedSuite.Fused).Create(), reveal == Reveal.Loss ? Revealed.LossAndErrors : Revealed.Logits).Serve(PartyOf(role, port, secrets, session));

    /// <summary>The seat that a role takes; the dealer draws from a seed of its own.</summary>
    public static Party PartyOf(Role role, Port port, SessionSecrets secrets, Seed session) => role switch
    {
        Role.PartyZero => new(Seat.Zero, port),
        Role.PartyOne => new(Seat.One, port),
        _ => new(Seat.Dealer, port, secrets.In(session, role)),
    };

    /// <summary>Of a data owner that asks and tunes nothing by itself.</summary>
    public static RoleProgram Asking(Candidate candidate, OwnerTexts texts, SessionSecrets secrets, Seed session, Func<PrivateForwardPass, Task> ask) => async port =>
    {
        var pass = new PrivateForwardPass(port, secrets.In(session, Role.DataOwner), texts.Train, candidate.Labels.Classes, candidate.Projection, candidate.TokenRows);
        await ask(pass);
        pass.Finish();
    };

    public static RoleProgram ModelOwner(ClearEncoder clear, LabelMatrix labels, SessionSecrets secrets, Seed session) => port =>
    {
        SharedEncoder.Send(port, clear.Encoder, labels, secrets.In(session, Role.ModelOwner));
        return ValueTask.CompletedTask;
    };
}

/// <summary>The data owner's program: tunes, and keeps what came of it.</summary>
sealed class OwnerProgram(Candidate candidate, OwnerTexts texts, TuningSettings settings, Checkpoint checkpoint, SessionProgress progress, CancellationToken cancellation)
{
    MeasuredPass? _measured;

    /// <summary>Nothing but what is shown of the time depends on it.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Null until the program is over.</summary>
    public TuningResult? Result { get; private set; }

    public IReadOnlyList<PassCall> Calls => _measured?.Calls ?? [];

    public RoleProgram Program(SessionSecrets secrets, Seed session) => async port =>
    {
        var pass = new PrivateForwardPass(port, secrets.In(session, Role.DataOwner), texts.Train, candidate.Labels.Classes, candidate.Projection, candidate.TokenRows);
        _measured = new MeasuredPass(pass, progress.Announce);
        var tuning = new ForwardOnlyTuning(_measured, texts.Train, texts.Dev, texts.Test, settings, Clock, progress.Report);
        Result = await tuning.RunAsync(checkpoint.File, checkpoint.Resume, cancellation);
        pass.Finish();
    };
}
