using MpcActors.Data;
using MpcActors.Models;
using MpcActors.Models.Clear.Training;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>How models with other attentions do on labelled tasks, beside their softmax teacher and with its label vectors.</summary>
sealed class TaskComparison(EncoderModel model, IReadOnlyList<TextTask> tasks)
{
    const int Shots = 16, Draws = 5, TextsTogether = 64;

    /// <param name="models">By the name that reports use.</param>
    public IReadOnlyList<AdaptTask> Of(IReadOnlyDictionary<string, (UseLiteModel Model, TrainedAttention Attention)> models, CancellationToken cancellation)
    {
        var teacher = new SingleEncoder(model.Published.Model, TrainedAttention.Softmax);
        return [.. tasks.Select(Compare)];

        AdaptTask Compare(TextTask task)
        {
            var labels = Labels(teacher, task);
            int[] answers = [.. task.Test.Select(text => text.Label)];
            var (expected, predicted) = (Embed(teacher, task.Test, cancellation), Array.Empty<int>());
            var results = new Dictionary<string, TaskAgreement>(StringComparer.Ordinal);
            predicted = Classification.Predictions(Logits(expected, labels), new double[labels.Classes]);
            foreach (var (name, (weights, attention)) in models)
            {
                var encoder = new SingleEncoder(weights, attention);
                var found = Embed(encoder, task.Test, cancellation);
                var logits = Logits(found, labels);
                var own = Classification.Predictions(logits, new double[labels.Classes]);
                results[name] = new(
                    Enumerable.Range(0, answers.Length).Average(text => Cosine(found, expected, text, labels.Width)),
                    Share(own, predicted),
                    Share(own, answers),
                    WithOffsets(encoder, task, labels, logits, answers, cancellation));
            }

            return new AdaptTask(task.Name, answers.Length, results);
        }
    }

    double WithOffsets(SingleEncoder encoder, TextTask task, LabelMatrix labels, double[,] test, int[] answers, CancellationToken cancellation)
    {
        if (task.Pool.GroupBy(text => text.Label).Any(texts => texts.Count() < 2 * Shots)) return Classification.Accuracy(test, answers, new double[labels.Classes]);
        return Enumerable.Range(0, Draws).Average(draw =>
        {
            var train = FewShot.Split(task, Shots, (ulong)draw).Train;
            return Classification.Accuracy(test, answers, ClassOffsets.Fit(Logits(Embed(encoder, train, cancellation), labels), [.. train.Select(text => text.Label)]));
        });
    }

    LabelMatrix Labels(SingleEncoder teacher, TextTask task)
    {
        var (width, classes) = (teacher.Width, task.LabelSentences.Count);
        var embeddings = teacher.Forward([.. task.LabelSentences.Select(model.Published.Tokenizer.Encode)]).Embeddings;
        var weight = new double[width * classes];
        for (var label = 0; label < classes; label++)
            for (var i = 0; i < width; i++) weight[i * classes + label] = LabelMatrix.InverseTemperature * embeddings[label * width + i];
        return new LabelMatrix(weight, width, classes);
    }

    float[] Embed(SingleEncoder encoder, IReadOnlyList<LabelledText> texts, CancellationToken cancellation) =>
    [
        .. texts.Select(text => model.Published.Tokenizer.Encode(text.Text)).Chunk(TextsTogether).SelectMany(batch =>
        {
            cancellation.ThrowIfCancellationRequested();
            return encoder.Forward(batch).Embeddings;
        }),
    ];

    static double[,] Logits(float[] embeddings, LabelMatrix labels)
    {
        var logits = new double[embeddings.Length / labels.Width, labels.Classes];
        for (var text = 0; text < logits.GetLength(0); text++)
            for (var i = 0; i < labels.Width; i++)
                for (var c = 0; c < labels.Classes; c++) logits[text, c] += embeddings[text * labels.Width + i] * labels.Weight[i * labels.Classes + c];
        return logits;
    }

    static double Cosine(float[] found, float[] expected, int text, int width)
    {
        var sum = 0.0;
        for (var i = text * width; i < (text + 1) * width; i++) sum += (double)found[i] * expected[i];
        return sum;
    }

    static double Share(int[] left, int[] right) => left.Zip(right).Count(pair => pair.First == pair.Second) / (double)right.Length;
}
