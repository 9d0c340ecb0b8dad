using System.Diagnostics;
using MpcActors.Actors.Nodes;
using MpcActors.Models.Private;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Tuning.Federated;

namespace MpcActors.Actors.Federations;

/// <summary>What a server in a process of its own is told.</summary>
/// <param name="Pair">From 0.</param>
/// <param name="Settings">Of the node in a session of a turn; the flag says that its owner has not been called before.</param>
/// <param name="Id">Of this federation: 32 hexadecimal digits. Only the first pair's server knows it from the beginning.</param>
/// <param name="RunOf">From the federation's number what enters all seeds; empty where runs are to be compared.</param>
/// <param name="Past">What to go on from; null to begin.</param>
/// <param name="StateFolder">Where the server keeps its half of the parameters.</param>
public sealed record ServerSettings(
    int Pair, FederatedSettings Tuning, int Clients, Func<FederationTurn, bool, NodeSettings> Settings, FederationSeeds Seeds, Func<EncoderOutline, IFederatedTask> TaskOf,
    string Id, Func<string, string> RunOf, FederationPast? Past, string StateFolder)
{
    /// <summary>After so long without a session party zero and dealer are shown that the server is there; they wait longer than that.</summary>
    public required TimeSpan Beat { get; init; }

    /// <summary>How long party zero and dealer are waited for once they have been there: they have heard that the last session is over, and nothing keeps them but what goes to another machine of the same side.</summary>
    public required TimeSpan Prompt { get; init; }
}

/// <summary>A pair as its own server has it: calls party zero, dealer and owners to sessions and takes part in them.</summary>
sealed class ServedPair(ServerSettings settings) : IFederationSessions
{
    readonly SeatPrograms _programs = new(Seat.One, settings.Pair, settings.Seeds, settings.TaskOf, settings.StateFolder);
    readonly FederationTurn _core = FederationTurn.CoreOf(settings.Pair);
    readonly HashSet<FederationTurn> _called = [];
    readonly HashSet<FederationTurn> _absent = [];
    long _lastBeat = Stopwatch.GetTimestamp();
    string _run = "";
    bool _wereThere;

    public ServerSettings Settings => settings;

    /// <summary>The task as the server knows it, once the model owner was met.</summary>
    public IFederatedTask Task => _programs.Task;

    public async Task BeginAsync(string id, int sums, CancellationToken cancellation)
    {
        _run = settings.RunOf(id);
        _programs.Begin(id, sums);
        await CoreAsync(FederationTurn.Beginning(id, sums), cancellation);
    }

    public async Task<string> MeetAsync(int? client, CancellationToken cancellation)
    {
        await TurnAsync(client is { } number ? FederationTurn.Of(number, settings.Pair) : FederationTurn.ModelOwnerAt(settings.Pair), new(Seed.Fresh(), FederationTurn.Meeting), cancellation);
        return _programs.Brings;
    }

    public async Task<SessionResult> RunAsync(FederatedSession session, CancellationToken cancellation)
    {
        var name = new SessionName(settings.Seeds.Federation(Task.Settings.Hash(), _run, settings.Pair).Derive(session.Name), session.Name);
        var outcome = session.Owner is null ? await CoreAsync(name, cancellation) : await TurnAsync(new(session.Owner, session.Client) { Pair = settings.Pair }, name, cancellation);
        return new(outcome.Transcript!, CostOf(outcome));
    }

    /// <summary>This side's part of it, for a session with the machine of another pair.</summary>
    public RoleProgram Of(FederatedTransfer transfer) => _programs.Of(transfer);

    /// <summary>A session of parties and dealer in which they are told something, or seen to be there.</summary>
    /// <exception cref="FederationLostException">They are not.</exception>
    public Task CoreAsync(string purpose, CancellationToken cancellation) => CoreAsync(new SessionName(Seed.Fresh(), purpose), cancellation);

    /// <summary>Lets party zero and dealer know that the server is there, if it is time.</summary>
    public Task BeatAsync(CancellationToken cancellation) => Stopwatch.GetElapsedTime(_lastBeat) < settings.Beat ? System.Threading.Tasks.Task.CompletedTask : CoreAsync(FederationTurn.Wait, cancellation);

    /// <summary>Whether party zero has what another pair's machine was to give it.</summary>
    public async Task<bool> HasComeAsync(FederatedTransfer transfer, CancellationToken cancellation)
    {
        var has = false;
        await CoreAsync(new(Seed.Fresh(), FederationTurn.Asking(transfer)), _ => async port => has = (await port.Receive(Role.PartyZero)).Span is [1], cancellation);
        return has;
    }

    /// <summary>Who did not count in a round is not waited for at the end, at whichever pair it was.</summary>
    public void Note(FederatedRound round)
    {
        foreach (var client in round.Counted) _absent.Remove(FederationTurn.Of(client, settings.Pair));
        foreach (var client in round.LeftOut.Keys) _absent.Add(FederationTurn.Of(client, settings.Pair));
    }

    /// <summary>Lets every client go but those who were not there the last time.</summary>
    public async Task PartAsync(CancellationToken cancellation)
    {
        foreach (var turn in Enumerable.Range(0, settings.Clients).Select(client => FederationTurn.Of(client, settings.Pair)).Where(turn => !_absent.Contains(turn)).ToArray())
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
            outcome = await Node.RunNamedAsync(settings.Settings(turn, name.Purpose != FederationTurn.Over && _called.Add(turn)), given => _programs.Of(given, turn), name, cancellation);
        }
        catch (SessionFailedException problem)
        {
            throw new SessionFailedException(turn.InWords(problem.Message), problem.InnerException!);
        }

        _absent.Remove(turn);
        return outcome;
    }

    Task<NodeOutcome> CoreAsync(SessionName name, CancellationToken cancellation) =>
        CoreAsync(name, given => FederatedSession.Parse(given.Purpose) is null ? _ => ValueTask.CompletedTask : _programs.Of(given, _core), cancellation);

    async Task<NodeOutcome> CoreAsync(SessionName name, Func<SessionName, RoleProgram> program, CancellationToken cancellation)
    {
        try
        {
            var own = settings.Settings(_core, false);
            if (_wereThere) own = own with { Limits = own.Limits with { Connect = settings.Prompt } };
            var outcome = await Node.RunNamedAsync(own, program, name, cancellation);
            (_wereThere, _lastBeat) = (true, Stopwatch.GetTimestamp());
            return outcome;
        }
        catch (SessionFailedException problem)
        {
            throw new FederationLostException(_core.InWords(problem.Message), problem);
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
