using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MpcActors.Cli;

/// <summary>What the server of a federation of processes reports: all that <c>federate</c> does but what only the model owner can know.</summary>
sealed record FederatedReport : Report
{
    public required string Task { get; init; }

    public required string Model { get; init; }

    public required int Clients { get; init; }

    public required int Rounds { get; init; }

    public required int LocalSteps { get; init; }

    /// <summary>head, last-layers, lora or full.</summary>
    public required string Train { get; init; }

    public required int TrainedParameters { get; init; }

    public required string Optimizer { get; init; }

    /// <summary>0 of a client that never came.</summary>
    public required int[] TextsPerClient { get; init; }

    /// <summary>The mean of all local steps since the processes were started; bytes are those of frames.</summary>
    public required FederateStep Step { get; init; }

    public required FederateStep Join { get; init; }

    public required FederateStep Aggregation { get; init; }

    /// <summary>Since the processes were started.</summary>
    public required IReadOnlyList<ServedRound> PerRound { get; init; }

    public required string Transcript { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    public IEnumerable<IRenderable> Tables()
    {
        var rounds = new Table { Title = new TableTitle($"{Task}, {Model}, {Clients} clients, {Train} ({TrainedParameters} parameters), {LocalSteps} local steps of {Optimizer}") };
        foreach (var name in new[] { "round", "counted", "left out", "seconds" }) rounds.AddColumn(name);
        foreach (var round in PerRound)
        {
            rounds.AddRow(
                round.Round.ToString(CultureInfo.InvariantCulture), string.Join(' ', round.Counted), string.Join(' ', round.LeftOut.Keys), round.Seconds.ToString("0.###", CultureInfo.InvariantCulture));
        }

        yield return rounds;
        yield return FederateCommand.CostsOf(Join, Step, Aggregation);
        foreach (var note in Notes) yield return new Padder(new Text("· " + note), new Padding(0, 0));
    }
}

/// <param name="LeftOut">Clients from 1, each with the cause.</param>
sealed record ServedRound(int Round, IReadOnlyList<int> Counted, IReadOnlyDictionary<int, string> LeftOut, double Seconds);

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
