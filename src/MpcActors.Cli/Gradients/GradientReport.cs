using MpcActors.Protocols;
using MpcActors.Tuning.Gradients;

namespace MpcActors.Cli;

/// <summary>What <c>tune --method sft</c> and <c>prompt</c>, and <c>up</c> with a training in its file, report, with the keys of <see cref="TuningReport"/> where both have them.</summary>
sealed record GradientReport : Report
{
    public required string Task { get; init; }

    public required string Model { get; init; }

    public required TextCounts Texts { get; init; }

    public required GradientFacts Training { get; init; }

    public required Accuracies Accuracy { get; init; }

    /// <summary>Share of the test texts with the same label after both trainings, on shares and in the clear.</summary>
    public double? Agreement { get; init; }

    /// <summary>Steps that the training made.</summary>
    public required int Queries { get; init; }

    /// <summary>A step on each network.</summary>
    public required IReadOnlyList<AttentionCost> Attention { get; init; }

    /// <summary>Its parts; null where nothing ran on shares, or the parties were processes of their own.</summary>
    public StepParts? Step { get; init; }

    /// <summary>Of the batch before each step.</summary>
    public required CurvesOf<IReadOnlyList<double>> Losses { get; init; }

    public required CurvesOf<IReadOnlyList<StepCheck>> Checks { get; init; }

    public string? Transcript { get; init; }

    public required IReadOnlyList<Phase> Phases { get; init; }

    public required long PeakBytes { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }
}

/// <param name="Clear">Of the twin; null where none was trained.</param>
/// <param name="Private">Null where nothing ran on shares.</param>
sealed record CurvesOf<T>(T? Clear, T? Private);

/// <param name="TrainedParameters">Numbers that a step changes.</param>
sealed record GradientFacts(
    string Method, string Suite, string Optimizer, double LearningRate, string Schedule, int WarmUp, double WeightDecay, double? ClipNorm, int Steps, int BatchSize, int? PromptRows,
    bool TrainsEmbedding, long TrainedParameters);

/// <summary>The mean of all steps of a session, by what they are for.</summary>
sealed record StepParts(StepPart Forward, StepPart Backward, StepPart Optimizer)
{
    /// <param name="operations">Of a whole session.</param>
    public static StepParts Of(IReadOnlyList<OperationCost> operations, int steps)
    {
        OperationCost[] ofSteps = [.. operations.Where(one => one.Path.StartsWith("step/", StringComparison.Ordinal))];
        return new(Part("forward"), Part("backward"), Part("optimizer"))
        {
            ByOperation = [.. ofSteps.GroupBy(one => one.Operation).Select(group => Mean(group.Key, group)).OrderByDescending(part => part.SentBytes).ThenBy(part => part.Name, StringComparer.Ordinal)],
        };

        StepPart Part(string name) => Mean(name, ofSteps.Where(one => one.Path == $"step/{name}" || one.Path.StartsWith($"step/{name}/", StringComparison.Ordinal)));

        StepPart Mean(string name, IEnumerable<OperationCost> parts)
        {
            var sum = parts.Aggregate(new OperationCost(name), (left, right) => left + right);
            return new(name, (double)sum.Rounds / steps, (double)sum.SentBytes / steps, (double)sum.DealtBytes / steps, (double)sum.Multiplications / steps);
        }
    }

    /// <summary>The most sent first.</summary>
    public IReadOnlyList<StepPart> ByOperation { get; init; } = [];
}

/// <param name="SentBytes">By each party to the other, online.</param>
/// <param name="DealtBytes">By the dealer, to both parties together.</param>
sealed record StepPart(string Name, double Rounds, double SentBytes, double DealtBytes, double Multiplications);
