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
}
