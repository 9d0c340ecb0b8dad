using System.Globalization;
using System.Text;
using MpcActors.Data.Transformers;
using MpcActors.Models.Transformers.Training;
using MpcActors.Network;
using MpcActors.Protocols;

namespace MpcActors.Experiments;

/// <summary>The gradient baselines of the paper: where a step's cost lies, by phase and by length (its figure 1), and steps that are executed.</summary>
public sealed partial class SecpTuningCost
{
    /// <summary>Of an executed step: a sentence, its marks and a prompt.</summary>
    const int StepTokens = 128;

    static readonly int[] BreakdownTokens = [64, 128, 256, Tokens];

    /// <summary>A step of full fine-tuning with Adam, planned.</summary>
    sealed record PlannedStep(int Tokens, NamedSuite Suite, CostPlan Plan)
    {
        public double ShareOf(Func<OperationCost, bool> isMeant, Func<OperationCost, double> measure) => Plan.Operations.Where(isMeant).Sum(measure) / Plan.Operations.Sum(measure);

        public static bool IsAfterForward(OperationCost operation) => !operation.Path.StartsWith("forward", StringComparison.Ordinal);

        public static bool IsSoftmax(OperationCost operation) => operation.Path.Split('/').Contains("softmax");
    }

    static List<PlannedStep> Breakdown() =>
    [
        .. from tokens in BreakdownTokens
           from suite in new[] { NamedSuite.Published, NamedSuite.Fused }
           select new PlannedStep(tokens, suite, CostPlan.OfStep(Model, suite, TuningMethod.Full, 0, tokens, 1)),
    ];

    static double Bytes(OperationCost operation) => operation.SentBytes;

    static double LanSeconds(OperationCost operation) =>
        operation.Rounds * LinkProfile.Lan.Latency.TotalSeconds + 8.0 * operation.SentBytes / LinkProfile.Lan.BitsPerSecond + ComputeProfile.TwoCores.SecondsOf(operation);

    static void AddBreakdown(List<ExperimentRow> rows, PlannedStep step)
    {
        const string note = "the paper gives shares without saying of what; its softmax sends on the way back what CrypTen's does not (docs/decisions/0018)";
        rows.Add(new("SFT: share of backward and optimiser, traffic, published protocols", 0.73, step.ShareOf(PlannedStep.IsAfterForward, Bytes), "share", note));
        rows.Add(new("SFT: share of backward and optimiser, LAN time, published protocols", 0.73, step.ShareOf(PlannedStep.IsAfterForward, LanSeconds), "share"));
        rows.Add(new("SFT: share of softmax, traffic, published protocols", 0.75, step.ShareOf(PlannedStep.IsSoftmax, Bytes), "share", note));
        rows.Add(new("SFT: share of softmax in the forward pass, traffic, published protocols", 0.75,
            step.Plan.Operations.Where(operation => PlannedStep.IsSoftmax(operation) && !PlannedStep.IsAfterForward(operation)).Sum(Bytes)
                / step.Plan.Operations.Where(operation => !PlannedStep.IsAfterForward(operation)).Sum(Bytes), "share"));
    }

    /// <summary>As many of the first layers as memory permits.</summary>
    static StepSettings Step(TuningMethod method, int layers, ExperimentSettings settings)
    {
        var model = settings.IsQuick ? TransformerConfig.Find("tiny-roberta")! : Model;
        var (rows, tokens) = (method == TuningMethod.Prompt ? settings.IsQuick ? 3 : PromptRows : 0, settings.IsQuick ? 9 : StepTokens);
        StepSettings step;
        do
        {
            var config = model with { Layers = layers, Positions = Math.Max(model.Positions, rows + tokens + model.FirstPosition) };
            step = new StepSettings(new RandomTransformer(config, settings.Seed), NamedSuite.Fused, TrainableAttention.Softmax, method, rows, tokens - rows, 1, settings.Seed);
        }
        while (step.Plan().PeakBytes > CostPlan.UsableBytes && --layers > 0);
        return step;
    }

    static async Task<StepMeasurement?> ExecuteAsync(StepSettings step, ExperimentSettings settings, Action<string> announce, CancellationToken cancellation)
    {
        var name = NameOf(step);
        var file = Path.Combine(settings.Folder, "passes", $"step-{step.Config.Name}-{step.Config.Layers}-{step.Tokens + step.PromptRows}-{MethodOf(step)}-{step.Suite.Name}-{settings.Seed}.json");
        if (File.Exists(file))
        {
            announce($"{name}: from {file}");
            return await ReadAsync<StepMeasurement>(file, kept => kept is { SecondsOn: not null, ProcessorSeconds.Count: > 0, Operations: not null }, cancellation);
        }

        if (settings.ShowsWhatIsDone) return null;
        announce(name);
        var measured = await ExecutedStep.RunAsync(step, announce, cancellation);
        await KeepAsync(file, measured, cancellation);
        return measured;
    }

    static IEnumerable<ExperimentRow> RowsOf(StepSettings settings, StepMeasurement step)
    {
        var name = $"executed {NameOf(settings)}";
        yield return new($"{name}: LAN time", null, step.SecondsOn["lan"], "seconds");
        yield return new($"{name}: traffic", null, (double)(2 * step.SentBytes), "bytes", step.Operations.SequenceEqual(settings.Plan().Operations) ? "as planned, operation by operation" : "NOT as planned");
        foreach (var phase in ExecutedStep.Phases) yield return new($"{name}: processor time of all computing roles, {phase}", null, step.ProcessorSeconds.GetValueOrDefault(phase), "seconds");
        yield return new($"{name}: largest error of a logit", null, step.MaxError, "");
    }

    static string NameOf(StepSettings step) =>
        $"step of {step.Config.Name}, {step.Config.Layers} layers, {(step.Method == TuningMethod.Prompt ? "prompt tuning" : "full fine-tuning")}, {step.Suite.Name}, {step.Tokens + step.PromptRows} tokens";

    static string MethodOf(StepSettings step) => step.Method == TuningMethod.Prompt ? "prompt" : "sft";

    static string StepTables(IReadOnlyList<PlannedStep> breakdown, List<(StepSettings Settings, StepMeasurement Step)> executed)
    {
        var text = new StringBuilder();
        Line("");
        Line("A step of full fine-tuning with Adam, planned, by length: traffic of forward / backward / optimiser, share of backward and optimiser, share of softmax.");
        Line("");
        Line("| tokens | suite | forward | backward | optimiser | backward and optimiser | softmax | softmax of the LAN time |");
        Line("|--:|---|--:|--:|--:|--:|--:|--:|");
        foreach (var step in breakdown)
        {
            var phases = ExecutedStep.Phases.Select(phase => Quantity(2 * step.Plan.Operations.Where(operation => operation.Path.StartsWith(phase, StringComparison.Ordinal)).Sum(Bytes), "bytes"));
            Line(string.Create(CultureInfo.InvariantCulture,
                $"| {step.Tokens} | {step.Suite.Name} | {string.Join(" | ", phases)} | {step.ShareOf(PlannedStep.IsAfterForward, Bytes):0.0 %} | {step.ShareOf(PlannedStep.IsSoftmax, Bytes):0.0 %} | {step.ShareOf(PlannedStep.IsSoftmax, LanSeconds):0.0 %} |"));
        }

        if (executed.Count == 0) return text.ToString();
        Line("");
        Line("| executed step, plain descent | rounds | traffic | LAN time | processor time forward / backward / optimiser | peak memory | largest error of a logit |");
        Line("|---|--:|--:|--:|--:|--:|--:|");
        foreach (var (settings, step) in executed)
            Line(string.Create(CultureInfo.InvariantCulture,
                $"| {NameOf(settings)} | {step.Rounds} | {Quantity(2.0 * step.SentBytes, "bytes")} | {step.SecondsOn["lan"]:0.0} s | {string.Join(" / ", ExecutedStep.Phases.Select(phase => step.ProcessorSeconds.GetValueOrDefault(phase).ToString("0.0", CultureInfo.InvariantCulture)))} s | {step.PeakBytes / 1e9:0.0} GB | {step.MaxError:0.0e0} |"));
        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');
    }

    static string BreakdownCsv(IEnumerable<PlannedStep> breakdown)
    {
        var csv = new StringBuilder("tokens,suite,phase,softmax,rounds,sentAndReceivedBytes,lan\n");
        foreach (var step in breakdown)
            foreach (var group in step.Plan.Operations.GroupBy(operation => (Phase: operation.Path.Split('/')[0], IsSoftmax: PlannedStep.IsSoftmax(operation))))
                csv.Append(CultureInfo.InvariantCulture, $"{step.Tokens},{step.Suite.Name},{group.Key.Phase},{(group.Key.IsSoftmax ? "yes" : "no")},{group.Sum(operation => operation.Rounds)},{2 * group.Sum(Bytes)},{group.Sum(LanSeconds):0.000}\n");
        return csv.ToString();
    }
}
