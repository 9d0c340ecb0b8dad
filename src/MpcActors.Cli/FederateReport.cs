using MpcActors.Actors.Federations;

namespace MpcActors.Cli;

/// <summary>What a federation came to, as far as its server knows.</summary>
/// <typeparam name="TRound">What is told of a round.</typeparam>
abstract record FederationReport<TRound> : Report
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

    /// <summary>Party pairs that worked beside each other.</summary>
    public required int Pairs { get; init; }

    /// <summary>Mean of all rounds, with the pairs that there were and with one that does it all; joining is counted where it happened.</summary>
    public required RoundTimes SecondsPerRound { get; init; }

    /// <summary>Bytes between machines of one side, both sides together, in a round; 0 with one pair.</summary>
    public required double TransferredBytesPerRound { get; init; }

    /// <summary>0 of a client that never came.</summary>
    public required int[] TextsPerClient { get; init; }

    /// <summary>The mean of all local steps; what joining and adding up cost stands apart.</summary>
    public required FederateStep Step { get; init; }

    public required FederateStep Join { get; init; }

    public required FederateStep Aggregation { get; init; }

    public required IReadOnlyList<TRound> PerRound { get; init; }

    public required string Transcript { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }
}

/// <summary>What <c>federate</c> came to, which sees all roles and has a twin in the clear.</summary>
sealed record FederateReport : FederationReport<FederateRound>
{
    public required FederateAccuracy Accuracy { get; init; }

    /// <summary>Largest difference of a parameter from its clear twin.</summary>
    public required double ParameterError { get; init; }

    public required long PeakBytes { get; init; }
}

/// <param name="ZeroShot">Of the parameters that the model owner began with.</param>
sealed record FederateAccuracy(double ZeroShot, double Clear, double Private);

/// <param name="KeyBytes">Keys and corrections that the dealer sends to both parties together, before anything is known.</param>
sealed record FederateStep(double Seconds, double Rounds, double[] SentBytesPerParty, double KeyBytes);

/// <param name="OnePair">All sessions one after the other, and no transfers.</param>
sealed record RoundTimes(double AllPairs, double OnePair)
{
    public static RoundTimes Of(IReadOnlyCollection<FederatedRound> rounds) =>
        rounds.Count == 0 ? new(0, 0) : new(rounds.Average(round => round.Seconds), rounds.Average(round => round.SecondsOfOnePair));
}

/// <param name="LeftOut">Clients from 1, each with the cause.</param>
/// <param name="SecondsOfOnePair">All sessions one after the other.</param>
sealed record FederateRound(int Round, IReadOnlyList<int> Counted, IReadOnlyDictionary<int, string> LeftOut, double Clear, double Private, double Seconds, double SecondsOfOnePair);
