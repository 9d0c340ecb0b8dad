using MpcActors.Actors.Federations;
using MpcActors.Tuning.Federated;

namespace MpcActors.Cli;

/// <summary>What the server of a federation counted of its rounds since it was started.</summary>
sealed class ServedRounds(FederatedBlock block)
{
    readonly List<ServedRound> _rounds = [];
    readonly List<FederatedRound> _done = [];
    readonly HashSet<int> _lost = [];
    SessionCost _training = SessionCost.None;
    SessionCost _joining = SessionCost.None;
    SessionCost _aggregation = SessionCost.None;
    int _taken;
    int _joined;

    /// <returns>What is said of it.</returns>
    public string Add(FederatedRound round)
    {
        (_training, _joining, _aggregation) = (_training + round.Training, _joining + round.Joining, _aggregation + round.Aggregation);
        (_taken, _joined) = (_taken + round.Counted.Count * block.Tuning.LocalSteps, _joined + round.Joined);
        var served = new ServedRound(
            round.Round + 1, [.. round.Counted.Select(client => client + 1)], round.LeftOut.ToDictionary(entry => entry.Key + 1, entry => entry.Value),
            round.Seconds, round.SecondsOfOnePair);
        _rounds.Add(served);
        _done.Add(round);
        var leftOut = served.LeftOut.Count > 0 ? $"; left out: {string.Join(", ", served.LeftOut.Select(entry => $"client {entry.Key} ({entry.Value})"))}" : "";
        return $"round {served.Round} of {block.Tuning.Rounds}: counted {(served.Counted.Count > 0 ? string.Join(' ', served.Counted) : "nobody")}{leftOut}";
    }

    /// <summary>What is said of pairs that were not lost the last time.</summary>
    public IEnumerable<string> Losses(IReadOnlyDictionary<int, string> lost)
    {
        string[] lines = [.. lost.Where(pair => !_lost.Contains(pair.Key)).Select(pair => $"pair {pair.Key + 1} is lost, and the others do its work: {pair.Value}")];
        _lost.UnionWith(lost.Keys);
        return lines;
    }

    public FederatedServerReport Report(string command, FederationServer server, TimeSpan elapsed) => new()
    {
        Command = command,
        Seed = block.Tuning.Seed,
        ElapsedSeconds = elapsed.TotalSeconds,
        Task = block.TaskName,
        Model = block.Model,
        Clients = block.Clients,
        Rounds = block.Tuning.Rounds,
        LocalSteps = block.Tuning.LocalSteps,
        Train = block.Train,
        TrainedParameters = server.Task.Plan.Parameters.Count,
        Optimizer = block.Tuning.Optimizer == LocalOptimizer.Sgd ? "sgd" : "adam",
        Pairs = block.Pairs,
        LostPairs = server.Lost.ToDictionary(lost => lost.Key + 1, lost => lost.Value),
        SecondsPerRound = RoundTimes.Of(_done),
        TransferredBytesPerRound = _done.Count == 0 ? 0 : _done.Average(round => round.Transfers.SentBytes.Sum()),
        TextsPerClient = server.Task.Plan.Texts,
        Step = FederateCommand.Mean(_training, _taken),
        Join = FederateCommand.Mean(_joining, _joined),
        Aggregation = FederateCommand.Mean(_aggregation, _rounds.Count(round => round.Counted.Count > 0)),
        PerRound = _rounds,
        Transcript = server.Past.Transcript,
        Notes = [.. block.Pairs > 1 ? new[] { FederateCommand.TransferNote } : [], $"Only the model owner has the parameters, and knows how right they are: {FederatedRun.Tensors} and model.json in its folder."],
    };
}
