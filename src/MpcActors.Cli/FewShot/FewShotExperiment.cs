using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using MpcActors.Data;
using MpcActors.Experiments;
using MpcActors.Models;
using MpcActors.Models.Transformers.Training;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>What each method makes of a few texts a class: several draws of several tasks, in the clear and on shares.</summary>
/// <remarks>Each task, method, seed and place is a part that is kept when it is done, so that a run which was stopped, or asked for more, goes on.</remarks>
sealed class FewShotExperiment : IConfiguredExperiment
{
    const int Seeds = 5, QuickSeeds = 2, PrivateSeeds = 1, Shots = 16, QuickQueries = 40, Steps = 60, QuickSteps = 6;

    static readonly IFewShotMethod[] Methods =
    [
        new ZeroShot(AttentionKind.Softmax),
        new ZeroShot(AttentionKind.RandomFeatures),
        new LinearProbe(),
        new ByGradients(TuningMethod.Layers, 1e-4),
        new ByGradients(TuningMethod.Prompt, 1e-2),
        new ForwardOnly(AttentionKind.Softmax, OptimizerKind.Cma, canBePrivate: true),
        new ForwardOnly(AttentionKind.RandomFeatures, OptimizerKind.Cma, canBePrivate: true),
        new ForwardOnly(AttentionKind.Softmax, OptimizerKind.Nes, canBePrivate: false),
        new ForwardOnly(AttentionKind.Softmax, OptimizerKind.Spsa, canBePrivate: false),
        new ForwardOnly(AttentionKind.Softmax, OptimizerKind.RandomSearch, canBePrivate: false),
    ];

    readonly Option<int> _seeds = Options.Count("--seeds", $"Draws of the texts, from --seed on (with --quick {QuickSeeds})", Seeds);
    readonly Option<int> _privateSeeds = Options.Count("--private-seeds", "Of those, how many are done on shares, too", PrivateSeeds, least: 0);
    readonly Option<int> _shots = Options.Count("--shots", "Training texts a class, and as many for development", Shots);
    readonly Option<int> _queries = Options.Count("--queries", $"Prompts that forward-only tuning tries (with --quick {QuickQueries})", TuningJob.QueriesOfFullRun, least: new TuningSettings().Population);
    readonly Option<int> _steps = Options.Count("--steps", $"Of sft and prompt tuning (with --quick {QuickSteps})", Steps);
    readonly Option<string?> _tasks = Options.Text("--tasks", "A,B,…", $"Of {string.Join(", ", SentimentSentences.Names)} (default: all, and none with --data; with --quick a synthetic one)");
    readonly Option<string?> _methods = Options.Text("--methods", "A,B,…", "Some of the methods by their names in the table (default: all)");
    readonly Option<string[]> _data = new("--data") { Description = "A task of your own, tab-separated with a label and a text column; may be given several times", HelpName = "FILE" };
    readonly Choices _choices = new();

    public FewShotExperiment()
    {
    }

    FewShotExperiment(Choices choices) => _choices = choices;

    public string Name => "few-shot";

    public string Question => "How accurate is each way to tune a model on a few texts, by queries and by traffic?";

    public bool KeepsParts => true;

    public IEnumerable<Option> OwnOptions => [_seeds, _privateSeeds, _shots, _queries, _steps, _tasks, _methods, _data];

    public IExperiment With(ParseResult typed) => new FewShotExperiment(new Choices
    {
        Seeds = Given(typed, _seeds),
        PrivateSeeds = typed.GetValue(_privateSeeds),
        Shots = typed.GetValue(_shots),
        Queries = Given(typed, _queries),
        Steps = Given(typed, _steps),
        Tasks = typed.GetValue(_tasks)?.Split(',', StringSplitOptions.TrimEntries),
        Methods = typed.GetValue(_methods)?.Split(',', StringSplitOptions.TrimEntries),
        Data = typed.GetValue(_data) ?? [],
    });

    public async Task<ExperimentResult> RunAsync(ExperimentSettings settings, Action<string> announce, CancellationToken cancellation)
    {
        var methods = Named(_choices.Methods);
        var seeds = _choices.Seeds ?? (settings.IsQuick ? QuickSeeds : Seeds);
        var queries = _choices.Queries ?? (settings.IsQuick ? QuickQueries : TuningJob.QueriesOfFullRun);
        var steps = _choices.Steps ?? (settings.IsQuick ? QuickSteps : Steps);
        var (model, tasks) = await FetchAsync(settings.IsQuick, announce, cancellation);
        var parts = new List<FewShotPart>();

        // Seed by seed, so that whenever a run is stopped all methods have about as many.
        foreach (var task in tasks)
        {
            for (var i = 0; i < seeds; i++)
            {
                var draw = new FewShotDraw(model, task, _choices.Shots, queries, steps, settings.Seed + (ulong)i);
                foreach (var method in methods)
                {
                    for (var place = 0; place < (method.CanBePrivate && i < _choices.PrivateSeeds ? 2 : 1); place++)
                    {
                        cancellation.ThrowIfCancellationRequested();
                        if (await PartAsync(method, draw, isPrivate: place == 1, settings, announce, cancellation) is { } part) parts.Add(part);
                    }
                }
            }
        }

        if (parts.Count == 0) throw new BadInputException($"nothing is done yet in {settings.Folder}");
        var table = new FewShotTable(parts, [.. methods.Select(method => method.Name)], model.Name, _choices.Shots, queries);
        return new ExperimentResult(table.Rows(), table.Markdown(), new Dictionary<string, string> { ["few-shot.csv"] = table.PartsCsv(), ["few-shot-curves.csv"] = table.CurvesCsv() });
    }

    static async Task<FewShotPart?> PartAsync(IFewShotMethod method, FewShotDraw draw, bool isPrivate, ExperimentSettings settings, Action<string> announce, CancellationToken cancellation)
    {
        var (where, what) = (isPrivate ? "private" : "clear", $"{draw.Settings} {method.SettingsFor(draw)}");
        var name = FormattableString.Invariant($"{draw.Task.Name}, seed {draw.Seed}, {method.Name}, {where}");
        // Parts of other settings lie beside it, so that asking for these does not do away with those.
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(what)))[..8];
        var file = Path.Combine(settings.Folder, "parts", FormattableString.Invariant($"{draw.Model.Name}-{draw.Task.Name}-{method.Name.Replace(' ', '-')}-{draw.Seed}-{where}-{hash}.json"));
        if (FewShotPart.Read(file, what) is { } kept)
        {
            announce($"{name}: from {file}");
            return kept;
        }

        if (settings.ShowsWhatIsDone) return null;
        announce(name);
        var part = isPrivate
            ? await method.OnSharesAsync(draw, Path.ChangeExtension(file, ".checkpoint"), progress => announce($"{name}: {progress}"), cancellation)
            : await method.InTheClearAsync(draw, cancellation);
        part.Write(file);
        var state = Path.ChangeExtension(file, ".checkpoint");
        if (Directory.Exists(state)) Directory.Delete(state, recursive: true);
        File.Delete(state);
        return part;
    }

    static int? Given(ParseResult typed, Option<int> option) => typed.GetResult(option) is { Implicit: false } ? typed.GetValue(option) : null;

    static IFewShotMethod[] Named(string[]? names)
    {
        string[] known = [.. Methods.Select(method => method.Name)];
        return names is null ? Methods : [.. names.Select(name => Array.Find(Methods, method => method.Name == name)
            ?? throw new BadInputException($"unknown method '{name}': use {string.Join(", ", known)}{Nearest.Hint(name, known)}"))];
    }

    async Task<(EncoderModel Model, TextTask[] Tasks)> FetchAsync(bool isQuick, Action<string> announce, CancellationToken cancellation)
    {
        const string synthetic = "tiny";
        TextTask[] own = [.. _choices.Data.Select(file => BadInputException.Check(() =>
            TsvTask.Read(File.Exists(file) ? file : throw new BadInputException($"there is no file '{file}'"))))];
        var names = _choices.Tasks ?? (own.Length > 0 ? [] : isQuick ? [synthetic] : [.. SentimentSentences.Names]);
        string[] known = [.. SentimentSentences.Names, synthetic];
        foreach (var name in names)
            if (!known.Contains(name)) throw new BadInputException($"unknown task '{name}': use {string.Join(", ", known)}{Nearest.Hint(name, known)}");
        var progress = new Progress<string>(announce);
        var sentences = names.Any(name => name != synthetic) ? await SentimentSentences.EnsureAsync(new ModelCache(), progress, cancellation) : [];
        TextTask[] tasks = [.. names.Select(name => name == synthetic ? TinyTask.Create() : sentences.Single(task => task.Name == name)), .. own];

        if (tasks.GroupBy(task => task.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new BadInputException($"{twice.Count()} tasks are called '{twice.Key}', and a task's name tells its rows in the table; name each once, or rename a file of --data");

        // The synthetic sentences are in words of the tiny model, which knows no others.
        var model = names is [synthetic] && own.Length == 0 ? EncoderModel.Tiny() : await EncoderModel.UseLiteAsync(new ModelCache(), progress, cancellation);
        return (model, tasks);
    }

    /// <summary>What was asked for; null where a full and a quick run differ and nothing was said.</summary>
    sealed record Choices
    {
        public int? Seeds { get; init; }

        public int PrivateSeeds { get; init; } = FewShotExperiment.PrivateSeeds;

        public int Shots { get; init; } = FewShotExperiment.Shots;

        public int? Queries { get; init; }

        public int? Steps { get; init; }

        public string[]? Tasks { get; init; }

        public string[]? Methods { get; init; }

        public string[] Data { get; init; } = [];
    }
}
