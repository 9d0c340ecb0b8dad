namespace MpcActors.Data;

/// <summary>Scale and bias of a layer normalisation, one of each a channel. Its epsilon is <see cref="UseLiteModel.NormEpsilon"/>.</summary>
public sealed record NormWeights(float[] Scale, float[] Bias);
