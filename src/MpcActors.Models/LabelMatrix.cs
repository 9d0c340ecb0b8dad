namespace MpcActors.Models;

/// <summary>
/// Label sentences' unit embeddings times 20 (the inverse temperature), row-major [<paramref name="Width"/>, <paramref name="Classes"/>]:
/// logits = unit embedding · Weight.
/// </summary>
public sealed record LabelMatrix(double[] Weight, int Width, int Classes)
{
    /// <summary>logits = 20 · cosine, the temperature every published figure of this model uses.</summary>
    public const double InverseTemperature = 20;

    public double[] Weight { get; } = Weight.Length == Width * Classes
        ? Weight
        : throw new ArgumentException($"{Classes} label vectors of width {Width} take {Width * Classes} numbers, not {Weight.Length}", nameof(Weight));

    /// <summary>One label sentence a class. The teacher is the softmax model, whatever attention is then tuned: label texts are public.</summary>
    public static LabelMatrix From(ClearEncoder teacher, TextBatch sentences)
    {
        var (width, classes) = (teacher.Encoder.Width, sentences.Texts);
        var embeddings = teacher.Embeddings(sentences);
        var weight = new double[width * classes];
        for (var label = 0; label < classes; label++)
            for (var i = 0; i < width; i++)
                weight[i * classes + label] = InverseTemperature * embeddings[label * width + i];
        return new LabelMatrix(weight, width, classes);
    }
}
