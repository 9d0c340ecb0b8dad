using System.CommandLine;
using MpcActors.Data;
using MpcActors.Experiments;
using MpcActors.Models;
using MpcActors.Tuning;
using MpcActors.Tuning.Gradients;

namespace MpcActors.Cli;

/// <param name="IsClear">Only the tuning in the clear.</param>
/// <param name="CheckpointFolder">Null keeps none.</param>
sealed record TuneSettings(
    CommonSettings Common, TextTask Task, string Model, string Attention, PromptForm Form, TuningSettings Tuning, int Shots, bool IsClear, string? CheckpointFolder, bool Resume)
{
    /// <summary>A patch for the attention; null for the shipped or published weights.</summary>
    public string? AttentionWeights { get; init; }

    /// <summary>Null with forward-only tuning.</summary>
    public GradientSettings? Gradients { get; init; }

    /// <summary>Of passes on shares, with forward-only tuning.</summary>
    public NamedSuite Suite { get; init; } = NamedSuite.Fused;

    /// <summary>A word a class, where words were given.</summary>
    public string[] LabelWords { get; init; } = [];

    public Checkpoint Checkpoint(string of) => CheckpointFolder is null ? Cli.Checkpoint.None : new(Path.Combine(CheckpointFolder, of + ".checkpoint"), Resume);
}

/// <summary>The options of <c>tune</c>, read into settings that can be run.</summary>
sealed class TuneOptions(string command)
{
    const int TinyLatent = 50;

    readonly Option<string?> _data = Options.Text("--data", "FILE", "Labelled texts: tab-separated, a header with the columns label and text (or sentence), no quoting");
    readonly Option<string?> _test = Options.Text("--test", "FILE", "Test texts in the same format (default: half of --data)");
    readonly Option<string?> _words = Options.Text("--label-words", "A,B,…", "A word a class; the label sentences are \"This is WORD.\"");

    readonly Option<string[]> _labels = new("--label")
    {
        Description = "Label sentence of a class, once a class, in the order of the classes (default: their names)",
        HelpName = "SENTENCE",
    };

    readonly Option<string> _model = Options.ChoiceOr(
        "--model", "DIR", "Sentence encoder (tiny needs nothing from outside); with --method sft and prompt also the folder of a RoBERTa, BERT or GPT-2 as Hugging Face saves it", "use-lite", Directory.Exists, EncoderModel.Names);

    readonly Option<string> _attention = Options.Choice("--attention", "Attention of the encoder", "softmax", Attentions.Names);
    readonly Option<string?> _weights = Options.Text("--attention-weights", "FILE", "Weights for the attention, as 'mpc adapt' writes them (default: the shipped ones for rfa, the published ones otherwise)");
    readonly Option<string> _optimizer = Options.Choice(
        "--optimizer", "What proposes prompts, or with --method sft and prompt what makes steps of gradients", "cma-es", [.. Optimizers.Names, .. GradientOptions.Optimizers]);

    readonly Option<string> _reveal = Options.Choice("--reveal", "What is opened of a candidate, to the data owner: the logits of its texts, or its loss alone (then no class offsets)", "logits", "logits", "loss");
    readonly Option<int> _budget = Options.Count("--budget", "Prompts tried on the training texts", TuningJob.QueriesOfFullRun);
    readonly Option<int> _shots = Options.Count("--shots", "Training texts a class, and as many for development", 16);
    readonly Option<string> _prompt = Options.Choice("--prompt", "Where the prompt enters", "prefix", PromptForms.Names);
    readonly Option<int> _rows = Options.Count("--prompt-rows", "Rows of the prompt (with --method prompt: 50)", 10, most: UseLiteModel.MaxTokens);
    readonly Option<int> _patience = Options.Count("--patience", "Stop after so many checks without improvement (a check every 100 queries); 0 never does", 0, least: 0);
    readonly Option<string?> _checkpoint = Options.Text("--checkpoint", "DIR", "Folder for the state of the tuning, kept after every generation, or every step");
    readonly Option<bool> _resume = Options.Flag("--resume", "Go on from the checkpoint, if there is one");
    readonly Option<bool> _clear = Options.Flag("--clear", "In the clear only");
    readonly Option<bool> _offline = Options.Flag("--offline", "Fetch nothing: the same as --model tiny");
    readonly GradientOptions _gradients = new();
    readonly CommonOptions _common = new(command);

    public void AddTo(Command to)
    {
        foreach (var option in new Option[]
            { _data, _test, _words, _labels, _model, _attention, _weights, _optimizer, _reveal, _budget, _shots, _prompt, _rows, _patience, _checkpoint, _resume, _clear, _offline })
            to.Options.Add(option);
        _gradients.AddTo(to);
        _common.AddTo(to);
    }

    public TuneSettings Read(ParseResult result)
    {
        var common = _common.Read(result);
        var data = result.GetValue(_data) ?? throw new BadInputException("--data is needed: a tab-separated file with a header and the columns label and text (or sentence)");
        var checkpoint = result.GetValue(_checkpoint);
        if (result.GetValue(_resume) && checkpoint is null) throw new BadInputException("--resume needs --checkpoint DIR, the folder that holds the state to go on from");
        if (result.GetValue(_offline) is false && !EncoderModel.Names.Contains(result.GetValue(_model))) RequireFolderFits(result);
        var gradients = _gradients.Read(result, common.Seed, _optimizer, _rows, _prompt, _budget, _patience, _reveal);
        var suite = _gradients.SuiteOf(result, common.Network);
        var task = BadInputException.Check(() => TsvTask.Read(Existing(data), result.GetValue(_test) is { } test ? Existing(test) : null, LabelSentences(result)));
        var model = result.GetValue(_offline) ? "tiny" : result.GetValue(_model)!;
        var defaults = new TuningSettings();
        var reveal = result.GetValue(_reveal) == "loss" ? Reveal.Loss : Reveal.Logits;
        var tuning = defaults with
        {
            Reveal = reveal,
            FitOffsets = reveal == Reveal.Logits,
            Optimizer = gradients is null ? Optimizers.Parse(result.GetValue(_optimizer)!) : OptimizerKind.Cma,
            LatentDimension = model == "tiny" ? TinyLatent : defaults.LatentDimension,
            Queries = result.GetValue(_budget),
            PrefixRows = result.GetValue(_rows),
            Patience = result.GetValue(_patience) is > 0 and var patience ? patience : null,
            Seed = common.Seed,
        };
        BadInputException.Check(tuning.Validate);
        return new(
            common, task, model, result.GetValue(_attention)!, PromptForms.Parse(result.GetValue(_prompt)!, tuning.PrefixRows), tuning, result.GetValue(_shots),
            result.GetValue(_clear), checkpoint, result.GetValue(_resume))
        {
            Gradients = gradients,
            Suite = suite,
            AttentionWeights = result.GetValue(_weights) is { } weights ? Existing(weights) : null,
            LabelWords = result.GetValue(_words)?.Split(',', StringSplitOptions.TrimEntries) ?? [],
        };
    }

    void RequireFolderFits(ParseResult result)
    {
        var model = result.GetValue(_model);
        if (_gradients.IsForwardOnly(result)) throw new BadInputException($"--model is the folder '{model}', but --method fot tunes {string.Join(" and ", EncoderModel.Names)} alone; use --method sft or prompt");
        if (_gradients.TrainsEmbedding(result)) throw new BadInputException($"--train-embedding is for {string.Join(" and ", EncoderModel.Names)}, not for the model in '{model}'");
        if (result.GetValue(_attention) != "softmax") throw new BadInputException($"--attention {result.GetValue(_attention)} is for {string.Join(" and ", EncoderModel.Names)}; the model in '{model}' is trained with softmax");
        if (result.GetValue(_weights) is not null) throw new BadInputException($"--attention-weights is for {string.Join(" and ", EncoderModel.Names)}, not for the model in '{model}'");
        if (result.GetValue(_words) is null) throw new BadInputException($"the model in '{model}' classifies by label words; give one a class, such as --label-words bad,good");
    }

    public static string SentenceOf(string labelWord) => $"This is {labelWord}.";

    string[]? LabelSentences(ParseResult result)
    {
        var (sentences, words) = (result.GetValue(_labels), result.GetValue(_words));
        if (sentences is { Length: > 0 } && words is not null) throw new BadInputException("--label and --label-words say the same thing twice; use one of them");
        if (words is not null) sentences = [.. words.Split(',', StringSplitOptions.TrimEntries).Select(word => word.Length > 0 ? SentenceOf(word) : "")];
        if (sentences is { Length: > 0 } && sentences.Any(string.IsNullOrWhiteSpace)) throw new BadInputException("a label word or sentence is empty; give one a class, such as --label-words bad,good");
        return sentences is { Length: > 0 } ? sentences : null;
    }

    static string Existing(string file) => File.Exists(file) ? file : throw new BadInputException($"there is no file '{file}'");
}
