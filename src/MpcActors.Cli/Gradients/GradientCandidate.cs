using MpcActors.Data;
using MpcActors.Models;
using MpcActors.Models.Private;
using MpcActors.Models.Transformers.Training;
using MpcActors.Tuning;
using MpcActors.Tuning.Gradients;

namespace MpcActors.Cli;

/// <summary>What a model owner brings to a training by gradients.</summary>
/// <param name="Tensors">Values by name.</param>
sealed record TrainableModel(TrainingOutline Outline, Func<string, double[]> Tensors)
{
    /// <summary>A sentence encoder; labels are label sentences' vectors, as in forward-only tuning.</summary>
    public static TrainableModel Of(TextEncoder weights, AttentionKind attention, LabelMatrix labels, GradientSettings settings)
    {
        var outline = TrainingOutline.Of(EncoderOutline.Of(EncoderPreparation.From(weights, attention), labels.Classes), weights.Model.Vocabulary, settings);
        return new(outline, new EncoderTensors(weights.Model, labels).Of);
    }
}

/// <summary>A model that is ready to be trained by gradients on an owner's texts, in the clear or on shares.</summary>
/// <param name="Name">Of its attention.</param>
/// <param name="Model">The model owner's.</param>
/// <param name="Prompt">What a prompt starts from, row by row; null where none is trained.</param>
/// <param name="Twin">A fresh model in the clear; each call begins anew.</param>
sealed record GradientCandidate(
    string Name, TrainableModel Model, TrainingSet Train, TrainingSet Dev, TrainingSet Test, double[]? Prompt, Func<ClearModel> Twin)
{
    public TrainingOutline Outline => Model.Outline;

    /// <summary>A sentence encoder; labels are label sentences' vectors, as in forward-only tuning.</summary>
    public static GradientCandidate Of(EncoderModel model, AttentionKind attention, OwnerTexts texts, GradientSettings settings)
    {
        var weights = model.For(attention);
        var own = TrainableModel.Of(weights, attention, Candidate.LabelsOf(model, texts.Labels), settings);
        var prompt = settings.Method == TuningMethod.Prompt ? PromptOf(weights, settings.PromptRows) : null;
        return new(attention.Name(), own, SetOf(texts.Train), SetOf(texts.Dev), SetOf(texts.Test), prompt, () => TwinOf(own, settings, prompt, of =>
        {
            var training = new ClearEncoderTraining(own.Outline.Encoder!, of);
            return (
                (rows, classes, lengths, _) => training.Gradients(rows, classes, lengths, settings.AddedRows),
                (rows, lengths, _) => training.Logits(rows, lengths, settings.AddedRows));
        }, UseLiteModel.EmbeddingScale));

        TrainingSet SetOf(TextSet set) => new(set) { Tokens = settings.Method == TuningMethod.Full ? (texts.Tokens[set.Name], weights.Model.Vocabulary) : null };
    }

    /// <param name="wordScale">As for <see cref="ClearModel"/>.</param>
    public static ClearModel TwinOf(
        TrainableModel owned, GradientSettings settings, double[]? prompt, Func<Func<string, double[]>, (ClearGradients, ClearLogits)> model, double wordScale = 1)
    {
        var all = owned.Outline.Tensors(Math.Max(1, settings.AddedRows));
        // A copy each, since training changes them.
        var values = all.ToDictionary(one => one.Name, one => one.IsPrompt ? [.. prompt!] : (double[])[.. owned.Tensors(one.Name)]);
        return new(settings, values, [.. all.Where(one => one.IsTrained).Select(one => one.Name)], model, owned.Outline.Width, wordScale);
    }

    /// <summary>Rows of public words that belong to no task, over and over.</summary>
    static double[] PromptOf(TextEncoder weights, int rows)
    {
        int[] ids = [.. CalibrationSentences.All.SelectMany(weights.Tokenizer.Encode)];
        return new TokenEmbedding(weights.Model).Embed([[.. Enumerable.Range(0, rows).Select(row => ids[row % ids.Length])]]).Rows;
    }
}
