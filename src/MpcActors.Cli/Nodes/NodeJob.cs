using System.Security.Cryptography;
using MpcActors.Data;
using MpcActors.Models;

namespace MpcActors.Cli;

/// <summary>What the owners make of a session's configuration: the model, the texts, the candidate that is tuned.</summary>
sealed record NodeJob(EncoderModel Model, OwnerTexts Texts, TuningJob Job, Candidate Candidate, PromptForm Form)
{
    /// <summary>The data owner's part; it needs the model too, for token rows and for the scales of the projection, which its owner publishes.</summary>
    public static async Task<NodeJob> PrepareAsync(NodeFile file, CommonSettings common, IProgress<string> progress, CancellationToken cancellation)
    {
        var session = file.Session;
        var model = await ModelAsync(file, progress, cancellation);
        var texts = OwnerTexts.From(await TaskAsync(file, progress, cancellation), model, session.Shots, session.TestTexts, session.Tuning.Seed);
        var form = PromptForms.Parse(session.Prompt, session.PromptRows);
        var job = new TuningJob(model, texts, form, session.Tuning, common);
        return new(model, texts, job, job.Prepare(Attentions.Parse(session.Attention)), form);
    }

    /// <summary>The model owner's part: weights and label vectors.</summary>
    public static async Task<(ClearEncoder Clear, LabelMatrix Labels)> PrepareModelAsync(NodeFile file, IProgress<string> progress, CancellationToken cancellation)
    {
        var (model, labels) = await LabelledModelAsync(file, progress, cancellation);
        var attention = Attentions.Parse(file.Session.Attention);
        return (new ClearEncoder(EncoderPreparation.From(model.For(attention), attention)), labels);
    }

    public static async Task<(EncoderModel Model, LabelMatrix Labels)> LabelledModelAsync(NodeFile file, IProgress<string> progress, CancellationToken cancellation)
    {
        var session = file.Session;
        var model = await ModelAsync(file, progress, cancellation);
        var sentences = session.Labels.Length > 0 ? session.Labels : [.. (await TaskAsync(file, progress, cancellation)).LabelSentences];
        return (model, Candidate.LabelsOf(model, OwnerTexts.Embed(session.Task, model, sentences)));
    }

    public static async Task<EncoderModel> ModelAsync(NodeFile file, IProgress<string> progress, CancellationToken cancellation)
    {
        var session = file.Session;
        var model = session.Model == "tiny" ? EncoderModel.Tiny() : await EncoderModel.UseLiteAsync(new ModelCache(), progress, cancellation);
        if (session.Weights is not { } weights) return model;
        return BadInputException.Check(() =>
        {
            var found = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file.Beside(weights.File))));
            if (found != weights.Sha256) throw new BadInputException($"'{weights.File}' has the SHA-256 {found}, but mpc.session.attention-weights-sha256 is {weights.Sha256}");
            return model.WithWeights(Attentions.Parse(session.Attention), file.Beside(weights.File));
        });
    }

    public static async Task<TextTask> TaskAsync(NodeFile file, IProgress<string> progress, CancellationToken cancellation)
    {
        var task = await NamedTaskAsync(file, progress, cancellation);
        return file.Session.Folder?.Of(task) ?? task;
    }

    static async Task<TextTask> NamedTaskAsync(NodeFile file, IProgress<string> progress, CancellationToken cancellation)
    {
        var session = file.Session;
        if (session.Data is { } data)
            return BadInputException.Check(() => TsvTask.Read(file.Beside(data), session.Test is { } test ? file.Beside(test) : null, session.Labels));
        if (session.Task == "tiny") return TinyTask.Create();
        return (await SentimentSentences.EnsureAsync(new ModelCache(), progress, cancellation)).Single(sentences => sentences.Name == session.Task);
    }
}
