using MpcActors.Actors.Nodes;
using MpcActors.Data;
using MpcActors.Tuning.Gradients;

namespace MpcActors.Cli;

/// <summary>What mpc.session says of a training by gradients: the options of <c>tune --method</c> under the same names.</summary>
static class TrainingBlock
{
    static readonly string[] OfForwardOnly = ["prompt", "queries", "population", "latent-dimension", "patience"];

    /// <summary>That forward-only tuning has no use for.</summary>
    public static string[] Keys { get; } =
        ["method", "suite", "learning-rate", "schedule", "warm-up", "weight-decay", "clip-norm", "steps", "batch-size", "check-every", "checkpoint-every", "train-embedding"];

    /// <summary>Null with forward-only tuning.</summary>
    /// <exception cref="BadInputException">Settings that do not go together.</exception>
    public static GradientSettings? Read(Section section, string method, ulong seed)
    {
        if (method == GradientOptions.ForwardOnly)
        {
            section.Refuse(Keys.Skip(1), "of method = sft and prompt, but method is fot; leave them out");
            return null;
        }

        var (isPrompt, initial) = (method == GradientOptions.Prompt, GradientChoices.Initial);
        IEnumerable<string> others = [.. OfForwardOnly, .. isPrompt ? [] : new[] { "prompt-rows" }, .. Optimizers.Names.Contains(section.Text("optimizer", "")) ? new[] { "optimizer" } : []];
        section.Refuse(others, $"of method = fot, but method is {method}; leave them out");
        if (section.Text("reveal", "logits") == "loss") throw section.Bad("reveal", $"logits with method = {method}: the data owner sees those of each batch");
        if (section.Text("attention", "softmax") == "uniform") throw section.Bad("attention", $"softmax or rfa with method = {method}: no step goes back through uniform attention");
        if (isPrompt) section.Refuse(["train-embedding"], "of method = sft, but method is prompt; leave it out: the rows of the prompt are trained and nothing else");
        return new GradientChoices
        {
            IsPrompt = isPrompt,
            TrainsWords = section.Flag("train-embedding"),
            Suite = section.Choice("suite", initial.Suite, Suites),
            Optimizer = section.Choice("optimizer", initial.Optimizer, GradientOptions.Optimizers),
            LearningRate = section.Positive("learning-rate"),
            Schedule = section.Choice("schedule", initial.Schedule, GradientOptions.Schedules),
            WarmUp = section.Count("warm-up", initial.WarmUp, 0),
            WeightDecay = section.Positive("weight-decay"),
            ClipNorm = section.Positive("clip-norm"),
            Steps = section.Count("steps", initial.Steps),
            BatchSize = section.Count("batch-size", initial.BatchSize, most: GradientOptions.MostTexts),
            CheckEvery = section.Count("check-every", initial.CheckEvery),
            KeepEvery = section.Count("checkpoint-every", initial.KeepEvery),
            PromptRows = section.Count("prompt-rows", initial.PromptRows, most: UseLiteModel.MaxTokens),
        }.ToSettings(seed);
    }

    /// <summary>What the parties have to know of it; rates and batches are the data owner's own.</summary>
    public static IEnumerable<Fact> FactsOf(GradientSettings settings) => TrainingJob.Begin.Of(settings, 0).Agreed.Select(fact => new Fact(fact.Name, fact.Value));

    static string[] Suites { get; } = [.. Enum.GetValues<StepSuite>().Select(suite => suite.ToString().ToLowerInvariant())];
}
