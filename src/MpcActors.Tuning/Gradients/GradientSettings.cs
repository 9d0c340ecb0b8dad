using System.Globalization;
using MpcActors.Models.Transformers.Training;
using MpcActors.Protocols.Hybrid;
using MpcActors.Protocols.Published;
using MpcActors.Protocols.Training;
using MpcActors.Tuning.Federated;

namespace MpcActors.Tuning.Gradients;

/// <summary>How gradients become steps.</summary>
public enum StepOptimizer
{
    Sgd,
    Adam,

    /// <summary>Adam with weights that decay apart from the gradient.</summary>
    AdamW,
}

/// <summary>How the learning rate goes on after the warm-up.</summary>
public enum RateSchedule
{
    Constant,

    /// <summary>Down to 0 at the end, in equal steps.</summary>
    Linear,

    /// <summary>Down to 0 at the end along half a cosine.</summary>
    Cosine,
}

/// <summary>The protocols of a gradient step.</summary>
public enum StepSuite
{
    Fused,
    Published,
    PriFft,
}

/// <summary>How a model or a prompt is trained by gradients. All of it is public.</summary>
public sealed record GradientSettings
{
    public TuningMethod Method { get; init; } = TuningMethod.Layers;

    public StepSuite Suite { get; init; } = StepSuite.Fused;

    public StepOptimizer Optimizer { get; init; } = StepOptimizer.Adam;

    public double LearningRate { get; init; } = 1e-4;

    public RateSchedule Schedule { get; init; } = RateSchedule.Linear;

    /// <summary>First steps, in which the rate grows from nothing.</summary>
    public int WarmUp { get; init; }

    /// <summary>Of <see cref="StepOptimizer.AdamW"/>.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The most that all gradients together may measure, or null.</summary>
    public double? ClipNorm { get; init; }

    public int Steps { get; init; } = 100;

    public int BatchSize { get; init; } = 8;

    /// <summary>Of <see cref="TuningMethod.Prompt"/>.</summary>
    public int PromptRows { get; init; } = 50;

    /// <summary>Steps between two looks at the development texts; there is one before the first and one after the last.</summary>
    public int CheckEvery { get; init; } = 20;

    /// <summary>Steps between two states that are kept.</summary>
    public int KeepEvery { get; init; } = 1;

    public ulong Seed { get; init; } = 1;

    /// <summary>What is trained: model, attention.</summary>
    public string Setup { get; init; } = "";

    /// <summary>The label words or sentences, which are weights of the model: other ones are another session.</summary>
    public string Labels { get; init; } = "";

    /// <summary>Rows that a prompt adds before each text.</summary>
    public int AddedRows => Method == TuningMethod.Prompt ? PromptRows : 0;

    /// <exception cref="ArgumentException">Settings that cannot be run, with the value and what would do.</exception>
    public void Validate()
    {
        Require(LearningRate > 0 && double.IsFinite(LearningRate) && LearningRate <= 1, $"the learning rate is {LearningRate}, it must be above 0 and at most 1");
        Require(Steps >= 1, $"there are {Steps} steps, there must be at least 1");
        Require(BatchSize >= 1, $"a batch has {BatchSize} texts, it must have at least 1");
        Require(WarmUp >= 0 && WarmUp <= Steps, $"the warm-up takes {WarmUp} of {Steps} steps, it must take between none and all");
        Require(WeightDecay >= 0 && WeightDecay <= 1, $"the weight decay is {WeightDecay}, it must be from 0 to 1");
        Require(WeightDecay == 0 || Optimizer == StepOptimizer.AdamW, $"a weight decay of {WeightDecay} is for AdamW, not for {Optimizer}");
        Require(ClipNorm is null or (>= 1e-3 and <= 1e3), $"gradients are clipped at {ClipNorm}, it must be from 0.001 to 1000");
        Require(ClipNorm is null || Suite != StepSuite.Published, $"gradients are clipped at {ClipNorm} with the {Suite} suite, whose inverse root fails above 190; clip with another suite, or not at all");
        Require(Method != TuningMethod.Prompt || PromptRows >= 1, $"the prompt has {PromptRows} rows, it must have at least 1");
        Require(CheckEvery >= 1, $"the development texts are looked at every {CheckEvery} steps, it must be at least every 1");
        Require(KeepEvery >= 1, $"the state is kept every {KeepEvery} steps, it must be at least every 1");
    }

    /// <summary>The learning rate of a step, from 0.</summary>
    public double RateAt(int step)
    {
        if (step < WarmUp) return LearningRate * (step + 1) / WarmUp;
        var left = (double)(Steps - step) / (Steps - WarmUp);
        return LearningRate * Schedule switch
        {
            RateSchedule.Linear => left,
            RateSchedule.Cosine => (1 + Math.Cos(Math.PI * (1 - left))) / 2,
            _ => 1,
        };
    }

    /// <summary>The texts of a step's batch: one pass over all after the other, each in an order of its own.</summary>
    public int[] Batch(int step, int texts)
    {
        var size = Math.Min(BatchSize, texts);
        var first = (long)step * size;
        return [.. Enumerable.Range(0, size).Select(i => ClientSplit.Order(texts, Seed, OrderStream + (ulong)((first + i) / texts))[(first + i) % texts])];
    }

    public KeptStates States => new(Steps, KeepEvery);

    public ITrainingSuite NewSuite() => Of(Suite);

    public static ITrainingSuite Of(StepSuite suite) => suite switch
    {
        StepSuite.Fused => new FusedTraining(),
        StepSuite.PriFft => new PriFftTraining(),
        _ => new PublishedTraining(),
    };

    /// <summary>Every setting that decides a run's bytes, by the name that a user knows it by.</summary>
    public IReadOnlyList<(string Name, string Value)> Facts =>
    [
        ("model", Setup), ("list of labels", Labels), ("method", Method.ToString()), ("suite", Suite.ToString()), ("optimizer", Optimizer.ToString()), ("learning rate", Text(LearningRate)), ("schedule", Schedule.ToString()),
        ("warm-up", Text(WarmUp)), ("weight decay", Text(WeightDecay)), ("clipping norm", ClipNorm is { } limit ? Text(limit) : "none"), ("steps", Text(Steps)), ("batch size", Text(BatchSize)),
        ("prompt rows", Text(AddedRows)), ("steps between checks", Text(CheckEvery)), ("steps between kept states", Text(KeepEvery)), ("seed", Seed.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>What a run on these texts is bound to.</summary>
    public RunFacts FactsWith(params ReadOnlySpan<TrainingSet> sets) =>
        new(Facts, [.. sets.ToArray().Select(set => (set.Texts.Name, RunFacts.HashOf(set.Texts, set.Answers, set.Tokens?.Ids ?? [])))]);

    const ulong OrderStream = 70;

    static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    static void Require(bool holds, FormattableString message)
    {
        if (!holds) throw new ArgumentException(FormattableString.Invariant(message));
    }
}
