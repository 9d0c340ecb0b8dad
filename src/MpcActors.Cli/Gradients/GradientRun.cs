using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MpcActors.Data;
using MpcActors.Models;
using MpcActors.Models.Transformers.Training;
using MpcActors.Network;
using MpcActors.Tuning;
using MpcActors.Tuning.Gradients;

namespace MpcActors.Cli;

/// <summary><c>tune --method sft</c> and <c>prompt</c>: the twin in the clear, the session on shares, the files of both.</summary>
static class GradientRun
{
    static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    public static async Task<int> RunAsync(TuneSettings settings, GradientSettings gradients, Output output, CancellationToken cancellation)
    {
        var folder = new OutputFolder(settings.Common.Out);
        if (settings.CheckpointFolder is { } checkpoints) _ = new OutputFolder(checkpoints, "--checkpoint");
        var attention = Attentions.Parse(settings.Attention);
        var method = GradientOptions.NameOf(gradients.Method);
        string[] titles =
        [
            "Get the model",
            "Prepare model and texts",
            $"Train in the clear: {method}",
            .. settings.IsClear ? Array.Empty<string>() : [$"Train on shares: {method}"],
            "Compare, time the run on other networks, write the files",
        ];
        var files = new List<string> { "run.json" };
        var report = await Steps.RunAsync(output.Error, titles, async steps =>
        {
            steps.Next();
            using var folderModel = EncoderModel.Names.Contains(settings.Model) ? null : FolderModel.Open(settings.Model);
            var encoder = folderModel is not null ? null : settings.Model == "tiny" ? EncoderModel.Tiny() : await EncoderModel.UseLiteAsync(new ModelCache(), new Announcer(steps), cancellation);
            if (settings.AttentionWeights is { } weights) encoder = encoder?.WithWeights(Attentions.Parse(settings.Attention), weights);
            var model = folderModel?.Name ?? encoder!.Name;

            steps.Next();
            var own = gradients with { Setup = $"{model} {attention.Name()}", Labels = OwnerTexts.LabelsOf(settings.Task) };
            var (texts, candidate) = folderModel?.Prepare(settings.Task, settings.LabelWords, settings.Shots, own) ?? Prepare(encoder!, attention, settings, own);

            steps.Next();
            var clear = await GradientSession.InTheClearAsync(candidate, own, progress => Show(steps, progress), cancellation);
            GradientOutcome? shares = null;
            if (!settings.IsClear)
            {
                steps.Next();
                shares = await GradientSession.OnSharesAsync(
                    candidate, own, new Conditions(settings.Common.Network, settings.Common.Work), settings.CheckpointFolder, settings.Resume, progress => Show(steps, progress), cancellation);
            }

            steps.Next();
            if (shares is not null) files.Add(Write(folder, settings.Common, texts, model, candidate, own, shares));
            var result = Report(settings, own, model, texts, candidate, clear, shares, steps);
            steps.End();
            return result with { ElapsedSeconds = steps.Elapsed.TotalSeconds, Phases = steps.Phases };
        });
        folder.Write("run.json", report.ToJson() + "\n");
        await output.ShowAsync(report, GradientTables.Of(report), folder.Folder, $"Files: {string.Join(", ", files.Select(file => Path.Combine(folder.Folder, file)))}", cancellation);
        return (int)ExitCode.Done;
    }

    static (OwnerTexts, GradientCandidate) Prepare(EncoderModel model, AttentionKind attention, TuneSettings settings, GradientSettings own)
    {
        var texts = OwnerTexts.From(settings.Task, model, settings.Shots, int.MaxValue, settings.Common.Seed);
        return (texts, BadInputException.Check(() => GradientCandidate.Of(model, attention, texts, own)));
    }

    static void Show(Steps steps, GradientProgress progress) => steps.Report((double)progress.Steps / progress.Budget, string.Create(
        CultureInfo.InvariantCulture,
        $"{progress.Steps} of {progress.Budget} steps{(progress.Loss is { } loss ? $", loss {loss:0.000}" : "")}, accuracy on the development texts {progress.LastCheck.DevAccuracy:0.000} after {progress.LastCheck.Steps}"));

    /// <summary>The result of its owner, and the session's timeline.</summary>
    static string Write(OutputFolder folder, CommonSettings common, OwnerTexts texts, string model, GradientCandidate candidate, GradientSettings settings, GradientOutcome shares)
    {
        var timeline = shares.Run.On(common.Network).Timeline;
        folder.Write("trace.json", stream => ChromeTrace.Write(stream, timeline));
        if (shares.Prompt is { } rows)
        {
            var prompt = new PromptFile(
                "mpc-actors/prompt-rows-1", texts.Task.Name, model, candidate.Name, settings.PromptRows, candidate.Outline.Width, texts.Task.ClassNames, texts.Task.LabelSentences, shares.Result.Tuned, settings.Steps,
                shares.Result.Losses, shares.Result.Checks, rows);
            folder.Write("prompt.json", JsonSerializer.Serialize(prompt, Format) + "\n");
            return "prompt.json (the data owner's)";
        }

        var shapes = candidate.Outline.Tensors(1).ToDictionary(tensor => tensor.Name, tensor => tensor.Shape);
        var tensors = shares.Trained.ToDictionary(
            one => one.Key, one => new FloatTensor(Array.ConvertAll(one.Value, value => (float)value), shapes[one.Key].Rows == 1 ? [one.Value.Length] : [shapes[one.Key].Rows, shapes[one.Key].Columns]));
        folder.Write("tuned.safetensors", stream => Safetensors.Write(stream, tensors));
        return "tuned.safetensors (the model owner's)";
    }

    static GradientReport Report(
        TuneSettings settings, GradientSettings gradients, string model, OwnerTexts texts, GradientCandidate candidate, GradientResult clear, GradientOutcome? shares, Steps steps)
    {
        var shown = shares?.Result ?? clear;
        var none = new double[texts.Task.ClassNames.Count];
        return new()
        {
            Command = "tune",
            Seed = settings.Common.Seed,
            ElapsedSeconds = steps.Elapsed.TotalSeconds,
            Task = texts.Task.Name,
            Model = model,
            Texts = new(none.Length, texts.Train.Batch.Texts, texts.Dev.Batch.Texts, texts.Test.Batch.Texts, texts.Task.Test.Count, texts.Train.Batch.TotalRows),
            Training = new(
                GradientOptions.NameOf(gradients.Method), gradients.Suite.ToString().ToLowerInvariant(), gradients.Optimizer.ToString().ToLowerInvariant(), gradients.LearningRate,
                gradients.Schedule.ToString().ToLowerInvariant(), gradients.WarmUp, gradients.WeightDecay, gradients.ClipNorm, gradients.Steps, gradients.BatchSize,
                gradients.Method == TuningMethod.Prompt ? gradients.PromptRows : null, gradients.Method == TuningMethod.Full,
                candidate.Outline.Tensors(Math.Max(1, gradients.AddedRows)).Where(tensor => tensor.IsTrained).Sum(tensor => (long)tensor.Shape.Count)),
            Accuracy = new(
                shown.ZeroShot, Of(shown.ZeroShot), Of(shown.ZeroShotWithOffsets), Of(clear.Tuned), shares is null ? new Dictionary<string, double>() : Of(shares.Result.Tuned),
                Math.Sqrt(shown.ZeroShot * (1 - shown.ZeroShot) / texts.Test.Batch.Texts)),
            Agreement = shares is null
                ? null
                : Classification.Predictions(clear.TestLogits, none).Zip(Classification.Predictions(shares.Result.TestLogits, none)).Count(pair => pair.First == pair.Second) / (double)texts.Test.Batch.Texts,
            Queries = gradients.Steps,
            Attention = shares is null ? [] : [.. Costs(settings.Common, candidate, gradients, texts, shares)],
            Step = shares is { Steps: > 0 } ? StepParts.Of(shares.Operations, shares.Steps) : null,
            Losses = new(clear.Losses, shares?.Result.Losses),
            Checks = new(clear.Checks, shares?.Result.Checks),
            Transcript = shares?.Transcript,
            Phases = steps.Phases,
            PeakBytes = Process.GetCurrentProcess().PeakWorkingSet64,
            Notes =
            [
                .. model == "tiny" ? new[] { "The tiny model is synthetic and knows nothing of language: its accuracies show that the machinery works, nothing else." } : [],
                $"Accuracies are of {texts.Test.Batch.Texts} test texts and one draw of training texts: differences of a few points are chance.",
                .. gradients.Method == TuningMethod.Prompt ? new[] { "Zero-shot is the model under the prompt that training starts from, rows of ordinary words." } : [],
                "Accuracy is that after the last step; development texts are looked at and decide nothing.",
            ],
        };

        Dictionary<string, double> Of(double value) => new() { [candidate.Name] = value };
    }

    /// <summary>A step on each network, the mean of the session's, and the whole session.</summary>
    static IEnumerable<AttentionCost> Costs(CommonSettings common, GradientCandidate candidate, GradientSettings settings, OwnerTexts texts, GradientOutcome shares)
    {
        var costs = new SessionCosts(shares.Run);
        PassCall[] made = [.. shares.Calls.Where(call => call.Set == MeasuredGradientPass.Step)];
        var tokens = (int)((texts.Train.Batch.TotalRows / (double)texts.Train.Batch.Texts + settings.AddedRows) * Math.Min(settings.BatchSize, texts.Train.Batch.Texts));
        foreach (var network in common.Networks)
        {
            var total = costs.Total(network);
            var (scope, cost) = made.Length > 0 ? ("step", costs.Mean(made, network)) : ("session", total);
            yield return new(
                candidate.Name, network.Name, scope, tokens, cost.Rounds, cost.SentBytesPerParty, cost.OfflineBytesPerParty, cost.Seconds, cost.ComputeSeconds, cost.Compute, network == common.Network, total);
        }
    }

    /// <summary>What the data owner keeps of a trained prompt.</summary>
    sealed record PromptFile(
        string Schema, string Task, string Model, string Attention, int PromptRows, int Width, IReadOnlyList<string> Classes, IReadOnlyList<string> LabelSentences, double Accuracy, int Steps,
        IReadOnlyList<double> Losses, IReadOnlyList<StepCheck> Checks, double[] Rows);
}
