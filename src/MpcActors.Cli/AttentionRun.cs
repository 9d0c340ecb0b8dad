using System.Security.Cryptography;
using System.Text;
using MpcActors.Actors.Nodes;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>All that was done with one attention.</summary>
/// <param name="Clear">The tuning in the clear; null where it was not asked for.</param>
/// <param name="Shares">The tuning on shares; null where only the clear one was asked for.</param>
/// <param name="Comparison">Of the two passes under the prompt that was tuned on shares.</param>
/// <param name="IsControl">Not tuned in earnest: its zero-shot accuracies and its costs are what it is there for.</param>
sealed record AttentionRun(Candidate Candidate, TuningResult? Clear, PrivateOutcome? Shares, Comparison? Comparison, bool IsControl)
{
    /// <summary>What takes the comparison's place where only losses were revealed.</summary>
    public double? LossError { get; init; }

    public string Name => Candidate.Name;

    /// <summary>The tuning whose zero-shot figures are shown: on shares where there is one.</summary>
    public TuningResult Shown => Shares?.Result ?? Clear ?? throw new InvalidOperationException("an attention was run neither in the clear nor on shares");

    /// <summary>Costs on each network; the one of the run is simulated live, the others are the recorded run timed again.</summary>
    public IEnumerable<AttentionCost> Costs(OwnerTexts texts, CommonSettings common)
    {
        var sessions = Shares?.Nodes ?? new Dictionary<int, NodeOutcome>();
        foreach (var (pair, session) in sessions)
        {
            var measured = NodeCosts.Of(session);
            yield return new AttentionCost(
                Name, sessions.Count == 1 ? NodeCosts.Network : NodeCosts.NetworkOf(pair), "session", texts.Train.Batch.TotalRows, measured.Rounds, measured.SentBytesPerParty, measured.OfflineBytesPerParty,
                measured.Seconds, measured.ComputeSeconds, measured.Compute, true, measured);
        }

        if (Shares is not { Run: { } recorded } shares) yield break;
        var costs = new SessionCosts(recorded);
        // A generation is the one call with more than one prompt.
        PassCall[] generations = [.. shares.Calls.Where(call => call.Prompts > 1)];
        foreach (var network in common.Networks)
        {
            var total = costs.Total(network);
            var (scope, cost) = generations.Length > 0 ? ("generation", costs.Mean(generations, network)) : ("session", total);
            yield return new AttentionCost(
                Name, network.Name, scope, texts.Train.Batch.TotalRows * (generations.Length > 0 ? generations[0].Prompts : 1),
                cost.Rounds, cost.SentBytesPerParty, cost.OfflineBytesPerParty, cost.Seconds, cost.ComputeSeconds, cost.Compute,
                network == common.Network, total);
        }
    }

    /// <summary>Checks on the development texts as the tuning went on.</summary>
    public IEnumerable<TuningCurve> Curves(OwnerTexts texts, CommonSettings common)
    {
        if (Clear is { } clear) yield return new(Name, "clear", Points(clear, null));
        if (Shares is { } shares)
        {
            // What a query sends is the same for each: a generation's bytes by its prompts.
            var generation = Costs(texts, common).FirstOrDefault(cost => cost.Scope == "generation");
            var prompts = generation is null ? 0 : generation.Tokens / texts.Train.Batch.TotalRows;
            yield return new(Name, "shares", Points(shares.Result, generation is null ? null : (double)generation.SentBytesPerParty.Max() / prompts));
        }

        static CurvePoint[] Points(TuningResult result, double? bytesOfQuery) =>
            [.. result.Checks.Select(check => new CurvePoint(check.Queries, check.TrainLoss, check.DevAccuracy, check.DevLoss, check.Queries * bytesOfQuery))];
    }

    /// <summary>One hash for several sessions: of their names and hashes, in order.</summary>
    public static string? JoinTranscripts(IReadOnlyDictionary<string, string> transcripts) => transcripts.Count switch
    {
        0 => null,
        1 => transcripts.Values.Single(),
        _ => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', transcripts.Select(entry => $"{entry.Key} {entry.Value}"))))),
    };
}
