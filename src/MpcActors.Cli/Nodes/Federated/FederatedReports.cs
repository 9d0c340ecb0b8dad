using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MpcActors.Cli;

/// <summary>What the server of a federation of processes reports; means and rounds are of the time since the processes were started, bytes are those of frames.</summary>
sealed record FederatedServerReport : FederationReport<ServedRound>
{
    /// <summary>Pairs from 1 that were lost, each with the cause.</summary>
    public required IReadOnlyDictionary<int, string> LostPairs { get; init; }

    public IEnumerable<IRenderable> Tables()
    {
        var rounds = new Table { Title = new TableTitle($"{Task}, {Model}, {Clients} clients, {Train} ({TrainedParameters} parameters), {LocalSteps} local steps of {Optimizer}") };
        foreach (var name in (string[])["round", "counted", "left out", .. FederateCommand.SecondsColumns(Pairs)]) rounds.AddColumn(name);
        foreach (var round in PerRound)
        {
            rounds.AddRow(
                [round.Round.ToString(CultureInfo.InvariantCulture), string.Join(' ', round.Counted), string.Join(' ', round.LeftOut.Keys), .. FederateCommand.Seconds(Pairs, round.Seconds, round.SecondsOfOnePair)]);
        }

        yield return rounds;
        yield return FederateCommand.CostsOf(Join, Step, Aggregation);
        foreach (var (pair, cause) in LostPairs) yield return new Padder(new Text($"· Pair {pair} was lost: {cause}"), new Padding(0, 0));
        foreach (var note in Notes) yield return new Padder(new Text("· " + note), new Padding(0, 0));
    }
}

/// <param name="LeftOut">Clients from 1, each with the cause.</param>
/// <param name="SecondsOfOnePair">All sessions one after the other.</param>
sealed record ServedRound(int Round, IReadOnlyList<int> Counted, IReadOnlyDictionary<int, string> LeftOut, double Seconds, double SecondsOfOnePair);

/// <summary>What the model owner of a federation of processes reports.</summary>
/// <param name="ZeroShot">Of the parameters that it began with.</param>
sealed record OwnedAccuracy(double ZeroShot, double Private, int TestTexts);

sealed record FederatedModelReport : Report
{
    /// <summary>Null without test texts.</summary>
    public OwnedAccuracy? Accuracy { get; init; }

    public required int TrainedParameters { get; init; }

    /// <summary>File of the trained parameters.</summary>
    public required string Tensors { get; init; }
}
