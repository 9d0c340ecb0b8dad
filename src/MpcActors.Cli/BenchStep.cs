using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MpcActors.Experiments;
using MpcActors.Models.Transformers.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MpcActors.Cli;

/// <summary>What is trained in a step that is measured.</summary>
sealed record StepChoice(TuningMethod Method, int PromptRows);

/// <summary>Whether a step of gradients is measured instead of a pass: a switch for a layer, a method for a model.</summary>
sealed class StepOptions(bool isOfLayer)
{
    readonly Option<bool> _backward = new("--backward") { Description = "A step of gradients through the layer instead of a pass; softmax if no --attention is given" };

    readonly Option<string> _method = Options.Choice(
        "--method", "A forward pass only, or a step of gradients: of all tensors (sft; tune's with --train-embedding), of all but the tables of words (layers; tune's sft without), or of a prompt", "fot", "fot", "sft", "layers", "prompt");

    readonly Option<int?> _promptRows = StepPrompt.Option();

    public void AddTo(Command command)
    {
        foreach (var option in isOfLayer ? new Option[] { _backward } : [_method, _promptRows]) command.Options.Add(option);
    }

    /// <summary>Null for a pass.</summary>
    public StepChoice? Read(ParseResult result)
    {
        if (isOfLayer) return result.GetValue(_backward) ? new(TuningMethod.Layers, 0) : null;
        return result.GetValue(_method) switch
        {
            "sft" => new(TuningMethod.Full, StepPrompt.Rows(TuningMethod.Full, result.GetValue(_promptRows))),
            "layers" => new(TuningMethod.Layers, 0),
            "prompt" => new(TuningMethod.Prompt, StepPrompt.Rows(TuningMethod.Prompt, result.GetValue(_promptRows))),
            _ => null,
        };
    }
}

/// <summary>Executes a step of gradients on shares, and compares it with the plan and its logits with the model in the clear.</summary>
static class BenchStep
{
    public static async Task<int> RunAsync(
        ParseResult result, string name, TransformerChoice choice, CommonSettings common, StepChoice step, int batch, ulong? drawn, int repeats, CancellationToken cancellation)
    {
        var output = Output.Of(result, common);
        var settings = new StepSettings(
            choice.Weights(drawn ?? common.Seed, drawn is not null), choice.Suite, choice.Trainable, step.Method, step.PromptRows, choice.Tokens, batch, common.Seed) { Repeats = repeats };
        var plan = BadInputException.Check(settings.Plan);
        BenchFigures.RequireMemory(
            plan.PeakBytes, $"a step of {settings.Config.Name} with {settings.Config.Layers} layers", "fewer --layers fit, and 'mpc cost --method' plans any number");
        var files = new OutputFolder(common.Out);
        var watch = Stopwatch.StartNew();
        var measured = await ExecutedStep.RunAsync(settings, output.Error.WriteLine, cancellation);
        var report = StepReport.Of($"bench {name}", choice, common, settings, plan, measured) with { ElapsedSeconds = watch.Elapsed.TotalSeconds };
        files.Write("run.json", report.ToJson() + "\n");
        await output.ShowAsync(report, Tables(report), files.Folder, $"File: {Path.Combine(files.Folder, "run.json")}", cancellation);
        return (int)ExitCode.Done;
    }

    static IEnumerable<IRenderable> Tables(StepReport report)
    {
        var table = new Table { Title = new TableTitle($"{report.Model}, {report.Method}, {report.Layers} layer(s), {report.Tokens} tokens x {report.Batch}, {report.Attention}, {report.Suite}") };
        foreach (var name in new[] { "phase", "operation", "rounds", "MB sent by each party", "MB dealt", "share", "processor s" }) table.AddColumn(name);
        foreach (var phase in report.ByPhase)
        {
            foreach (var operation in phase.ByOperation)
                table.AddRow(phase.Phase, operation.Operation, BenchFigures.Whole(operation.Rounds), BenchFigures.Mega(operation.SentBytes), BenchFigures.Mega(operation.OfflineBytes), operation.Share.ToString("0.0 %", CultureInfo.InvariantCulture), Seconds(phase.ProcessorSecondsByOperation.GetValueOrDefault(operation.Operation)));
            table.AddRow(phase.Phase, "all", BenchFigures.Whole(phase.Rounds), BenchFigures.Mega(phase.SentBytes), BenchFigures.Mega(phase.OfflineBytes), "", Seconds(phase.ProcessorSeconds));
        }

        yield return table;
        yield return new Text(string.Create(CultureInfo.InvariantCulture,
            $"Processor time is that of both parties and the dealer. Online time: {string.Join(", ", report.Seconds.Select(network => string.Create(CultureInfo.InvariantCulture, $"{network.Key} {network.Value:0.0} s")))}.\nLargest error of a logit {report.MaxError:0.0e0}. Peak memory {report.PeakBytes / 1e9:0.0} GB (planned {report.PlannedPeakBytes / 1e9:0.0}). The plan and the run {(report.IsAsPlanned ? "agree in every round and byte" : "DIFFER")}.\n"));
    }

    static string Seconds(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}

/// <summary>One phase of an executed step.</summary>
/// <param name="ProcessorSeconds">Of both parties and the dealer, online and offline.</param>
sealed record PhaseReport(
    string Phase, int Rounds, long SentBytes, long OfflineBytes, double ProcessorSeconds, IReadOnlyDictionary<string, double> ProcessorSecondsByOperation, IReadOnlyList<OperationShare> ByOperation);

/// <summary>An executed step, for machines.</summary>
sealed record StepReport : Report
{
    public required string Model { get; init; }

    public required string Method { get; init; }

    public required int Layers { get; init; }

    public required int Tokens { get; init; }

    public required int Batch { get; init; }

    public required string Attention { get; init; }

    public required string Suite { get; init; }

    public required IReadOnlyList<PhaseReport> ByPhase { get; init; }

    /// <summary>Simulated online time by network.</summary>
    public required IReadOnlyDictionary<string, double> Seconds { get; init; }

    public required int Rounds { get; init; }

    public required long[] SentBytesPerParty { get; init; }

    public required long[] OfflineBytesPerParty { get; init; }

    public required long SetUpBytesPerParty { get; init; }

    public required double MaxError { get; init; }

    public required long PeakBytes { get; init; }

    public required long PlannedPeakBytes { get; init; }

    public required bool IsAsPlanned { get; init; }

    public required string Transcript { get; init; }

    public static StepReport Of(string command, TransformerChoice choice, CommonSettings common, StepSettings settings, CostPlan plan, StepMeasurement measured) => new()
    {
        Command = command,
        Seed = common.Seed,
        Model = choice.Config.Name,
        Method = settings.Method switch
        {
            TuningMethod.Full => "sft",
            TuningMethod.Prompt => "prompt",
            _ => "layers",
        },
        Layers = choice.Config.Layers,
        Tokens = choice.Tokens,
        Batch = settings.Texts,
        Attention = choice.AttentionName,
        Suite = choice.Suite.Name,
        ByPhase = [.. ExecutedStep.Phases.Select(phase => Phase(phase, measured))],
        Seconds = measured.SecondsOn,
        Rounds = measured.Rounds,
        SentBytesPerParty = [measured.SentBytes, measured.SentBytes],
        OfflineBytesPerParty = [0, measured.OfflineBytes],
        SetUpBytesPerParty = measured.SetUpBytes,
        MaxError = measured.MaxError,
        PeakBytes = measured.PeakBytes,
        PlannedPeakBytes = plan.PeakBytes,
        IsAsPlanned = measured.Operations.SequenceEqual(plan.Operations) && measured.SetUpBytes == plan.SetUpBytes,
        Transcript = measured.Transcript,
    };

    static PhaseReport Phase(string phase, StepMeasurement measured)
    {
        var operations = measured.Operations.Where(operation => operation.Path.StartsWith($"{phase}/", StringComparison.Ordinal)).ToArray();
        return new(
            phase, operations.Sum(operation => operation.Rounds), operations.Sum(operation => operation.SentBytes), operations.Sum(operation => operation.DealtBytes),
            measured.ProcessorSeconds.GetValueOrDefault(phase),
            measured.ProcessorSeconds.Where(time => time.Key.StartsWith($"{phase}/", StringComparison.Ordinal)).ToDictionary(time => time.Key[(phase.Length + 1)..], time => time.Value),
            OperationShare.Of(operations, operation => operation.Operation));
    }
}
