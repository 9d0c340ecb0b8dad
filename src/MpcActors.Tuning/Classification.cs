namespace MpcActors.Tuning;

/// <summary>Losses and accuracies of logits [texts, classes] plus one offset a class, in the clear at the data owner.</summary>
public static class Classification
{
    /// <summary>Mean over the texts of −ln softmax(logits + offsets)[label].</summary>
    public static double CrossEntropy(double[,] logits, IReadOnlyList<int> labels, double[] offsets)
    {
        RequireFit(logits, labels);
        var probabilities = new double[offsets.Length];
        var sum = 0.0;
        for (var text = 0; text < labels.Count; text++)
            sum += Probabilities(logits, text, offsets, probabilities) - logits[text, labels[text]] - offsets[labels[text]];
        return sum / labels.Count;
    }

    /// <summary>The class of the largest logit + offset for each text; of equal ones the first.</summary>
    public static int[] Predictions(double[,] logits, double[] offsets)
    {
        var predictions = new int[logits.GetLength(0)];
        for (var text = 0; text < predictions.Length; text++)
            for (var c = 1; c < offsets.Length; c++)
                if (logits[text, c] + offsets[c] > logits[text, predictions[text]] + offsets[predictions[text]])
                    predictions[text] = c;
        return predictions;
    }

    /// <summary>Share of the texts whose prediction is their label.</summary>
    public static double Accuracy(double[,] logits, IReadOnlyList<int> labels, double[] offsets)
    {
        RequireFit(logits, labels);
        return Predictions(logits, offsets).Zip(labels).Count(pair => pair.First == pair.Second) / (double)labels.Count;
    }

    /// <summary>Fills softmax(logits[text] + offsets) and returns ln Σ exp of them.</summary>
    internal static double Probabilities(double[,] logits, int text, double[] offsets, double[] probabilities)
    {
        var largest = double.NegativeInfinity;
        for (var c = 0; c < offsets.Length; c++) largest = Math.Max(largest, logits[text, c] + offsets[c]);
        var sum = 0.0;
        for (var c = 0; c < offsets.Length; c++) sum += probabilities[c] = Math.Exp(logits[text, c] + offsets[c] - largest);
        for (var c = 0; c < offsets.Length; c++) probabilities[c] /= sum;
        return largest + Math.Log(sum);
    }

    internal static void RequireFit(double[,] logits, IReadOnlyList<int> labels)
    {
        if (labels.Count == 0 || logits.GetLength(0) != labels.Count)
            throw new ArgumentException($"{logits.GetLength(0)} rows of logits for {labels.Count} labels; there must be one a text, and at least one", nameof(labels));
        for (var text = 0; text < labels.Count; text++)
            if ((uint)labels[text] >= (uint)logits.GetLength(1))
                throw new ArgumentException($"the label of text {text} is {labels[text]}, but there are {logits.GetLength(1)} classes", nameof(labels));
    }
}
