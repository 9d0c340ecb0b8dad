using System.CommandLine;
using MpcActors.Experiments;
using MpcActors.Models.Transformers.Training;
using MpcActors.Network;
using MpcActors.Tuning.Gradients;

namespace MpcActors.Cli;

/// <summary>The options of <c>tune</c> that are for training by gradients: <c>--method sft</c> and <c>--method prompt</c>.</summary>
sealed class GradientOptions
{
    public const string ForwardOnly = "fot", FineTuning = "sft", Prompt = "prompt";

    public const int MostTexts = 4096;

    public static string[] Methods { get; } = [ForwardOnly, FineTuning, Prompt];

    public static string[] Schedules { get; } = ["constant", "linear", "cosine"];

    /// <summary>For <c>--optimizer</c>, beside those that propose prompts.</summary>
    public static string[] Optimizers { get; } = ["adam", "adamw", "sgd"];

    static readonly GradientChoices Initial = GradientChoices.Initial;

    readonly Option<string> _method = Options.Choice(
        "--method", "What is learned and how: a prompt from forward passes alone (fot); by gradients all weights but the table of words (sft), or the rows of a prompt (prompt)", ForwardOnly, Methods);
    readonly Option<double?> _rate = Options.Positive("--learning-rate", "Learning rate (default: 0.0001 for sft, 0.01 for prompt; 0.01 and 0.1 with sgd)");
    readonly Option<string> _schedule = Options.Choice("--schedule", "How the rate goes on after the warm-up: as it is, or down to 0", Initial.Schedule, Schedules);
    readonly Option<int> _warmUp = Options.Count("--warm-up", "First steps, in which the learning rate grows from nothing", Initial.WarmUp, least: 0);
    readonly Option<double?> _decay = Options.Positive("--weight-decay", "Of adamw (default: 0.01)");
    readonly Option<double?> _clip = Options.Positive("--clip-norm", "The most that all gradients together may measure; longer ones are shortened, on shares (default: none; not with --suite published)");
    readonly Option<int> _steps = Options.Count("--steps", "Steps of a batch each", Initial.Steps);
    readonly Option<int> _batch = Options.Count("--batch-size", "Texts of a step", Initial.BatchSize, most: MostTexts);
    readonly Option<int> _check = Options.Count("--check-every", "Steps between two looks at the development texts", Initial.CheckEvery);
    readonly Option<int> _keep = Options.Count("--checkpoint-every", "Steps between two states that are kept", Initial.KeepEvery);
    readonly Option<string> _suite = Options.Choice("--suite", "Protocols: ours, PriFFT's hybrid (functions by keys); of forward passes, the faster of both for each operation on the network (auto); of a step of gradients, CrypTen's as published", "fused", "fused", "prifft", NamedSuite.Auto, "published");
    readonly Option<bool> _words = Options.Flag("--train-embedding", "With --method sft: the table of words too, by shared one-hot tokens, which is what sft means to cost and bench");

    Option[] Own => [_rate, _schedule, _warmUp, _decay, _clip, _steps, _batch, _check, _keep, _words];

    public void AddTo(Command to)
    {
        to.Options.Add(_method);
        to.Options.Add(_suite);
        foreach (var option in Own) to.Options.Add(option);
    }

    public bool IsForwardOnly(ParseResult result) => result.GetValue(_method) == ForwardOnly;

    public bool TrainsEmbedding(ParseResult result) => result.GetValue(_words);

    /// <exception cref="BadInputException">Forward-only tuning has no such protocols.</exception>
    /// <param name="network">That --suite auto picks for.</param>
    public NamedSuite SuiteOf(ParseResult result, LinkProfile network)
    {
        var suite = TransformerOptions.Suite(result.GetValue(_suite)!, network);
        if (IsForwardOnly(result) && suite.HasGrossErrors)
            throw new BadInputException($"--suite {suite.Name} is for --method sft and prompt, and for cost and bench; --method fot tunes with --suite fused, prifft or auto");
        return suite;
    }

    /// <summary>Null with forward-only tuning.</summary>
    /// <param name="optimizer">An option that both kinds of tuning have.</param>
    /// <param name="forwardOnly">Options that training by gradients has no use for.</param>
    /// <exception cref="BadInputException">Options that do not go together.</exception>
    public GradientSettings? Read(ParseResult result, ulong seed, Option<string> optimizer, Option<int> promptRows, params Option[] forwardOnly)
    {
        var method = result.GetValue(_method)!;
        var isForward = method == ForwardOnly;
        foreach (var option in isForward ? Own : forwardOnly)
            if (IsGiven(result, option)) throw new BadInputException($"{option.Name} is for {(isForward ? "--method sft and prompt" : "--method fot")}, not for --method {method}");
        var name = result.GetValue(optimizer)!;
        if (IsGiven(result, optimizer) && Optimizers.Contains(name) == isForward)
            throw new BadInputException($"--optimizer {name} is not for --method {method}; use {(isForward ? "one that proposes prompts, such as cma-es" : string.Join(", ", Optimizers))}");
        if (isForward) return null;
        if (result.GetValue(_suite) == NamedSuite.Auto) throw new BadInputException($"--suite {NamedSuite.Auto} picks protocols for forward passes; --method {method} trains with --suite fused, prifft or published");

        var isPrompt = method == Prompt;
        if (isPrompt && result.GetValue(_words)) throw new BadInputException("--train-embedding is for --method sft: with --method prompt the rows of the prompt are trained and nothing else");
        if (!isPrompt && IsGiven(result, promptRows)) throw new BadInputException("--prompt-rows is for --method fot and prompt: with --method sft there is no prompt");
        return new GradientChoices
        {
            IsPrompt = isPrompt,
            TrainsWords = result.GetValue(_words),
            Suite = result.GetValue(_suite)!,
            Optimizer = IsGiven(result, optimizer) ? name : Initial.Optimizer,
            LearningRate = result.GetValue(_rate),
            Schedule = result.GetValue(_schedule)!,
            WarmUp = result.GetValue(_warmUp),
            WeightDecay = result.GetValue(_decay),
            ClipNorm = result.GetValue(_clip),
            Steps = result.GetValue(_steps),
            BatchSize = result.GetValue(_batch),
            PromptRows = IsGiven(result, promptRows) ? result.GetValue(promptRows) : Initial.PromptRows,
            CheckEvery = result.GetValue(_check),
            KeepEvery = result.GetValue(_keep),
        }.ToSettings(seed);
    }

    /// <summary>How the settings are typed.</summary>
    public static string NameOf(TuningMethod method) => method == TuningMethod.Prompt ? Prompt : FineTuning;

    static bool IsGiven(ParseResult result, Option option) => result.GetResult(option) is { Implicit: false };
}
