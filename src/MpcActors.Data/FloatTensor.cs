namespace MpcActors.Data;

/// <summary>A tensor read from a file: values in row-major order and the shape they fill.</summary>
/// <param name="Values">Row-major values; as many as the product of <paramref name="Shape"/>.</param>
/// <param name="Shape">Sizes, slowest first; empty for a scalar.</param>
public sealed record FloatTensor(float[] Values, int[] Shape);
