using MpcActors.Models.Transformers.Training;
using MpcActors.Tuning.Gradients;

namespace MpcActors.Cli;

/// <summary>What somebody said of a training by gradients, on a command line or in a file; what is null follows from the rest.</summary>
sealed record GradientChoices
{
    /// <summary>Where nothing is said.</summary>
    public static GradientChoices Initial { get; } = new();

    /// <summary>Whether the rows of a prompt are trained, and not the model.</summary>
    public bool IsPrompt { get; init; }

    /// <summary>The table of words, too.</summary>
    public bool TrainsWords { get; init; }

    public string Suite { get; init; } = "fused";

    public string Optimizer { get; init; } = "adam";

    public double? LearningRate { get; init; }

    public string Schedule { get; init; } = "linear";

    public int WarmUp { get; init; }

    public double? WeightDecay { get; init; }

    public double? ClipNorm { get; init; }

    public int Steps { get; init; } = 60;

    public int BatchSize { get; init; } = 8;

    public int CheckEvery { get; init; } = 20;

    public int KeepEvery { get; init; } = 1;

    public int PromptRows { get; init; } = 50;

    /// <exception cref="BadInputException">They do not go together.</exception>
    public GradientSettings ToSettings(ulong seed)
    {
        var kind = Enum.Parse<StepOptimizer>(Optimizer, ignoreCase: true);
        var settings = new GradientSettings
        {
            Method = IsPrompt ? TuningMethod.Prompt : TrainsWords ? TuningMethod.Full : TuningMethod.Layers,
            Suite = Enum.Parse<StepSuite>(Suite, ignoreCase: true),
            Optimizer = kind,
            LearningRate = LearningRate ?? (IsPrompt, kind == StepOptimizer.Sgd) switch { (true, true) => 0.1, (true, false) => 0.01, (false, true) => 0.01, _ => 1e-4 },
            Schedule = Enum.Parse<RateSchedule>(Schedule, ignoreCase: true),
            WarmUp = WarmUp,
            WeightDecay = WeightDecay ?? (kind == StepOptimizer.AdamW ? 0.01 : 0),
            ClipNorm = ClipNorm,
            Steps = Steps,
            BatchSize = BatchSize,
            PromptRows = PromptRows,
            CheckEvery = CheckEvery,
            KeepEvery = KeepEvery,
            Seed = seed,
        };
        BadInputException.Check(settings.Validate);
        return settings;
    }
}
