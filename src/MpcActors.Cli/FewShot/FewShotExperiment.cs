using System.CommandLine;
using MpcActors.Data;
using MpcActors.Experiments;
using MpcActors.Models;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>What each method makes of a few texts a class: several draws of several tasks, in the clear and on shares.</summary>
/// <remarks>Each task, method, seed and place is a part that is kept when it is done, so that a run which was stopped, or asked for more, goes on.</remarks>
sealed class FewShotExperiment : IConfiguredExperiment
{
    const int QuickQueries = 40;

    static readonly IFewShotMethod[] Methods =
    [
        new ZeroShot(AttentionKind.Softmax),
        new ZeroShot(AttentionKind.RandomFeatures),
        new LinearProbe(),
        new GradientTuning("sft", 0, 60, 1e-4f),
        new GradientTuning("prompt tuning", 50, 100, 0.02f),
        new ForwardOnly(AttentionKind.Softmax, OptimizerKind.Cma, canBePrivate: true),
        new ForwardOnly(AttentionKind.RandomFeatures, OptimizerKind.Cma, canBePrivate: true),
        new ForwardOnly(AttentionKind.Softmax, OptimizerKind.Nes, canBePrivate: false),
        new ForwardOnly(AttentionKind.Softmax, OptimizerKind.Spsa, canBePrivate: false),
        new ForwardOnly(AttentionKind.Softmax, OptimizerKind.RandomSearch, canBePrivate: false),
    ];

    readonly Option<int> _seeds = Options.Count("--seeds", "Draws of the texts, from --seed on (with --quick 2)", 5);
    readonly Option<int> _privateSeeds = Options.Count("--private-seeds", "Of those, how many are done on shares, too", 1, least: 0);
    readonly Option<int> _shots = Options.Count("--shots", "Training texts a class, and as many for development", 16);
    readonly Option<int> _queries = Options.Count("--queries", $"Prompts that forward-only tuning tries (with --quick {QuickQueries})", TuningJob.QueriesOfFullRun, least: new TuningSettings().Population);
    readonly Option<string?> _tasks = Options.Text("--tasks", "A,B,…", $"Of {string.Join(", ", SentimentSentences.Names)}, or none (default: all, and none with --data); --quick takes a synthetic one");
    readonly Option<string?> _methods = Options.Text("--methods", "A,B,…", "Some of the methods by their names in the table (default: all)");
    readonly Option<string[]> _data = new("--data") { Description = "A task of your own, tab-separated with a label and a text column; may be given several times", HelpName = "FILE" };

    public string Name => "few-shot";

    public string Question => "How accurate is each way to tune a model on a few texts, by queries and by traffic?";

    public bool KeepsParts => true;

    public IEnumerable<Option> OwnOptions => [_seeds, _privateSeeds, _shots, _queries, _tasks, _methods, _data];

    public Task<ExperimentResult> RunAsync(ExperimentSettings settings, Action<string> announce, CancellationToken cancellation) =>
        throw new NotSupportedException("its options have to be read first");

    public async Task<ExperimentResult> RunAsync(ParseResult typed, ExperimentSettings settings, Action<string> announce, CancellationToken cancellation)
    {
        var methods = Named(typed);
        var (seeds, privateSeeds) = settings.IsQuick && typed.GetResult(_seeds) is not { Implicit: false } ? (2, Math.Min(2, typed.GetValue(_privateSeeds))) : (typed.GetValue(_seeds), typed.GetValue(_privateSeeds));
        var queries = settings.IsQuick && typed.GetResult(_queries) is not { Implicit: false } ? QuickQueries : typed.GetValue(_queries);
        var (model, tasks) = await FetchAsync(typed, settings.IsQuick, announce, cancellation);
        var parts = new List<FewShotPart>();

        // Seed by seed, so that whenever a run is stopped all methods have about as many.
        foreach (var task in tasks)
        {
            for (var i = 0; i < seeds; i++)
            {
                var draw = new FewShotDraw(model, task, typed.GetValue(_shots), queries, settings.Seed + (ulong)i);
                foreach (var method in methods)
                {
                    var isAlsoPrivate = method.CanBePrivate && i < privateSeeds;
                    foreach (var isPrivate in isAlsoPrivate ? [false, true] : new[] { false })
                    {
                        cancellation.ThrowIfCancellationRequested();
                        if (await PartAsync(method, draw, isPrivate, settings, announce, cancellation) is { } part) parts.Add(part);
                    }
                }
            }
        }

        if (parts.Count == 0) throw new BadInputException($"nothing is done yet in {settings.Folder}");
        var table = new FewShotTable(parts, [.. methods.Select(method => method.Name)], model.Name, typed.GetValue(_shots), queries);
        return new ExperimentResult(table.Rows(), table.Markdown(), new Dictionary<string, string> { ["few-shot.csv"] = table.PartsCsv(), ["few-shot-curves.csv"] = table.CurvesCsv() });
    }

    static async Task<FewShotPart?> PartAsync(IFewShotMethod method, FewShotDraw draw, bool isPrivate, ExperimentSettings settings, Action<string> announce, CancellationToken cancellation)
    {
        var (where, what) = (isPrivate ? "private" : "clear", $"{draw.Settings} {method.SettingsFor(draw)}");
        var name = FormattableString.Invariant($"{draw.Task.Name}, seed {draw.Seed}, {method.Name}, {where}");
        var file = Path.Combine(settings.Folder, "parts", FormattableString.Invariant($"{draw.Model.Name}-{draw.Task.Name}-{method.Name.Replace(' ', '-')}-{draw.Seed}-{where}.json"));
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
        File.Delete(Path.ChangeExtension(file, ".checkpoint"));
        return part;
    }

    IFewShotMethod[] Named(ParseResult typed)
    {
        if (typed.GetValue(_methods) is not { } list) return Methods;
        string[] known = [.. Methods.Select(method => method.Name)];
        return [.. list.Split(',', StringSplitOptions.TrimEntries).Select(name => Array.Find(Methods, method => method.Name == name)
            ?? throw new BadInputException($"unknown method '{name}': use {string.Join(", ", known)}{Nearest.Hint(name, known)}"))];
    }

    async Task<(EncoderModel Model, TextTask[] Tasks)> FetchAsync(ParseResult typed, bool isQuick, Action<string> announce, CancellationToken cancellation)
    {
        TextTask[] own = [.. (typed.GetValue(_data) ?? []).Select(file => BadInputException.Check(() =>
            TsvTask.Read(File.Exists(file) ? file : throw new BadInputException($"there is no file '{file}'"))))];
        var names = typed.GetValue(_tasks) is { } list ? list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : own.Length > 0 ? [] : isQuick ? ["tiny"] : [.. SentimentSentences.Names];
        string[] known = [.. SentimentSentences.Names, "tiny"];
        foreach (var name in names)
            if (name != "none" && !known.Contains(name)) throw new BadInputException($"unknown task '{name}': use {string.Join(", ", known)}{Nearest.Hint(name, known)}");
        names = [.. names.Where(name => name != "none")];
        var fromOutside = names.Any(name => name != "tiny");
        var progress = new Progress<string>(announce);
        var sentences = fromOutside ? await SentimentSentences.EnsureAsync(new ModelCache(), progress, cancellation) : [];
        TextTask[] tasks = [.. names.Select(name => name == "tiny" ? TinyTask.Create() : sentences.Single(task => task.Name == name)), .. own];
        if (tasks.Length == 0) throw new BadInputException("there is no task: name some with --tasks, or give --data FILE");

        // The synthetic sentences are in words of the tiny model, and say nothing to any other.
        var model = isQuick && !fromOutside ? EncoderModel.Tiny() : await EncoderModel.UseLiteAsync(new ModelCache(), progress, cancellation);
        return (model, tasks);
    }
}
