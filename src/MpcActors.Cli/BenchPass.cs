using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MpcActors.Experiments;
using MpcActors.Protocols;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MpcActors.Cli;

/// <summary>Executes a forward pass on shares, one layer or all of them, and compares it with the plan and with the model in the clear.</summary>
static class BenchPass
{
    public static Command CreateLayer() => Create(
        "layer", "One encoder layer on shares: processor time, rounds, bytes, error, memory.", layers: 1, tokens: 128,
        ("mpc bench layer --backward", "a step of gradients through the layer, the way there, the way back and the optimiser apart"),
        ("mpc bench layer", "one layer of RoBERTa-large at 128 tokens with random features"),
        ("mpc bench layer --tokens 512 --attention softmax --suite published", "the same layer as CrypTen computes it"));

    public static Command CreateModel() => Create(
        "model", "All layers of a model on shares, streamed, with progress by layer.", layers: 0, tokens: 512,
        ("mpc bench model", "RoBERTa-large, 512 tokens, random features: minutes"),
        ("mpc bench model --method prompt --layers 4 --tokens 128", "a step that trains a prompt before frozen layers"),
        ("mpc bench model --model gpt2 --attention softmax --tokens 64", "a causal model"),
        ("mpc bench model --model ./my-roberta --tokens 97", "weights from a Hugging Face folder"));

    static ExemplifiedCommand Create(string name, string description, int layers, int tokens, params (string, string)[] examples)
    {
        var transformer = new TransformerOptions("roberta-large", tokens, 4096);
        var batch = Options.Count("--batch", "Texts in the same rounds", 1, 1, 4096);
        var weights = new Option<ulong?>("--random-weights") { HelpName = "SEED", Description = "Draw the weights from a seed instead of reading a folder's; a model that is only named always does, from --seed" };
        var repeats = Options.Count("--repeats", "Passes that are measured, after one that is not where there is more than one", layers > 0 ? 3 : 1, 1, 1000);
        var step = new StepOptions(isOfLayer: layers > 0);
        var common = new CommonOptions($"bench-{name}");
        var command = new ExemplifiedCommand(name, description, examples);
        transformer.AddTo(command);
        command.Options.Add(batch);
        command.Options.Add(weights);
        command.Options.Add(repeats);
        step.AddTo(command);
        common.AddTo(command);
        command.SetAction((result, cancellation) => Task.Run(
            async () =>
            {
                var settings = common.Read(result);
                var choice = transformer.Read(result, settings.Network);
                if (layers > 0 && choice.Layers == 0) choice = choice with { Layers = layers };
                if (step.Read(result) is { } method)
                {
                    return await BenchStep.RunAsync(
                        result, name, transformer.ForStep(result, choice), settings, method, result.GetValue(batch), result.GetValue(weights), result.GetValue(repeats), cancellation);
                }

                return await RunAsync(result, name, choice, settings, result.GetValue(batch), result.GetValue(weights), result.GetValue(repeats), cancellation);
            },
            cancellation));
        return command;
    }

    static async Task<int> RunAsync(ParseResult result, string name, TransformerChoice choice, CommonSettings common, int batch, ulong? drawn, int repeats, CancellationToken cancellation)
    {
        var output = Output.Of(result, common);
        var settings = new PassSettings(choice.Weights(drawn ?? common.Seed, drawn is not null), choice.Suite, choice.Attention, choice.Features, choice.Tokens, batch, common.Seed) { IsStreamed = name == "model", Repeats = repeats };
        var plan = BadInputException.Check(() => CostPlan.Of(settings.Outline, choice.Suite, choice.Tokens, batch));
        BenchFigures.RequireMemory(
            plan.PeakBytes, $"this pass of {choice.Config.Name}", $"a smaller {(batch > 1 ? "--batch" : choice.Tokens > 64 ? "--tokens" : "--model")} fits, and 'mpc cost' plans any size");
        var files = new OutputFolder(common.Out);
        var watch = Stopwatch.StartNew();
        var measured = await ExecutedPass.RunAsync(settings, output.Error.WriteLine, cancellation);
        var report = PassReport.Of($"bench {name}", choice, common, batch, plan, measured) with { ElapsedSeconds = watch.Elapsed.TotalSeconds };
        files.Write("run.json", report.ToJson() + "\n");
        await output.ShowAsync(report, Tables(report), files.Folder, $"File: {Path.Combine(files.Folder, "run.json")}", cancellation);
        return (int)ExitCode.Done;
    }

    static IEnumerable<IRenderable> Tables(PassReport report)
    {
        var table = new Table { Title = new TableTitle($"{report.Model}, {report.Layers} layer(s), {report.Tokens} tokens x {report.Batch}, {report.Attention}, {report.Suite}") };
        foreach (var name in new[] { "operation", "rounds", "MB sent by each party", "MB dealt", "share" }) table.AddColumn(name);
        foreach (var operation in report.ByOperation)
            table.AddRow(operation.Operation, BenchFigures.Whole(operation.Rounds), BenchFigures.Mega(operation.SentBytes), BenchFigures.Mega(operation.OfflineBytes), operation.Share.ToString("0.0 %", CultureInfo.InvariantCulture));
        table.AddRow("all", BenchFigures.Whole(report.Rounds), BenchFigures.Mega(report.SentBytesPerParty[0]), BenchFigures.Mega(report.OfflineBytesPerParty[1]), "");
        yield return table;
        yield return new Text(string.Create(CultureInfo.InvariantCulture,
            $"{report.CpuSeconds:0.00} s of processor time of both parties and the dealer ({report.CpuSecondsOfPasses[0]:0.00} to {report.CpuSecondsOfPasses[^1]:0.00} in {report.CpuSecondsOfPasses.Count} passes); {report.OnlineSeconds:0.00} s online computation. Online time: {string.Join(", ", report.Seconds.Select(network => string.Create(CultureInfo.InvariantCulture, $"{network.Key} {network.Value:0.0} s")))}.\nLargest error {report.MaxError:0.0e0}, mean {report.MeanError:0.0e0}, gross errors {report.GrossErrors}. Peak memory {report.PeakBytes / 1e9:0.0} GB (planned {report.PlannedPeakBytes / 1e9:0.0}). The plan and the run {(report.IsAsPlanned ? "agree in every round and byte" : "DIFFER")}.\n"));
        foreach (var picks in SuiteChoiceTable.Of(report.Picks)) yield return picks;
    }
}

/// <summary>An executed pass, for machines.</summary>
sealed record PassReport : Report
{
    public required string Model { get; init; }

    public required int Layers { get; init; }

    public required int Tokens { get; init; }

    public required int Batch { get; init; }

    public required string Attention { get; init; }

    public required string Suite { get; init; }

    /// <summary>Of both parties and the dealer, online and offline: the median of <see cref="CpuSecondsOfPasses"/>.</summary>
    public required double CpuSeconds { get; init; }

    /// <summary>In order of size.</summary>
    public required IReadOnlyList<double> CpuSecondsOfPasses { get; init; }

    /// <summary>Online computation of the busier party.</summary>
    public required double OnlineSeconds { get; init; }

    /// <summary>Simulated online time by network.</summary>
    public required IReadOnlyDictionary<string, double> Seconds { get; init; }

    public required int Rounds { get; init; }

    public required long[] SentBytesPerParty { get; init; }

    public required long[] OfflineBytesPerParty { get; init; }

    public required long SetUpBytesPerParty { get; init; }

    /// <summary>Null where nothing but gross errors is left.</summary>
    public required double? MaxError { get; init; }

    public required double? MeanError { get; init; }

    public required long GrossErrors { get; init; }

    public required long PeakBytes { get; init; }

    public required long PlannedPeakBytes { get; init; }

    public required bool IsAsPlanned { get; init; }

    /// <summary>With <c>--suite auto</c>, on the network of the run.</summary>
    public IReadOnlyList<SuiteChoice> Picks { get; init; } = [];

    public required string Transcript { get; init; }

    public required IReadOnlyList<OperationShare> ByOperation { get; init; }

    public static PassReport Of(string command, TransformerChoice choice, CommonSettings common, int batch, CostPlan plan, PassMeasurement measured) => new()
    {
        Command = command,
        Seed = common.Seed,
        Model = choice.Config.Name,
        Layers = choice.Config.Layers,
        Tokens = choice.Tokens,
        Batch = batch,
        Attention = choice.AttentionName,
        Suite = choice.Suite.Name,
        CpuSeconds = measured.ProcessorSeconds[measured.ProcessorSeconds.Count / 2],
        CpuSecondsOfPasses = measured.ProcessorSeconds,
        OnlineSeconds = measured.ComputeSeconds,
        Seconds = measured.SecondsOn,
        Rounds = measured.Rounds,
        SentBytesPerParty = [measured.SentBytes, measured.SentBytes],
        OfflineBytesPerParty = [0, measured.OfflineBytes],
        SetUpBytesPerParty = measured.SetUpBytes,
        MaxError = measured.MaxError,
        MeanError = measured.MeanError,
        GrossErrors = measured.GrossErrors,
        PeakBytes = measured.PeakBytes,
        PlannedPeakBytes = plan.PeakBytes,
        IsAsPlanned = measured.Operations.SequenceEqual(plan.Operations) && measured.SetUpBytes == plan.SetUpBytes,
        Picks = plan.Choices,
        Transcript = measured.Transcript,
        ByOperation = OperationShare.Of(measured.Operations, operation => operation.Operation),
    };
}
