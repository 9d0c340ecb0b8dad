namespace MpcActors.Models;

/// <summary>y = x W + b for row vectors x: <paramref name="Weight"/> is row-major [In, Out].</summary>
public sealed record Affine(double[] Weight, double[] Bias, int In, int Out)
{
    public double[] Weight { get; } = Weight.Length == In * Out
        ? Weight
        : throw new ArgumentException($"an affine map from {In} to {Out} takes {In * Out} weights, not {Weight.Length}", nameof(Weight));

    public double[] Bias { get; } = Bias.Length == Out
        ? Bias
        : throw new ArgumentException($"an affine map from {In} to {Out} takes {Out} biases, not {Bias.Length}", nameof(Bias));
}
