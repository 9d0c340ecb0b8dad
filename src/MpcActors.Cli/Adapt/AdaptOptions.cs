using System.CommandLine;
using MpcActors.Data;
using MpcActors.Models.Clear.Distillation;
using MpcActors.Models.Clear.Training;

namespace MpcActors.Cli;

/// <param name="TextFiles">The user's sentences, one a line.</param>
/// <param name="UsesPublicText">Whether the text that the program fetches is used, too.</param>
/// <param name="Start">A patch to go on from; null begins with the softmax model.</param>
/// <param name="CheckpointFolder">Null keeps none.</param>
sealed record AdaptSettings(
    bool Json, string Out, string Model, string AttentionName, string PartName, AdaptationSettings Training, IReadOnlyList<string> TextFiles, bool UsesPublicText, int MostTexts,
    string? Start, string? CheckpointFolder, bool Resume)
{
    /// <summary>File of the HTML page; null where none was asked for.</summary>
    public string? Page { get; init; }
}

/// <summary>The options of <c>adapt</c>, read into settings that can be run.</summary>
sealed class AdaptOptions
{
    public static string[] Attentions { get; } = ["rfa", "2quad", "uniform"];

    readonly Option<string> _model = Options.Choice("--model", "Sentence encoder whose attention is adapted; tiny needs nothing from outside", "use-lite", EncoderModel.Names);
    readonly Option<string> _attention = Options.Choice("--attention", "What takes the place of softmax; 2quad and uniform are controls, and 2quad runs in the clear only", "rfa", Attentions);
    readonly Option<string> _train = Options.Choice("--train", "What is trained: the frequencies, the attention's weights with norms and biases, or all but the token table", "attention", "features", "attention", "all");
    readonly Option<int> _features = Options.Count("--features", "Frequencies a head of random features", 64, most: 1024);
    readonly Option<int> _steps = Options.Count("--steps", "Steps of the whole model; as many of the first layer's attention alone, and a quarter as many of the others', come before", 3000);
    readonly Option<int> _batch = Options.Count("--batch", "Texts a step", 32, most: 4096);
    readonly Option<double?> _rate = Options.Positive("--rate", "Largest learning rate of the whole model; frequencies take twice as much, a layer alone three times", 0.0007, most: 1);
    readonly Option<int> _tokens = Options.Count("--max-tokens", "Longer texts are cut", 48, most: UseLiteModel.MaxTokens);
    readonly Option<int> _check = Options.Count("--check-every", "Steps between two looks at the held-out texts, and between two checkpoints", 100);
    readonly Option<int> _patience = Options.Count("--patience", "Stop after so many looks without improvement; 0 never does", 0, least: 0);
    readonly Option<string[]> _text = new("--text") { Description = "Your own unlabelled text, a sentence a line; may be given more than once", HelpName = "FILE" };
    readonly Option<bool> _textOnly = Options.Flag("--text-only", "Use the text of --text alone, not the public text that is fetched");
    readonly Option<int> _texts = Options.Count("--texts", "At most so many sentences", 80_000);
    readonly Option<string?> _start = Options.Text("--start", "FILE", "An adapted patch to go on from; 'shipped' is the one that comes with the program (default: the softmax model)");
    readonly Option<string?> _checkpoint = Options.Text("--checkpoint", "DIR", "Folder for the state of the training");
    readonly Option<bool> _resume = Options.Flag("--resume", "Go on from the checkpoint, if there is one");
    readonly Option<bool> _offline = Options.Flag("--offline", "Fetch nothing: the same as --model tiny");
    readonly Option<ulong> _seed = Options.Seed();
    readonly Option<string?> _out = Options.Text("--out", "DIR", "Folder for the files of the run (default: out/adapt)");
    readonly Option<string?> _page = Options.Page();
    readonly Option<bool> _json = Options.Flag("--json", "Write one JSON object to standard output and everything else to standard error");

    public void AddTo(Command to)
    {
        foreach (var option in new Option[]
            { _model, _attention, _train, _features, _steps, _batch, _rate, _tokens, _check, _patience, _text, _textOnly, _texts, _start, _checkpoint, _resume, _offline, _seed, _out, _json, _page })
            to.Options.Add(option);
    }

    public AdaptSettings Read(ParseResult result)
    {
        var files = result.GetValue(_text) ?? [];
        foreach (var file in files) Existing(file);
        if (result.GetValue(_textOnly) && files.Length == 0) throw new BadInputException("--text-only needs --text FILE, the text to use alone");
        if (result.GetValue(_resume) && result.GetValue(_checkpoint) is null) throw new BadInputException("--resume needs --checkpoint DIR, the folder that holds the state to go on from");
        var (attention, part) = (result.GetValue(_attention)!, result.GetValue(_train)!);
        var model = result.GetValue(_offline) ? "tiny" : result.GetValue(_model)!;
        var start = result.GetValue(_start);
        if (start is not null && start != EncoderModel.Shipped) Existing(start);
        var training = new AdaptationSettings(
            attention switch { "2quad" => TrainedAttention.Quadratic, "uniform" => TrainedAttention.Uniform, _ => TrainedAttention.RandomFeatures },
            part switch { "features" => TrainedPart.Features, "all" => TrainedPart.All, _ => TrainedPart.Attention },
            result.GetValue(_features), result.GetValue(_steps), result.GetValue(_batch), (float)result.GetValue(_rate)!.Value, result.GetValue(_tokens), result.GetValue(_check),
            result.GetValue(_patience) is > 0 and var patience ? patience : null, result.GetValue(_seed));
        BadInputException.Check(training.Validate);
        var folder = result.GetValue(_out) ?? Path.Combine("out", "adapt");
        return new(
            result.GetValue(_json), folder, model, attention, part, training, files, !result.GetValue(_textOnly), result.GetValue(_texts),
            start, result.GetValue(_checkpoint), result.GetValue(_resume)) { Page = Output.PageOf(result, _page, folder) };
    }

    static void Existing(string file)
    {
        if (!File.Exists(file)) throw new BadInputException($"there is no file '{file}'");
    }
}
