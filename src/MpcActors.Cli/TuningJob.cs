using System.Diagnostics;
using System.Globalization;
using MpcActors.Actors.Nodes;
using MpcActors.Experiments;
using MpcActors.Models;
using MpcActors.Network;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>What <c>demo</c> and <c>tune</c> share: a model and an owner's texts, tuned with some attentions, and what is reported of it.</summary>
sealed class TuningJob(EncoderModel model, OwnerTexts texts, PromptForm form, TuningSettings settings, CommonSettings common)
{
    public const int QueriesOfFullRun = 500;

    readonly LabelMatrix _labels = Candidate.LabelsOf(model, texts.Labels);

    public Candidate Prepare(AttentionKind attention) => Candidate.Prepare(model, attention, texts, _labels, form, settings);

    public async Task<TuningResult> TuneInTheClearAsync(Candidate candidate, Checkpoint checkpoint, Steps steps, CancellationToken cancellation) =>
        await new ForwardOnlyTuning(candidate.ClearPass(), texts.Train, texts.Dev, texts.Test, SettingsFor(candidate, "clear"), TimeProvider.System, progress => Show(steps, progress))
            .RunAsync(checkpoint.File, checkpoint.Resume, cancellation);

    /// <param name="queries">Instead of the budget.</param>
    /// <param name="isRealTime">The simulated network's delays are waited for.</param>
    /// <returns>Without a comparison of logits where only losses were revealed.</returns>
    public async Task<(PrivateOutcome Outcome, Comparison? Comparison)> TuneOnSharesAsync(
        Candidate candidate, Checkpoint checkpoint, Steps steps, CancellationToken cancellation, int? queries = null, bool isRealTime = false)
    {
        var own = SettingsFor(candidate, "shares");
        var outcome = await PrivateSession.RunAsync(
            candidate, texts, own with { Queries = queries ?? own.Queries }, new Conditions(common.Network, common.Work) { IsRealTime = isRealTime }, checkpoint,
            new(steps.Announce, progress => Show(steps, progress)), cancellation);
        return (outcome, own.Reveal == Reveal.Logits ? await Comparison.Of(candidate, texts, outcome.Result) : null);
    }

    /// <summary>The data owner's part of the same tuning, with the other roles in processes of their own.</summary>
    /// <param name="watch">Sees its progress, too.</param>
    public async Task<(PrivateOutcome Outcome, Comparison? Comparison)> TuneOnNodesAsync(
        Candidate candidate, Checkpoint checkpoint, Steps steps, Action<TuningProgress> watch, NodeSettings node, SessionSecrets secrets, CancellationToken cancellation)
    {
        var own = SettingsFor(candidate, "shares");
        var owner = new OwnerProgram(candidate, texts, own, checkpoint, new(steps.Announce, progress => Show(steps, progress, watch)), cancellation);
        var nodes = await Node.RunAsync(node, session => owner.Program(secrets, session), secrets.NameOf(candidate, texts, own), cancellation);
        return (new(owner.Result!, nodes.Transcript!, null, new Dictionary<int, NodeOutcome> { [0] = nodes }, owner.Calls), own.Reveal == Reveal.Logits ? await Comparison.Of(candidate, texts, owner.Result!) : null);
    }

    /// <summary>The data owner's part of a tuning whose populations are divided among several party pairs.</summary>
    /// <param name="tune">Tunes with such settings, and says how it goes.</param>
    public async Task<(PrivateOutcome Outcome, Comparison? Comparison)> TuneOnPairsAsync(
        Candidate candidate, Steps steps, Action<TuningProgress> watch, Func<TuningSettings, Action<TuningProgress>, Task<(TuningResult Result, IReadOnlyDictionary<int, NodeOutcome> Sessions)>> tune)
    {
        var own = SettingsFor(candidate, "shares");
        var (result, sessions) = await tune(own, progress => Show(steps, progress, watch));
        var transcript = AttentionRun.JoinTranscripts(sessions.ToDictionary(session => FormattableString.Invariant($"pair {session.Key + 1}"), session => session.Value.Transcript!));
        return (new(result, transcript, null, sessions, []), own.Reveal == Reveal.Logits ? await Comparison.Of(candidate, texts, result) : null);
    }

    /// <param name="notes">What should be known of the figures.</param>
    public TuningReport Report(string command, IReadOnlyList<AttentionRun> runs, Steps steps, IReadOnlyList<string> notes)
    {
        var transcripts = ByAttention(runs, run => run.Shares?.Transcript);
        var tuned = runs.Where(run => !run.IsControl).ToArray();
        var comparisons = ByAttention(runs, run => run.Comparison);
        var first = tuned[0].Shown.ZeroShot;
        return new TuningReport
        {
            Command = command,
            Seed = common.Seed,
            ElapsedSeconds = steps.Elapsed.TotalSeconds,
            Task = texts.Task.Name,
            Model = model.Name,
            Texts = new TextCounts(
                texts.Task.ClassNames.Count, texts.Train.Batch.Texts, texts.Dev.Batch.Texts, texts.Test.Batch.Texts, texts.Task.Test.Count, texts.Train.Batch.TotalRows),
            Tuning = new TuningFacts(
                Optimizers.Name(settings.Optimizer), PromptForms.Name(form), form.Rows, settings.LatentDimension, settings.Population, QueriesOfFullRun, settings.Reveal == Reveal.Loss ? "loss" : "logits",
                tuned[0].Candidate.Suite.Name),
            Accuracy = new Accuracies(
                first,
                ByAttention(runs, run => (double?)run.Shown.ZeroShot),
                ByAttention(runs, run => run.Shown.ZeroShotWithOffsets),
                ByAttention(tuned, run => run.Clear?.Tuned),
                ByAttention(tuned, run => run.Shares?.Result.Tuned),
                Math.Sqrt(first * (1 - first) / texts.Test.Batch.Texts)),
            Agreement = comparisons.Count > 0 ? comparisons.Values.Average(comparison => comparison.Agreement) : null,
            Comparisons = comparisons,
            LossErrors = ByAttention(runs, run => run.LossError),
            Queries = tuned[0].Shown.Queries,
            Attention = [.. runs.SelectMany(run => run.Costs(texts, common))],
            Curves = [.. runs.SelectMany(run => run.Curves(texts, common))],
            Networks = [.. common.Networks.Select(network => new NetworkFigures(network.Name, network.Latency.TotalSeconds, network.BitsPerSecond))],
            Transcript = AttentionRun.JoinTranscripts(transcripts),
            Transcripts = transcripts,
            Phases = steps.Phases,
            PeakBytes = Process.GetCurrentProcess().PeakWorkingSet64,
            Notes = notes,
        };
    }

    /// <summary>run.json and the timelines of the sessions; the first is trace.json.</summary>
    public void Write(OutputFolder folder, TuningReport report, IReadOnlyList<AttentionRun> runs)
    {
        AttentionRun[] sessions = [.. runs.Where(run => run.Shares?.Run is not null)];
        for (var i = 0; i < sessions.Length; i++)
        {
            var timeline = sessions[i].Shares!.Run!.On(common.Network).Timeline;
            folder.Write(i == 0 ? "trace.json" : $"trace-{sessions[i].Name}.json", stream => ChromeTrace.Write(stream, timeline));
        }

        folder.Write("run.json", report.ToJson() + "\n");
    }

    TuningSettings SettingsFor(Candidate candidate, string where) =>
        settings with { Setup = $"{model.Name} {candidate.Name} {PromptForms.Name(form)} {where}{(candidate.Suite == NamedSuite.Fused ? "" : $" {candidate.Suite.Description}")}", Labels = texts.LabelList };

    static void Show(Steps steps, TuningProgress progress, Action<TuningProgress> watch)
    {
        Show(steps, progress);
        watch(progress);
    }

    static void Show(Steps steps, TuningProgress progress) => steps.Report(
        (double)progress.Queries / progress.Budget,
        string.Create(CultureInfo.InvariantCulture, $"{progress.Queries} of {progress.Budget} queries, best loss {progress.BestLoss:0.000}, last accuracy on the development texts {progress.DevAccuracy:0.000}"));

    static Dictionary<string, T> ByAttention<T>(IEnumerable<AttentionRun> runs, Func<AttentionRun, T?> value) where T : class =>
        runs.Where(run => value(run) is not null).ToDictionary(run => run.Name, run => value(run)!);

    static Dictionary<string, double> ByAttention(IEnumerable<AttentionRun> runs, Func<AttentionRun, double?> value) =>
        runs.Where(run => value(run) is not null).ToDictionary(run => run.Name, run => value(run)!.Value);
}
