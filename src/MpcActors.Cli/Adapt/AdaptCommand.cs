using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using MpcActors.Data;
using MpcActors.Models.Clear.Distillation;
using MpcActors.Models.Clear.Training;

namespace MpcActors.Cli;

/// <summary>The model owner's part, in the clear: a model with softmax becomes one with an attention that is cheap on shares.</summary>
static class AdaptCommand
{
    const string Name = "adapt", PatchFile = "attention.safetensors", StateFile = "adapt.checkpoint";

    public static Command Create()
    {
        var options = new AdaptOptions();
        var command = new ExemplifiedCommand(
            Name,
            "Adapts a model's attention in the clear, by distillation on unlabelled public text; 'tune' and 'demo' take the result with --attention-weights.",
            ("mpc adapt --checkpoint adapt1", "random features for the embedded model, 64 a head; about twenty minutes on two quiet cores"),
            ("mpc adapt --checkpoint adapt1 --resume", "goes on where an interrupted run was, and ends in the same bytes"),
            ("mpc adapt --attention uniform --train all", "a control: mean attention with all weights trained, with the same effort"),
            ("mpc adapt --text mine.txt --text-only --features 128", "on your own sentences, one a line"),
            ("mpc adapt --start shipped --steps 600 --rate 0.0004 --text mine.txt", "goes on from the shipped weights, on text of your domain"),
            ("mpc adapt --offline --steps 100", "the tiny model that comes with the program, in seconds"));
        options.AddTo(command);
        command.SetAction((result, cancellation) =>
        {
            var settings = options.Read(result);
            return RunAsync(settings, new Output(result.InvocationConfiguration.Output, result.InvocationConfiguration.Error, settings.Json, settings.Page), cancellation);
        });
        return command;
    }

    static async Task<int> RunAsync(AdaptSettings settings, Output output, CancellationToken cancellation)
    {
        var folder = new OutputFolder(settings.Out);
        var checkpoints = settings.CheckpointFolder is { } path ? new OutputFolder(path, "--checkpoint") : null;
        string[] titles = ["Get the model, the tasks and the texts", $"Adapt to {settings.AttentionName}", "Compare with the softmax model, write the files"];
        var report = await Steps.RunAsync(output.Error, titles, async steps =>
        {
            steps.Next();
            var progress = new Announcer(steps);
            var model = settings.Model == "tiny" ? EncoderModel.Tiny() : await EncoderModel.UseLiteAsync(new ModelCache(), progress, cancellation);
            IReadOnlyList<TextTask> tasks = settings.Model == "tiny" ? [TinyTask.Create()] : await SentimentSentences.EnsureAsync(new ModelCache(), progress, cancellation);
            var start = settings.Start is null ? null : StartOf(model, settings);
            var texts = await AdaptTexts.GetAsync(settings, model, tasks, progress, cancellation);

            steps.Next();
            var distiller = BadInputException.Check(() => new Distiller(model.Published.Model, texts.Train, texts.HeldOut, settings.Training, start));
            var before = distiller.ToModel();
            var run = Train(distiller, settings, texts, checkpoints, steps, cancellation);

            steps.Next();
            var patch = Write(folder, settings, distiller, texts);
            var adapted = AttentionPatch.Apply(model.Published.Model, Path.Combine(folder.Folder, PatchFile), settings.AttentionName);
            var models = Models(model, settings, before, adapted);
            var result = new AdaptReport
            {
                Command = Name,
                Seed = settings.Training.Seed,
                Model = settings.Model,
                Attention = settings.AttentionName,
                Train = settings.PartName,
                Features = settings.AttentionName == "rfa" ? settings.Training.Features : null,
                Effort = run.Effort,
                Sources = texts.Sources,
                HeldOut = models.Where(entry => entry.Key != "softmax").ToDictionary(entry => entry.Key, entry => HeldOut(model, entry.Value, texts, settings, cancellation)),
                Tasks = new TaskComparison(model, tasks).Of(models, cancellation),
                Curve = run.Curve,
                Patch = Convert.ToHexStringLower(SHA256.HashData(patch)),
                PatchBytes = patch.Length,
                Notes = Notes(settings),
            };
            steps.End();
            return result with { ElapsedSeconds = steps.Elapsed.TotalSeconds };
        });
        folder.Write("run.json", report.ToJson() + "\n");
        folder.Write("report.md", AdaptMarkdown.Of(report));
        await output.ShowAsync(report, AdaptTables.Of(report), folder.Folder, $"Files: {Path.Combine(folder.Folder, PatchFile)} (the patch), {Path.Combine(folder.Folder, "run.json")}, {Path.Combine(folder.Folder, "report.md")}", cancellation);
        return (int)ExitCode.Done;
    }

    static UseLiteModel StartOf(EncoderModel model, AdaptSettings settings)
    {
        if (settings.Start == EncoderModel.Shipped && settings.AttentionName != "rfa") throw new BadInputException("--start shipped: only weights for rfa are shipped; give the file of a patch");
        var start = settings.Start == EncoderModel.Shipped
            ? model.Published.Model.ApplyPatch(model.RandomFeaturePatch())
            : AttentionPatch.Apply(model.Published.Model, settings.Start!, settings.AttentionName);
        var features = start.Layers[0].Features?.Features;
        return features is null || features == settings.Training.Features
            ? start
            : throw new BadInputException($"--start {settings.Start} has {features} features a head; ask for them with --features {features}");
    }

    static (AdaptEffort Effort, IReadOnlyList<AdaptPoint> Curve) Train(
        Distiller distiller, AdaptSettings settings, AdaptTexts texts, OutputFolder? checkpoints, Steps steps, CancellationToken cancellation)
    {
        var name = RunName(settings, texts);
        var state = checkpoints is null ? null : Path.Combine(checkpoints.Folder, StateFile);
        var isResumed = settings.Resume && File.Exists(state);
        if (isResumed) DistillationState.Restore(distiller, name, Safetensors.Read(state!), state!);
        var (begun, cpu) = (steps.Elapsed, Environment.CpuUsage.TotalTime);
        var curve = new List<AdaptPoint>();
        var (sum, count) = (0.0, 0);
        while (!distiller.IsDone)
        {
            cancellation.ThrowIfCancellationRequested();
            var now = distiller.Advance();
            if (!double.IsFinite(now.Loss))
                throw new BadInputException(FormattableString.Invariant($"the loss of step {now.Step} is {now.Loss}: the training has left what numbers can hold; try a smaller --rate. No weights were written"));
            (sum, count) = (sum + now.Loss, count + 1);
            var isPhaseOver = curve.Count > 0 && curve[^1].Phase != now.Phase && count == 1;
            if (now.Step % settings.Training.CheckEvery != 0 && !distiller.IsDone && !isPhaseOver) continue;
            curve.Add(new(now.Step, now.Phase, sum / count, now.HeldOut));
            var heldOut = now.HeldOut is { } distance ? string.Create(CultureInfo.InvariantCulture, $", held out {distance:0.0000}") : "";
            steps.Report(now.Share, string.Create(CultureInfo.InvariantCulture, $"{now.Step} of {now.Steps} steps, {now.Phase}: loss {sum / count:0.0000}{heldOut}"));
            (sum, count) = (0, 0);
            checkpoints?.Write(StateFile, stream => DistillationState.Save(distiller, name, stream));
        }

        return (
            new AdaptEffort(
                distiller.Step, distiller.Steps, settings.Training.Batch, texts.Train.Count, texts.HeldOut.Count,
                isResumed ? null : (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, isResumed ? null : (steps.Elapsed - begun).TotalSeconds),
            curve);
    }

    /// <summary>What a checkpoint belongs to: everything that a step depends on.</summary>
    static string RunName(AdaptSettings settings, AdaptTexts texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var ids in texts.Train.Concat(texts.HeldOut))
        {
            hash.AppendData(BitConverter.GetBytes(ids.Length));
            foreach (var id in ids) hash.AppendData(BitConverter.GetBytes(id));
        }

        var start = settings.Start is null or EncoderModel.Shipped ? settings.Start : Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(settings.Start)));
        return string.Create(CultureInfo.InvariantCulture, $"{settings.Model} {settings.Training} {start} {Convert.ToHexStringLower(hash.GetHashAndReset())}");
    }

    static byte[] Write(OutputFolder folder, AdaptSettings settings, Distiller distiller, AdaptTexts texts)
    {
        using var patch = new MemoryStream();
        AttentionPatch.Write(patch, settings.AttentionName, distiller.TrainedTensors(), new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["model"] = settings.Model,
            ["made-by"] = string.Create(CultureInfo.InvariantCulture, $"mpc adapt: {settings.Training}{(settings.Start is null ? "" : $", start {settings.Start}")}"),
            ["text"] = string.Join("; ", texts.Sources),
        });
        folder.Write(PatchFile, patch.WriteTo);
        return patch.ToArray();
    }

    static Dictionary<string, (UseLiteModel Model, TrainedAttention Attention)> Models(EncoderModel model, AdaptSettings settings, UseLiteModel before, UseLiteModel adapted)
    {
        var attention = settings.Training.Attention;
        var models = new Dictionary<string, (UseLiteModel, TrainedAttention)>(StringComparer.Ordinal)
        {
            ["softmax"] = (model.Published.Model, TrainedAttention.Softmax),
            ["before"] = (before, attention),
        };
        if (attention == TrainedAttention.RandomFeatures) models[EncoderModel.Shipped] = (model.Published.Model.ApplyPatch(model.RandomFeaturePatch()), attention);
        models["adapted"] = (adapted, attention);
        return models;
    }

    static HeldOutAgreement HeldOut(EncoderModel model, (UseLiteModel Model, TrainedAttention Attention) other, AdaptTexts texts, AdaptSettings settings, CancellationToken cancellation)
    {
        int[][] cut = [.. texts.HeldOut.Select(ids => ids[..Math.Min(ids.Length, settings.Training.MaxTokens)])];
        var agreement = Agreement.Measure(model.Published.Model, other.Model, other.Attention, cut, cancellation);
        return new(agreement.Distance, agreement.WorstTwentieth, [.. agreement.HiddenErrors.Select(layer => new[] { layer.Middle, layer.Output })], agreement.BelowFloor, agreement.LargestPhase);
    }

    static string[] Notes(AdaptSettings settings) =>
    [
        "The adapted model is another model than the published one; agreement is with the published one under softmax.",
        "Figures are of the patch as it is in the file, rounded to float16; label vectors are those of the softmax model.",
        .. settings.AttentionName == "2quad" ? new[] { "2quad attention is a control in the clear: it has no private pass here." } : [],
    ];
}
