using System.Security.Cryptography;
using System.Text;
using MpcActors.Tuning.Federated;

namespace MpcActors.Actors.Federations;

/// <summary>Where the sessions of a federation are run: in a simulation, or between processes.</summary>
public interface IFederationSessions
{
    /// <summary>Asks an owner what it brings.</summary>
    /// <param name="client">Null for the model owner.</param>
    /// <returns>A keyed hash of it.</returns>
    /// <exception cref="SessionFailedException">It is not there.</exception>
    Task<string> MeetAsync(int? client, CancellationToken cancellation);

    /// <exception cref="SessionFailedException">It came to nothing: no role keeps anything of it that counts.</exception>
    Task<SessionResult> RunAsync(FederatedSession session, CancellationToken cancellation);
}

/// <param name="Transcript">Hash of all frames.</param>
public sealed record SessionResult(string Transcript, SessionCost Cost);

/// <summary>Decides which session is next and whose updates count. The same in a simulation and in processes, where it is the server that does.</summary>
/// <remarks>
/// A session that fails, whatever the cause, leaves its client out of the round and nothing else: its shares are dropped, no seed of it is used for anything else,
/// and the parameters are what they were until the updates of all others are added up.
/// </remarks>
public sealed class FederationDirector(FederatedPlan plan, IFederationSessions sessions)
{
    readonly SortedDictionary<int, string> _joined = [];
    readonly HashSet<int> _here = [];
    readonly List<int[]> _counted = [];
    string _model = "";

    /// <summary>Rounds done.</summary>
    public int Rounds => _counted.Count;

    /// <summary>Hash over all sessions that ended, in order.</summary>
    public string Transcript { get; private set; } = "";

    public FederationPast Past => new([.. _counted], Transcript, _model, new SortedDictionary<int, string>(_joined));

    /// <summary>The model owner gives out its parameters.</summary>
    public async Task<SessionCost> OpenAsync(CancellationToken cancellation)
    {
        var model = await sessions.MeetAsync(null, cancellation);
        if (_model.Length > 0 && model != _model) throw new InvalidDataException("the model owner has another model than the one that the federation began with; give it that one, or start anew without --resume");
        _model = model;
        return await RunAsync(new FederatedSession.Open(model), isNew: Transcript.Length == 0, cancellation);
    }

    /// <summary>Goes on from a past instead: the model owner gives out its model again and whoever had joined joins again, in the same bytes, now or when it is there.</summary>
    public async Task GoOnAsync(FederationPast past, CancellationToken cancellation)
    {
        (_model, Transcript) = (past.Model, past.Transcript);
        foreach (var (client, texts) in past.Joined) _joined[client] = texts;
        await OpenAsync(cancellation);
        foreach (var client in past.Joined.Keys)
        {
            try
            {
                await JoinAsync(client, cancellation);
            }
            catch (SessionFailedException)
            {
                // It may be there when it is picked.
            }
        }

        _counted.AddRange(past.Counted);
    }

    /// <summary>Picks clients, trains with each, adds up what came of it.</summary>
    public async Task<FederatedRound> RoundAsync(CancellationToken cancellation)
    {
        var round = Rounds;
        var (counted, leftOut) = (new List<int>(), new SortedDictionary<int, string>());
        var (training, joining, joined, aggregation) = (SessionCost.None, SessionCost.None, 0, SessionCost.None);
        foreach (var client in plan.PickedIn(round))
        {
            try
            {
                if (!_here.Contains(client)) (joining, joined) = (joining + await JoinAsync(client, cancellation), joined + 1);
                training += await RunAsync(new FederatedSession.Train(round, client, Transcript), isNew: true, cancellation);
                counted.Add(client);
            }
            catch (SessionFailedException problem)
            {
                leftOut[client] = problem.Message;
            }
        }

        if (counted.Count > 0) aggregation = await RunAsync(new FederatedSession.AddUp(round, counted, Transcript), isNew: true, cancellation);
        _counted.Add([.. counted]);
        return new(round, counted, leftOut, training, joining, joined, aggregation);
    }

    /// <summary>The model owner gets its parameters.</summary>
    public Task<SessionCost> CloseAsync(CancellationToken cancellation) => RunAsync(new FederatedSession.Close(Transcript), isNew: true, cancellation);

    async Task<SessionCost> JoinAsync(int client, CancellationToken cancellation)
    {
        // Later sessions of this client have the seeds that they had with its first texts.
        var texts = await sessions.MeetAsync(client, cancellation);
        var known = _joined.GetValueOrDefault(client);
        if (known is not null && texts != known) throw new SessionFailedException($"client {client + 1} has other texts than those it joined with");
        var cost = await RunAsync(new FederatedSession.Join(client, texts), isNew: known is null, cancellation);
        _joined[client] = texts;
        _here.Add(client);
        return cost;
    }

    /// <param name="isNew">Not the repetition of a session that is in the transcript.</param>
    async Task<SessionCost> RunAsync(FederatedSession session, bool isNew, CancellationToken cancellation)
    {
        var result = await sessions.RunAsync(session, cancellation);
        if (isNew) Transcript = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Transcript} {session.Name} {result.Transcript}")));
        return result.Cost;
    }
}
