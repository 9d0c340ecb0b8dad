using MpcActors.Experiments;
using MpcActors.Models;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>An encoder with one attention, ready to be tuned on an owner's texts, in the clear or on shares.</summary>
/// <param name="TokenRows">For prompts that add to ordinary tokens: [rows, input width].</param>
sealed record Candidate(AttentionKind Attention, ClearEncoder Clear, LabelMatrix Labels, PromptProjection Projection, PromptBase Base, double[]? TokenRows)
{
    public string Name => Attention.Name();

    /// <summary>The protocols of its passes on shares.</summary>
    public NamedSuite Suite { get; init; } = NamedSuite.Fused;

    /// <summary>The label vectors: always those of the published softmax model, since label texts are public.</summary>
    public static LabelMatrix LabelsOf(EncoderModel model, TextBatch labels) =>
        LabelMatrix.From(new ClearEncoder(EncoderPreparation.From(model.Published, AttentionKind.Softmax)), labels);

    public static Candidate Prepare(EncoderModel model, AttentionKind attention, OwnerTexts texts, LabelMatrix labels, PromptForm form, TuningSettings settings)
    {
        var weights = model.For(attention);
        var clear = new ClearEncoder(EncoderPreparation.From(weights, attention));
        var scales = ActivationScales.Measure(clear, CalibrationSentences.Batch(weights)).For(form);
        var projection = new PromptProjection(settings.Seed, form, clear.Encoder, scales, settings.LatentDimension, settings.Alpha);
        var tokenRows = form is PromptForm.AddedRows ? OrdinaryTokens(model, form.Rows) : null;
        var means = form is PromptForm.KeyValuePrefix ? clear.KeyValueMeans(texts.Train.Batch) : null;
        return new Candidate(attention, clear, labels, projection, new PromptBase(means, tokenRows), tokenRows);
    }

    public ClearForwardPass ClearPass() => new(Clear, Labels, Projection, Base);

    /// <summary>Rows of public words that belong to no task, as one text.</summary>
    static double[] OrdinaryTokens(EncoderModel model, int rows)
    {
        int[] ids = [.. CalibrationSentences.All.SelectMany(model.Published.Tokenizer.Encode).Take(rows)];
        return new TokenEmbedding(model.Published.Model).Embed([ids]).Rows;
    }
}
