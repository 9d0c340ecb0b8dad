namespace MpcActors.Data;

/// <summary>An affine map y = x W + b.</summary>
/// <param name="Weight">[<paramref name="In"/>, <paramref name="Out"/>], row-major.</param>
/// <param name="Bias">[<paramref name="Out"/>].</param>
public sealed record DenseWeights(float[] Weight, float[] Bias, int In, int Out);
