using System.Globalization;
using MpcActors.Data;
using MpcActors.Models;
using MpcActors.Tuning.Gradients;

namespace MpcActors.Cli;

/// <summary><c>tune --method sft</c> and <c>prompt</c>: the twin in the clear, the session on shares, the files of both.</summary>
static class GradientRun
{
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
            var own = gradients.For(model, attention, settings.Task);
            var (texts, candidate) = folderModel?.Prepare(settings.Task, settings.LabelWords, settings.Shots, int.MaxValue, own) ?? Prepare(encoder!, attention, settings.Task, settings.Shots, int.MaxValue, own);

            steps.Next();
            var clear = await GradientSession.InTheClearAsync(candidate, own, progress => Show(steps, progress), cancellation);
            GradientOutcome? shares = null;
            if (!settings.IsClear)
            {
                steps.Next();
                shares = await GradientSession.OnSharesAsync(
                    candidate, own, new Conditions(settings.Common.Network, settings.Common.Work), Checkpoint.In(settings.CheckpointFolder, settings.Resume), progress => Show(steps, progress), cancellation);
            }

            steps.Next();
            if (shares is not null) files.Add(GradientFiles.Write(folder, settings.Common, texts, model, candidate, own, shares));
            var result = GradientReports.Of("tune", settings.Common, own, model, texts, candidate, clear, shares, steps);
            steps.End();
            return result with { ElapsedSeconds = steps.Elapsed.TotalSeconds, Phases = steps.Phases };
        });
        folder.Write("run.json", report.ToJson() + "\n");
        await output.ShowAsync(report, GradientTables.Of(report), folder.Folder, $"Files: {string.Join(", ", files.Select(file => Path.Combine(folder.Folder, file)))}", cancellation);
        return (int)ExitCode.Done;
    }

    /// <summary>A training of this model on this task; other ones have other masks.</summary>
    public static GradientSettings For(this GradientSettings settings, string model, AttentionKind attention, TextTask task) =>
        settings with { Setup = $"{model} {attention.Name()}", Labels = OwnerTexts.LabelsOf(task) };

    public static (OwnerTexts Texts, GradientCandidate Candidate) Prepare(EncoderModel model, AttentionKind attention, TextTask task, int shots, int testTexts, GradientSettings own)
    {
        var texts = OwnerTexts.From(task, model, shots, testTexts, own.Seed);
        return (texts, BadInputException.Check(() => GradientCandidate.Of(model, attention, texts, own)));
    }

    public static void Show(Steps steps, GradientProgress progress) => steps.Report((double)progress.Steps / progress.Budget, string.Create(
        CultureInfo.InvariantCulture,
        $"{progress.Steps} of {progress.Budget} steps{(progress.Loss is { } loss ? $", loss {loss:0.000}" : "")}, accuracy on the development texts {progress.LastCheck.DevAccuracy:0.000} after {progress.LastCheck.Steps}"));
}
