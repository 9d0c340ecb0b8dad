using MpcActors.Actors.Nodes;
using MpcActors.Models.Private;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Tuning.Federated;

namespace MpcActors.Actors.Federations;

/// <summary>Party zero or the dealer is gone, or differs: a federation cannot go on without them.</summary>
public sealed class FederationLostException : Exception
{
    public FederationLostException()
    {
    }

    public FederationLostException(string message)
        : base(message)
    {
    }

    public FederationLostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>What the server of a federation in processes is told.</summary>
/// <param name="Settings">Of the node in a session of a turn; the flag says that its owner has not been called before.</param>
/// <param name="Id">Of this federation: 32 hexadecimal digits.</param>
/// <param name="Run">Enters all seeds; empty where runs are to be compared.</param>
/// <param name="Past">What to go on from; null to begin.</param>
/// <param name="StateFolder">Where the server keeps its half of the parameters.</param>
public sealed record ServerSettings(
    FederatedSettings Tuning, int Clients, Func<FederationTurn, bool, NodeSettings> Settings, FederationSeeds Seeds, Func<EncoderOutline, IFederatedTask> TaskOf,
    string Id, string Run, FederationPast? Past, string StateFolder);

/// <summary>The server of a federation, in a process of its own: party one, who says which session is next and whose updates count.</summary>
/// <remarks>
/// An owner has to know nothing but where the others are; party zero and the dealer have to know whose turn it is before they connect, so the server tells them in a session
/// of the three alone. What counts is what ended at the server: then all others are done with it, and keep what came of it until the server's word about it.
/// </remarks>
public sealed class FederationServer : IFederationSessions
{
    readonly ServerSettings _settings;
    readonly SeatPrograms _programs;
    readonly FederationDirector _director;
    readonly HashSet<FederationTurn> _called = [];
    readonly HashSet<FederationTurn> _absent = [];

    public FederationServer(ServerSettings settings)
    {
        (_settings, _programs) = (settings, new(Seat.One, settings.Seeds, settings.TaskOf, settings.StateFolder));
        _director = new(new(settings.Tuning, new int[settings.Clients], 0, 0), this);
    }

    public FederationPast Past => _director.Past;

    /// <summary>The task as the server knows it, once the model owner was met.</summary>
    public IFederatedTask Task => _programs.Task;

    /// <summary>Directs all rounds to the end.</summary>
    /// <param name="opened">Called when all is ready for the first round.</param>
    /// <param name="done">Called after each round, before anything else is done.</param>
    /// <exception cref="FederationLostException">Party zero or the dealer is gone.</exception>
    /// <exception cref="SessionFailedException">The model owner is not there.</exception>
    public async Task RunAsync(Action<FederationPast> opened, Action<FederatedRound> done, CancellationToken cancellation)
    {
        var (past, sums) = (_settings.Past, _settings.Past?.Sums ?? 0);
        _programs.Begin(_settings.Id, sums);
        await CoreAsync(FederationTurn.Beginning(_settings.Id, sums), cancellation);
        await (past is null ? _director.OpenAsync(cancellation) : _director.GoOnAsync(past, cancellation));
        opened(Past);
        while (_director.Rounds < _settings.Tuning.Rounds) done(await _director.RoundAsync(cancellation));
        await _director.CloseAsync(cancellation);
        await PartAsync(cancellation);
    }

    async Task<string> IFederationSessions.MeetAsync(int? client, CancellationToken cancellation)
    {
        await TurnAsync(client is { } number ? FederationTurn.Of(number) : FederationTurn.ModelOwner, new(Seed.Fresh(), FederationTurn.Meeting), cancellation);
        return _programs.Brings;
    }

    async Task<SessionResult> IFederationSessions.RunAsync(FederatedSession session, CancellationToken cancellation)
    {
        var name = new SessionName(_settings.Seeds.Federation(Task.Settings.Hash(), _settings.Run).Derive(session.Name), session.Name);
        var outcome = session.Owner is null ? await CoreAsync(name, cancellation) : await TurnAsync(new(session.Owner, session.Client), name, cancellation);
        return new(outcome.Transcript!, CostOf(outcome));
    }

    /// <summary>Lets every client go but those who were not there the last time.</summary>
    async Task PartAsync(CancellationToken cancellation)
    {
        foreach (var turn in Enumerable.Range(0, _settings.Clients).Select(FederationTurn.Of).Where(turn => !_absent.Contains(turn)).ToArray())
        {
            try
            {
                await TurnAsync(turn, new(Seed.Fresh(), FederationTurn.Over), cancellation);
            }
            catch (SessionFailedException)
            {
                // It will see that nobody is there any more.
            }
        }

        await CoreAsync(FederationTurn.Over, cancellation);
    }

    /// <summary>A session with an owner.</summary>
    async Task<NodeOutcome> TurnAsync(FederationTurn turn, SessionName name, CancellationToken cancellation)
    {
        await CoreAsync(turn.Call, cancellation);
        _absent.Add(turn);
        NodeOutcome outcome;
        try
        {
            outcome = await Node.RunNamedAsync(_settings.Settings(turn, name.Purpose != FederationTurn.Over && _called.Add(turn)), given => _programs.Of(given, turn), name, cancellation);
        }
        catch (SessionFailedException problem)
        {
            throw new SessionFailedException(turn.InWords(problem.Message), problem.InnerException!);
        }

        _absent.Remove(turn);
        return outcome;
    }

    Task<NodeOutcome> CoreAsync(string purpose, CancellationToken cancellation) => CoreAsync(new SessionName(Seed.Fresh(), purpose), cancellation);

    /// <summary>A session of parties and dealer alone.</summary>
    async Task<NodeOutcome> CoreAsync(SessionName name, CancellationToken cancellation)
    {
        try
        {
            return await Node.RunNamedAsync(
                _settings.Settings(FederationTurn.Core, false), given => FederatedSession.Parse(given.Purpose) is null ? _ => ValueTask.CompletedTask : _programs.Of(given, FederationTurn.Core), name, cancellation);
        }
        catch (SessionFailedException problem)
        {
            throw new FederationLostException(FederationTurn.Core.InWords(problem.Message), problem);
        }
    }

    static SessionCost CostOf(NodeOutcome outcome)
    {
        // Each link is told of by both of its ends.
        LinkSummary[] links = [.. outcome.Nodes.SelectMany(node => node.Links.Where(link => link.From == node.Role))];
        var one = outcome.Nodes.Single(node => node.Role == Role.PartyOne);
        return new(outcome.Elapsed.TotalSeconds, one.Rounds, [Sent(Role.PartyZero, Role.PartyOne), Sent(Role.PartyOne, Role.PartyZero)], one.DealtBytes);

        long Sent(Role from, Role to) => links.Where(link => link.From == from && link.To == to).Sum(link => link.OnlineBytes);
    }
}
