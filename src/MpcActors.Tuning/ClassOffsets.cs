namespace MpcActors.Tuning;

/// <summary>
/// One number a class, added to its logit: what the data owner can fit alone from logits it has opened anyway. Much of what a tuned
/// prompt seems to gain is such a bias, so every comparison shows it.
/// </summary>
public static class ClassOffsets
{
    /// <summary>Gradient steps of the fit; with <see cref="Ridge"/> they keep the offsets small on a few texts.</summary>
    public const int Steps = 40;

    /// <summary>Weight of half the squared offsets beside the mean cross-entropy.</summary>
    public const double Ridge = 0.02;

    // The mean cross-entropy's curvature is at most one half, so a step of one cannot overshoot.
    private const double StepSize = 1;

    /// <summary>Offsets [classes] that lower the mean cross-entropy of logits [texts, classes] + offsets.</summary>
    public static double[] Fit(double[,] logits, IReadOnlyList<int> labels)
    {
        Classification.RequireFit(logits, labels);
        var (texts, classes) = (logits.GetLength(0), logits.GetLength(1));
        var offsets = new double[classes];
        var gradient = new double[classes];
        var probabilities = new double[classes];
        for (var step = 0; step < Steps; step++)
        {
            for (var c = 0; c < classes; c++) gradient[c] = Ridge * offsets[c];
            for (var text = 0; text < texts; text++)
            {
                Classification.Probabilities(logits, text, offsets, probabilities);
                for (var c = 0; c < classes; c++) gradient[c] += (probabilities[c] - (c == labels[text] ? 1 : 0)) / texts;
            }

            for (var c = 0; c < classes; c++) offsets[c] -= StepSize * gradient[c];
        }

        return offsets;
    }
}
