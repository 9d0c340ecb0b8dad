using System.CommandLine;
using System.Globalization;
using MpcActors.Experiments;
using MpcActors.Models.Transformers;
using MpcActors.Models.Transformers.Training;
using MpcActors.Network;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MpcActors.Cli;

/// <summary>The planner: what a run will cost, before it is run.</summary>
static class CostCommand
{
    public static Command Create()
    {
        var transformer = new TransformerOptions("roberta-large", 512, 1 << 16);
        var method = Options.Choice("--method", "How the model is tuned: forward passes only, or a gradient step of all weights, the table of words with them (sft; tune trains that with --train-embedding alone), or of a prompt (Adam; softmax if no --attention is given)", "fot", "fot", "sft", "prompt");
        var promptRows = StepPrompt.Option();
        var batch = Options.Count("--batch", "Texts that each prompt is tried on", 1, 1, 1 << 16);
        var population = Options.Count("--population", "Prompts that are tried in the same rounds", 1, 1, 1 << 16);
        var queries = Options.Count("--queries", "Prompts that are tried in all, or steps", 1, 1, 1_000_000_000);
        var common = new CommonOptions("cost");
        var command = new ExemplifiedCommand(
            "cost",
            "Plans a run without executing it: rounds, bytes, multiplications, memory and time, by operation and layer. Rounds and bytes are exact.",
            ("mpc cost", "one forward pass of RoBERTa-large, 512 tokens, random features"),
            ("mpc cost --suite published --attention softmax", "the same as SecP-Tuning's baseline computes it"),
            ("mpc cost --tokens 97 --population 20 --batch 32 --queries 8000", "black-box tuning as its authors run it"),
            ("mpc cost --model gpt3 --tokens 2048 --attention softmax", "175 billion parameters"),
            ("mpc cost --method sft --suite published", "a step of full fine-tuning, as SecP-Tuning's baseline computes it: forward, backward and optimiser apart"),
            ("mpc cost --method sft --prompt-rows 50 --suite published", "prompt tuning that freezes nothing: the prompt's rows and all weights"),
            ("mpc cost --suite auto --network wan-1", "for each operation the faster of our protocols and PriFFT's on that network, and why"),
            ("mpc cost --latency 30ms --bandwidth 50Mbps", "on a network of your own, beside the papers'"));
        transformer.AddTo(command);
        foreach (var option in new Option[] { method, promptRows, batch, population, queries }) command.Options.Add(option);
        common.AddTo(command);
        command.SetAction((result, cancellation) =>
        {
            var (settings, name) = (common.Read(result), result.GetValue(method)!);
            var choice = transformer.Read(result, settings.Network);
            return name == "fot"
                ? RunAsync(result, choice, settings, result.GetValue(batch), result.GetValue(population), result.GetValue(queries), cancellation)
                : RunStepsAsync(result, transformer.ForStep(result, choice), settings, name, result.GetValue(promptRows), result.GetValue(batch), result.GetValue(queries), cancellation);
        });
        return command;
    }

    static async Task<int> RunStepsAsync(ParseResult result, TransformerChoice choice, CommonSettings common, string name, int? promptRows, int batch, int steps, CancellationToken cancellation)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var method = name == "sft" ? TuningMethod.Full : TuningMethod.Prompt;
        var rows = StepPrompt.Rows(method, promptRows);
        var plan = BadInputException.Check(() => CostPlan.OfStep(choice.Config, choice.Suite, method, rows, choice.Tokens, batch, choice.Trainable));
        var report = CostReport.Of(choice, common, plan, batch, 1, steps, name) with { ElapsedSeconds = watch.Elapsed.TotalSeconds };
        await Output.Of(result, common).ShowAsync(report, Tables(report, common.Networks), common.Out, null, cancellation);
        return (int)ExitCode.Done;
    }

    static async Task<int> RunAsync(ParseResult result, TransformerChoice choice, CommonSettings common, int batch, int population, int queries, CancellationToken cancellation)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var outline = TransformerOutline.Of(choice.Config, choice.Attention, choice.Features, PassSettings.Classes);
        var perPass = Math.Min(population, queries);
        var plan = BadInputException.Check(() => CostPlan.Of(outline, choice.Suite, choice.Tokens, checked(perPass * batch)));
        var passes = (queries + perPass - 1) / perPass;
        var report = CostReport.Of(choice, common, plan, batch, perPass, passes) with { ElapsedSeconds = watch.Elapsed.TotalSeconds };
        await Output.Of(result, common).ShowAsync(report, Tables(report, common.Networks), common.Out, null, cancellation);
        return (int)ExitCode.Done;
    }

    static IEnumerable<IRenderable> Tables(CostReport report, IReadOnlyList<LinkProfile> networks)
    {
        var work = new Table { Title = new TableTitle($"{report.Model}, {report.Attention}, {report.Suite}: {report.Passes} pass(es) of {report.Sequences} sequence(s) of {report.Tokens} tokens") };
        foreach (var name in new[] { "operation", "rounds", "sent by each party", "share" }) work.AddColumn(name);
        foreach (var operation in report.ByOperation)
            work.AddRow(operation.Operation, operation.Rounds.ToString(CultureInfo.InvariantCulture), Bytes(operation.SentBytes), Share(operation.Share));
        work.AddRow("all", report.Rounds.ToString(CultureInfo.InvariantCulture), Bytes(report.Online.SentBytesPerParty[0]), Share(1));
        yield return work;
        if (report.ByPhase.Count > 0)
        {
            var phases = new Table { Title = new TableTitle("A step's parts") };
            foreach (var name in new[] { "phase", "rounds", "sent and received by one party", "share" }) phases.AddColumn(name);
            foreach (var phase in report.ByPhase)
                phases.AddRow(phase.Operation, phase.Rounds.ToString(CultureInfo.InvariantCulture), Bytes(2 * phase.SentBytes), Share(phase.Share));
            yield return phases;
        }

        yield return new Text(string.Create(CultureInfo.InvariantCulture,
            $"Sent and received by one party (CrypTen's counting): {Bytes(report.Online.CryptenBytes)}. Dealt, to both parties together: {Bytes(report.Offline.BytesPerParty[1])}. Once for the model: {Bytes(report.SetUp.SentBytesPerParty[0])} from each party.\n{report.Multiplications:0.000e0} multiplications by each party; about {Bytes(report.PeakBytes)} of memory for all roles in one process.\n"));
        var times = new Table { Title = new TableTitle("Time online") };
        foreach (var name in new[] { "network", "rounds", "bits", "computation", "seconds" }) times.AddColumn(name);
        foreach (var network in networks)
        {
            var latency = report.Rounds * network.Latency.TotalSeconds;
            var bits = 8.0 * report.Online.SentBytesPerParty[0] / network.BitsPerSecond;
            times.AddRow(network.Name, Seconds(latency), Seconds(bits), Seconds(report.ComputeSeconds), Seconds(latency + bits + report.ComputeSeconds));
        }

        yield return times;
        foreach (var picks in SuiteChoiceTable.Of(report.Picks)) yield return picks;
    }

    static string Bytes(long bytes) => bytes switch
    {
        >= 1_000_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e12:0.00} TB"),
        >= 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.00} MB"),
    };

    static string Share(double share) => share.ToString("0.0 %", CultureInfo.InvariantCulture);

    static string Seconds(double seconds) => seconds.ToString("0.0", CultureInfo.InvariantCulture);
}
