using System.CommandLine;
using MpcActors.Data;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>The same tuning on the user's own texts.</summary>
static class TuneCommand
{
    const string Name = "tune";

    public static Command Create()
    {
        var options = new TuneOptions(Name);
        var command = new ExemplifiedCommand(
            Name,
            "Tunes a prompt, or the model, for your own task from labelled texts, in the clear and on shares.",
            ("mpc tune --data train.tsv --label-words bad,good", "classes in the order of their names or numbers; the test texts are half of the file"),
            ("mpc tune --data train.tsv --test test.tsv --label \"This is bad.\" --label \"This is good.\" --attention rfa", "random feature attention, label sentences in full"),
            ("mpc tune --data train.tsv --label-words bad,good --budget 500 --checkpoint run1 --resume", "goes on where an interrupted run was, and ends in the same bytes"),
            ("mpc tune --data train.tsv --label-words bad,good --method sft --steps 60", "fine-tunes all layers by gradients on shares; nobody but the data owner sees a loss"),
            ("mpc tune --data train.tsv --label-words bad,good --method prompt --prompt-rows 20 --optimizer adamw --schedule cosine --warm-up 5", "trains the rows of a prompt by gradients"),
            ("mpc tune --data train.tsv --label-words bad,good --method sft --model ./bert", "trains a RoBERTa, BERT or GPT-2 from its folder, as Hugging Face saves it"),
            ("mpc tune --data train.tsv --label-words bad,good --reveal loss --optimizer spsa", "the loss is computed on shares, and no logit is opened; another optimiser"),
            ("mpc tune --data train.tsv --label-words bad,good --clear", "without any cryptography, to try settings out"));
        options.AddTo(command);
        command.SetAction((result, cancellation) =>
        {
            var settings = options.Read(result);
            var output = Output.Of(result, settings.Common);
            return settings.Gradients is { } gradients ? GradientRun.RunAsync(settings, gradients, output, cancellation) : RunAsync(settings, output, cancellation);
        });
        return command;
    }

    static async Task<int> RunAsync(TuneSettings settings, Output output, CancellationToken cancellation)
    {
        var folder = new OutputFolder(settings.Common.Out);
        if (settings.CheckpointFolder is { } checkpoints) _ = new OutputFolder(checkpoints, "--checkpoint");
        var attention = Attentions.Parse(settings.Attention);
        string[] titles =
        [
            "Get the model",
            "Prepare the encoder",
            $"Tune in the clear: {settings.Attention}",
            .. settings.IsClear ? Array.Empty<string>() : [$"Tune on shares: {settings.Attention}"],
            "Compare, time the run on other networks, write the files",
        ];
        var report = await Steps.RunAsync(output.Error, titles, async steps =>
        {
            steps.Next();
            var model = settings.Model == "tiny" ? EncoderModel.Tiny() : await EncoderModel.UseLiteAsync(new ModelCache(), new Announcer(steps), cancellation);
            if (settings.AttentionWeights is { } weights) model = model.WithWeights(attention, weights);

            steps.Next();
            var texts = OwnerTexts.From(settings.Task, model, settings.Shots, int.MaxValue, settings.Common.Seed);
            var job = new TuningJob(model, texts, settings.Form, settings.Tuning, settings.Common);
            var candidate = job.Prepare(attention) with { Suite = settings.Suite };

            steps.Next();
            var clear = await job.TuneInTheClearAsync(candidate, settings.Checkpoint("clear"), steps, cancellation);
            var run = new AttentionRun(candidate, clear, null, null, IsControl: false);
            if (!settings.IsClear)
            {
                steps.Next();
                var (outcome, comparison) = await job.TuneOnSharesAsync(candidate, settings.Checkpoint("shares"), steps, cancellation);
                run = run with { Shares = outcome, Comparison = comparison, LossError = comparison is null ? await Comparison.LossErrorOf(candidate, texts, outcome.Result) : null };
            }

            steps.Next();
            folder.Write("prompt.json", TunedPrompt.Of(model, texts, candidate, settings.Form, run.Shown).ToJson() + "\n");
            var result = job.Report(Name, [run], steps, Notes(settings, texts));
            job.Write(folder, result, [run]);
            steps.End();
            return result with { ElapsedSeconds = steps.Elapsed.TotalSeconds, Phases = steps.Phases };
        });
        folder.Write("run.json", report.ToJson() + "\n");
        await output.ShowAsync(report, TuningTables.Of(report), folder.Folder, $"Files: {Path.Combine(folder.Folder, "run.json")}, {Path.Combine(folder.Folder, "prompt.json")} (the tuned prompt)", cancellation);
        return (int)ExitCode.Done;
    }

    static string[] Notes(TuneSettings settings, OwnerTexts texts) =>
    [
        $"Accuracies are of {texts.Test.Batch.Texts} test texts and one draw of training texts: differences of a few points are chance.",
        settings.Tuning.Reveal == Reveal.Logits
            ? "Much of what tuning seems to gain is class bias, which the owner can fit alone: compare with the row of offsets."
            : "Of each candidate the loss alone was opened, and of development and test texts how many were labelled right: the owner has no logits, so no class offsets are fitted, with a prompt or without.",
        .. settings.Attention == "rfa" && settings.AttentionWeights is null ? new[] { "The rfa model was distilled to random features by its owner on public text; it is another model than the published one." } : [],
        .. settings.AttentionWeights is { } weights ? new[] { $"The {settings.Attention} model has the adapted weights of {Path.GetFileName(weights)}; it is another model than the published one." } : [],
    ];
}
