using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MpcActors.Cli.Html;
using MpcActors.Experiments;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MpcActors.Cli;

/// <summary>Makes a table or figure of a paper again, beside the paper's own figures.</summary>
static class ExperimentCommand
{
    /// <summary>Those of the papers' tables, and those that run sessions as commands do.</summary>
    static IReadOnlyList<IExperiment> All { get; } = [.. Experiments.Experiments.All, new CalibrationExperiment(), new PairsExperiment(), new FewShotExperiment()];

    public static Command Create()
    {
        var command = new ExemplifiedCommand(
            "experiment", "Makes a table or figure of a paper again, and says by how much ours differs from it.",
            [.. All.Select(experiment => ($"mpc experiment {experiment.Name} --quick", experiment.Question))]);
        foreach (var experiment in All) command.Subcommands.Add(Create(experiment));
        command.Subcommands.Add(CreateAll());
        return command;
    }

    static ExemplifiedCommand Create(IExperiment experiment)
    {
        var quick = Options.Flag("--quick", "Under a minute: smaller sizes");
        var shown = Options.Flag("--show", "Show what earlier runs have done in the folder, and execute nothing");
        var json = Options.Flag("--json", "Write one JSON object to standard output and everything else to standard error");
        var seed = Options.Seed();
        var folder = Options.Text("--out", "DIR", $"Folder for run.json, tables and CSV (default: out/experiment-{experiment.Name}){(experiment.KeepsParts ? "; parts that are done there already are not done again" : "")}");
        var page = Options.Page();
        var command = new ExemplifiedCommand(
            experiment.Name, experiment.Question,
            ($"mpc experiment {experiment.Name}", experiment.KeepsParts ? "in full; a run that was stopped goes on where it was" : "in full"),
            ($"mpc experiment {experiment.Name} --quick --json", "a smaller pass, one JSON object on standard output"))
        {
            quick, seed, folder, json, page,
        };
        if (experiment.KeepsParts) command.Options.Add(shown);
        var configured = experiment as IConfiguredExperiment;
        foreach (var option in configured?.OwnOptions ?? []) command.Options.Add(option);
        command.SetAction((result, cancellation) => Task.Run(
            async () =>
            {
                var files = new OutputFolder(result.GetValue(folder) ?? Path.Combine("out", $"experiment-{experiment.Name}"));
                var output = Output.Of(result, json, page, files.Folder);
                var settings = new ExperimentSettings(result.GetValue(quick), result.GetValue(seed), files.Folder) { ShowsWhatIsDone = experiment.KeepsParts && result.GetValue(shown) };
                var report = await RunAsync(configured?.With(result) ?? experiment, settings, Given(result, configured), files, output.Error, cancellation);
                await output.ShowAsync(report, Tables(report), files.Folder, $"Files: {string.Join(", ", Directory.GetFiles(files.Folder).Order(StringComparer.Ordinal))}", cancellation);
                return (int)ExitCode.Done;
            },
            cancellation));
        return command;
    }

    static ExemplifiedCommand CreateAll()
    {
        const string name = "all";
        var quick = Options.Flag("--quick", "Smaller sizes: minutes");
        var seed = Options.Seed();
        var folder = Options.Text("--out", "DIR", "Folder with a folder for each experiment, and the index (default: out/experiment-all)");
        var command = new ExemplifiedCommand(
            name, "Runs every experiment, and sets all of the papers' figures beside ours in one index. One that is done with the same settings is not done again.",
            ("mpc experiment all --quick", "a smaller pass"),
            ("mpc experiment all", "in full, which takes an hour or more; a run that was stopped goes on where it was"))
        {
            quick, seed, folder,
        };
        command.SetAction((result, cancellation) => Task.Run(
            async () =>
            {
                var error = result.InvocationConfiguration.Error;
                var index = new OutputFolder(result.GetValue(folder) ?? Path.Combine("out", "experiment-all"));
                var done = new List<(IExperiment, RunFile)>();
                foreach (var experiment in All)
                {
                    var files = new OutputFolder(Path.Combine(index.Folder, experiment.Name));
                    var settings = new ExperimentSettings(result.GetValue(quick), result.GetValue(seed), files.Folder);
                    error.WriteLine($"[{done.Count + 1}/{All.Count}] {experiment.Name}: {experiment.Question}");
                    if (Kept(experiment, files, settings) is not { } run)
                        run = RunFile.Parse((await RunAsync(experiment, settings, [], files, error, cancellation)).ToJson(), Path.Combine(files.Folder, "run.json"));
                    else
                        error.WriteLine($"      from {run.Path}");
                    done.Add((experiment, run));
                }

                index.Write("index.md", ExperimentIndex.Of(done));
                var page = Path.Combine(index.Folder, "index.html");
                await ReportCommand.WriteSetAsync("experiment all", page, [.. done.Select(one => one.Item2)], error, cancellation);
                result.InvocationConfiguration.Output.WriteLine($"Files: {Path.Combine(index.Folder, "index.md")}, {page} (open it in a browser)");
                return (int)ExitCode.Done;
            },
            cancellation));
        return command;
    }

    /// <summary>The options of the experiment's own that were typed.</summary>
    static Dictionary<string, string> Given(ParseResult result, IConfiguredExperiment? configured) => (configured?.OwnOptions ?? [])
        .Select(option => (option.Name, Result: result.GetResult(option))).Where(option => option.Result is { Implicit: false })
        .ToDictionary(option => option.Name, option => string.Join(' ', option.Result!.Tokens.Select(token => token.Value)), StringComparer.Ordinal);

    /// <summary>An earlier run of this experiment with the same settings and no option of its own; null where there is none.</summary>
    static RunFile? Kept(IExperiment experiment, OutputFolder files, ExperimentSettings settings)
    {
        var file = Path.Combine(files.Folder, "run.json");
        if (!File.Exists(file)) return null;
        var run = RunFile.Read(file);
        var isSame = run.Command == CommandOf(experiment)
            && run.Root.TryGetProperty("quick", out var quick) && quick.ValueKind == (settings.IsQuick ? JsonValueKind.True : JsonValueKind.False)
            && run.Root.TryGetProperty("seed", out var seed) && seed.TryGetUInt64(out var number) && number == settings.Seed
            && (experiment is not IConfiguredExperiment || run.Root.TryGetProperty("options", out var options) && options.ValueKind == JsonValueKind.Object && !options.EnumerateObject().Any());
        return isSame ? run : null;
    }

    static string CommandOf(IExperiment experiment) => $"experiment {experiment.Name}";

    static async Task<ExperimentReport> RunAsync(
        IExperiment experiment, ExperimentSettings settings, Dictionary<string, string> options, OutputFolder files, TextWriter error, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var done = await experiment.RunAsync(settings, error.WriteLine, cancellation);
        var report = new ExperimentReport
        {
            Command = CommandOf(experiment),
            Seed = settings.Seed,
            Quick = settings.IsQuick,
            Options = options,
            ElapsedSeconds = watch.Elapsed.TotalSeconds,
            Rows = done.Rows,
            Figures = done.Figures,
        };
        foreach (var (name, content) in done.Files) files.Write(name, content);
        files.Write($"{experiment.Name}.md", done.Tables);
        files.Write("run.json", report.ToJson() + "\n");
        return report;
    }

    static IEnumerable<IRenderable> Tables(ExperimentReport report)
    {
        var table = new Table { Title = new TableTitle(report.Command) };
        foreach (var name in new[] { "", "paper", "here", "unit", "difference" }) table.AddColumn(name);
        foreach (var row in report.Rows)
            table.AddRow(Markup.Escape(row.Name), Number(row.Published), Markup.Escape(row.Ours is double ours ? Number(ours) : row.Ours.ToString() ?? ""), row.Unit, row.Difference?.ToString("+0.0 %;-0.0 %", CultureInfo.InvariantCulture) ?? "");
        yield return table;
    }

    static string Number(double? value) => value is not { } number ? "" : Math.Abs(number) is >= 1e5 or < 1e-2
        ? number.ToString("0.000e0", CultureInfo.InvariantCulture)
        : number.ToString("0.00", CultureInfo.InvariantCulture);

    sealed record ExperimentReport : Report
    {
        public required bool Quick { get; init; }

        /// <summary>Of the experiment's own, those that were typed.</summary>
        public required IReadOnlyDictionary<string, string> Options { get; init; }

        public required IReadOnlyList<ExperimentRow> Rows { get; init; }

        public required IReadOnlyList<ExperimentFigure> Figures { get; init; }
    }
}
