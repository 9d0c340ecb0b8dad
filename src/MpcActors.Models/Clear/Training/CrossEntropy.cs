namespace MpcActors.Models.Clear.Training;

/// <summary>Mean cross-entropy of logits = 20 · cosine(text, label), as every classification of this encoder has them.</summary>
public static class CrossEntropy
{
    /// <param name="embeddings">[texts, width], of unit length.</param>
    /// <param name="classes">The right class of each text.</param>
    /// <param name="offsets">Added to each class's logits; null adds none.</param>
    /// <returns>The loss, its gradient by <paramref name="embeddings"/>, and the class that each text is put in.</returns>
    public static (double Loss, float[] Gradient, int[] Predicted) Of(float[] embeddings, LabelMatrix labels, IReadOnlyList<int> classes, double[]? offsets = null)
    {
        if (embeddings.Length != classes.Count * labels.Width)
            throw new ArgumentException($"{classes.Count} texts of width {labels.Width} take {classes.Count * labels.Width} numbers, not {embeddings.Length}", nameof(embeddings));
        var gradient = new float[embeddings.Length];
        var predicted = new int[classes.Count];
        var loss = 0.0;
        var logits = new double[labels.Classes];
        for (var text = 0; text < classes.Count; text++)
        {
            for (var c = 0; c < logits.Length; c++) logits[c] = offsets?[c] ?? 0;
            for (var i = 0; i < labels.Width; i++)
                for (var c = 0; c < logits.Length; c++) logits[c] += (double)embeddings[text * labels.Width + i] * labels.Weight[i * labels.Classes + c];
            var top = logits.Max();
            predicted[text] = Array.IndexOf(logits, top);
            var chances = Array.ConvertAll(logits, logit => Math.Exp(logit - top));
            var sum = FixedOrder.Sum(chances);
            loss -= logits[classes[text]] - top - Math.Log(sum);
            for (var c = 0; c < logits.Length; c++)
            {
                var difference = (chances[c] / sum - (c == classes[text] ? 1 : 0)) / classes.Count;
                for (var i = 0; i < labels.Width; i++) gradient[text * labels.Width + i] += (float)(difference * labels.Weight[i * labels.Classes + c]);
            }
        }

        return (loss / classes.Count, gradient, predicted);
    }
}
