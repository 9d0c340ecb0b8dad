using System.Security.Cryptography;
using System.Text;
using MpcActors.Tuning.Federated;

namespace MpcActors.Actors.Federations;

/// <summary>Where the sessions of one pair are run: in a simulation, or between processes.</summary>
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

/// <summary>Decides which pair works with which clients, and whose updates count. The same in a simulation and in processes, where it is the server that does.</summary>
/// <remarks>
/// Pairs work beside each other, each with one client after the other; updates are added up at the first, without which there is nothing to go on with. What another one leaves
/// undone when it is lost is given to those that are there. The transcript has sessions in the order in which clients are picked, whoever is done first.
/// </remarks>
/// <param name="sessions">Of the first pair.</param>
/// <param name="others">Further pairs.</param>
public sealed class FederationDirector(FederatedPlan plan, IFederationSessions sessions, params IReadOnlyList<IFederationPair> others)
{
    readonly IReadOnlyList<IFederationPair> _pairs = [new FederationPair(0, sessions), .. others];
    readonly SortedDictionary<int, string> _lost = [];
    readonly SortedDictionary<int, string> _joined = [];
    readonly List<int[]> _counted = [];
    string _model = "";

    /// <summary>Rounds done.</summary>
    public int Rounds => _counted.Count;

    /// <summary>Hash over all sessions that ended, in order.</summary>
    public string Transcript { get; private set; } = "";

    public FederationPast Past => new([.. _counted], Transcript, _model, new SortedDictionary<int, string>(_joined));

    /// <summary>Pairs that are not there any more, from 0, each with the cause.</summary>
    public IReadOnlyDictionary<int, string> Lost => _lost;

    /// <summary>The model owner gives out its parameters, to each pair.</summary>
    public async Task<SessionCost> OpenAsync(CancellationToken cancellation)
    {
        var isNew = Transcript.Length == 0;
        var homes = _joined.Keys.ToLookup(HomeOf);
        var (opened, _) = await WorkAsync(There.ToDictionary(pair => pair, pair => new PairOrder(null, _model, "", Known(homes[pair]))), cancellation);
        _model = opened[0].Model;
        var cost = SessionCost.None;
        foreach (var (pair, result) in opened)
        {
            if (result.Model != _model) Lose(pair, "the model owner gives it another model than the first pair");
            else if (isNew) Take(new FederatedSession.Open(_model) { Pair = pair }, result.Opened!);
            cost += result.Opened!.Cost;
        }

        return cost;
    }

    /// <summary>Goes on from a past instead: the model owner gives out its model again and whoever had joined joins again, in the same bytes, now or when it is there.</summary>
    public async Task GoOnAsync(FederationPast past, CancellationToken cancellation)
    {
        (_model, Transcript) = (past.Model, past.Transcript);
        foreach (var (client, texts) in past.Joined) _joined[client] = texts;
        await OpenAsync(cancellation);
        _counted.AddRange(past.Counted);
    }

    /// <summary>Picks clients, has the pairs train with them, adds up what came of it.</summary>
    public async Task<FederatedRound> RoundAsync(CancellationToken cancellation)
    {
        var (round, past, picked) = (Rounds, Transcript, plan.PickedIn(Rounds));
        var (results, transfers, seconds) = (new Dictionary<int, (int Pair, ClientResult Result)>(), SessionCost.None, 0.0);
        while (results.Count < picked.Length)
        {
            var homes = picked.Where(client => !results.ContainsKey(client)).GroupBy(HomeOf);
            var (done, took) = await WorkAsync(homes.ToDictionary(home => home.Key, home => new PairOrder(round, _model, past, Known(home))), cancellation);
            seconds += took;
            foreach (var (pair, result) in done)
            {
                transfers += result.Given + result.Taken;
                foreach (var client in result.Clients) results[client.Client] = (pair, client);
            }
        }

        var (counted, leftOut) = (new List<int>(), new SortedDictionary<int, string>());
        var (training, joining, joined, aggregation) = (SessionCost.None, SessionCost.None, 0, SessionCost.None);
        foreach (var client in picked)
        {
            var (pair, result) = results[client];
            if (result.Join is { } join)
            {
                (joining, joined) = (joining + join.Cost, joined + 1);
                if (_joined.TryAdd(client, result.Texts!)) Take(new FederatedSession.Join(client, result.Texts!) { Pair = pair }, join);
            }

            if (result.Training is not { } trained)
            {
                leftOut[client] = result.Failure ?? "it was not trained with";
                continue;
            }

            training += trained.Cost;
            Take(new FederatedSession.Train(round, client, past, result.Texts!) { Pair = pair }, trained);
            counted.Add(client);
        }

        if (counted.Count > 0) aggregation = await RunAsync(new FederatedSession.AddUp(round, counted, Transcript), cancellation);
        _counted.Add([.. counted]);
        return new(round, counted, leftOut, training, joining, joined, aggregation) { Transfers = transfers, Seconds = seconds + aggregation.Seconds };
    }

    /// <summary>The model owner gets its parameters.</summary>
    public Task<SessionCost> CloseAsync(CancellationToken cancellation) => RunAsync(new FederatedSession.Close(Transcript), cancellation);

    IEnumerable<int> There => Enumerable.Range(0, _pairs.Count).Where(pair => !_lost.ContainsKey(pair));

    /// <summary>Where a client trains: at the same pair in all rounds, unless that is lost.</summary>
    int HomeOf(int client)
    {
        var (home, there) = (client % _pairs.Count, There.ToArray());
        return _lost.ContainsKey(home) ? there[client % there.Length] : home;
    }

    PairClient[] Known(IEnumerable<int> clients) => [.. clients.Select(client => new PairClient(client, _joined.GetValueOrDefault(client)))];

    /// <returns>What came of pairs that were not lost, in their order, and how long it took all together.</returns>
    async Task<(SortedDictionary<int, PairResult> Results, double Seconds)> WorkAsync(Dictionary<int, PairOrder> orders, CancellationToken cancellation)
    {
        var (begun, results) = (new List<int>(), new SortedDictionary<int, PairResult>());

        // The first pair gives parameters to others before it begins with its own clients, and takes updates when it is done with them.
        foreach (var (pair, order) in orders.OrderByDescending(order => order.Key))
        {
            await UnlessLost(pair, async () =>
            {
                await _pairs[pair].BeginAsync(order, cancellation);
                begun.Add(pair);
            });
        }

        foreach (var pair in begun.Order()) await UnlessLost(pair, async () => results[pair] = await _pairs[pair].EndAsync(cancellation));
        return (results, SecondsOf(results));
    }

    static double SecondsOf(SortedDictionary<int, PairResult> results)
    {
        var (begins, done) = (0.0, new Dictionary<int, double>());
        foreach (var (pair, result) in results.Reverse()) done[pair] = (begins += result.Given.Seconds) + result.Sessions.Seconds;
        return results.Aggregate(0.0, (now, result) => Math.Max(now, done[result.Key]) + result.Value.Taken.Seconds);
    }

    async Task UnlessLost(int pair, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (PairLostException problem) when (pair > 0)
        {
            Lose(pair, problem.Message);
        }
    }

    void Lose(int pair, string cause) => _lost[pair] = cause;

    async Task<SessionCost> RunAsync(FederatedSession session, CancellationToken cancellation)
    {
        var result = await sessions.RunAsync(session, cancellation);
        Take(session, result);
        return result.Cost;
    }

    void Take(FederatedSession session, SessionResult result) =>
        Transcript = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Transcript} {session.Name} {result.Transcript}")));
}
