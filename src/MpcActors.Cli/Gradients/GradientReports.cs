using System.Diagnostics;
using MpcActors.Models.Transformers.Training;
using MpcActors.Tuning;
using MpcActors.Tuning.Gradients;

namespace MpcActors.Cli;

/// <summary>Makes the report of a training by gradients.</summary>
static class GradientReports
{
    /// <param name="clear">The twin; null where none was trained.</param>
    /// <param name="shares">Null where nothing ran on shares; one of the two is there.</param>
    public static GradientReport Of(
        string command, CommonSettings common, GradientSettings settings, string model, OwnerTexts texts, GradientCandidate candidate, GradientResult? clear, GradientOutcome? shares, Steps steps)
    {
        var shown = shares?.Result ?? clear ?? throw new ArgumentException("a training ran neither in the clear nor on shares", nameof(shares));
        var none = new double[texts.Task.ClassNames.Count];
        return new()
        {
            Command = command,
            Seed = common.Seed,
            ElapsedSeconds = steps.Elapsed.TotalSeconds,
            Task = texts.Task.Name,
            Model = model,
            Texts = new(none.Length, texts.Train.Batch.Texts, texts.Dev.Batch.Texts, texts.Test.Batch.Texts, texts.Task.Test.Count, texts.Train.Batch.TotalRows),
            Training = new(
                GradientOptions.NameOf(settings.Method), settings.Suite.ToString().ToLowerInvariant(), settings.Optimizer.ToString().ToLowerInvariant(), settings.LearningRate,
                settings.Schedule.ToString().ToLowerInvariant(), settings.WarmUp, settings.WeightDecay, settings.ClipNorm, settings.Steps, settings.BatchSize,
                settings.Method == TuningMethod.Prompt ? settings.PromptRows : null, settings.Method == TuningMethod.Full,
                candidate.Outline.Tensors(Math.Max(1, settings.AddedRows)).Where(tensor => tensor.IsTrained).Sum(tensor => (long)tensor.Shape.Count)),
            Accuracy = new(
                shown.ZeroShot, Of(shown.ZeroShot), Of(shown.ZeroShotWithOffsets), Of(clear?.Tuned), Of(shares?.Result.Tuned),
                Math.Sqrt(shown.ZeroShot * (1 - shown.ZeroShot) / texts.Test.Batch.Texts)),
            Agreement = clear is null || shares is null
                ? null
                : Classification.Predictions(clear.TestLogits, none).Zip(Classification.Predictions(shares.Result.TestLogits, none)).Count(pair => pair.First == pair.Second) / (double)texts.Test.Batch.Texts,
            Queries = settings.Steps,
            Attention = shares is null ? [] : [.. Costs(common, candidate, settings, texts, shares)],
            Step = shares is { Steps: > 0, Operations.Count: > 0 } ? StepParts.Of(shares.Operations, shares.Steps) : null,
            Losses = new(clear?.Losses, shares?.Result.Losses),
            Checks = new(clear?.Checks, shares?.Result.Checks),
            Transcript = shares?.Transcript,
            Phases = steps.Phases,
            PeakBytes = Process.GetCurrentProcess().PeakWorkingSet64,
            Notes =
            [
                .. model == "tiny" ? new[] { "The tiny model is synthetic and knows nothing of language: its accuracies show that the machinery works, nothing else." } : [],
                $"Accuracies are of {texts.Test.Batch.Texts} test texts and one draw of training texts: differences of a few points are chance.",
                .. settings.Method == TuningMethod.Prompt ? new[] { "Zero-shot is the model under the prompt that training starts from, rows of ordinary words." } : [],
                "Accuracy is that after the last step; development texts are looked at and decide nothing.",
            ],
        };

        Dictionary<string, double> Of(double? value) => value is { } one ? new() { [candidate.Name] = one } : [];
    }

    /// <summary>A step on each network, the mean of the session's, and the whole session; of processes, the session as it was measured.</summary>
    static IEnumerable<AttentionCost> Costs(CommonSettings common, GradientCandidate candidate, GradientSettings settings, OwnerTexts texts, GradientOutcome shares)
    {
        var tokens = (int)((texts.Train.Batch.TotalRows / (double)texts.Train.Batch.Texts + settings.AddedRows) * Math.Min(settings.BatchSize, texts.Train.Batch.Texts));
        if (shares.Nodes is { } nodes)
        {
            var measured = NodeCosts.Of(nodes);
            yield return Cost(NodeCosts.Network, "session", measured, true, measured);
        }

        if (shares.Run is not { } run) yield break;
        var costs = new SessionCosts(run);
        PassCall[] made = [.. shares.Calls.Where(call => call.Set == MeasuredGradientPass.Step)];
        foreach (var network in common.Networks)
        {
            var total = costs.Total(network);
            yield return made.Length > 0 ? Cost(network.Name, "step", costs.Mean(made, network), network == common.Network, total) : Cost(network.Name, "session", total, network == common.Network, total);
        }

        AttentionCost Cost(string network, string scope, Cost cost, bool isLive, Cost total) => new(
            candidate.Name, network, scope, tokens, cost.Rounds, cost.SentBytesPerParty, cost.OfflineBytesPerParty, cost.Seconds, cost.ComputeSeconds, cost.Compute, isLive, total);
    }
}
