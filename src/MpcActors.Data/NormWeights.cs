namespace MpcActors.Data;

/// <summary>Scale and bias of a layer normalisation, one of each a channel. Its epsilon is the model's: <see cref="UseLiteModel.NormEpsilon"/>, <see cref="Transformers.TransformerConfig.Epsilon"/>.</summary>
public sealed record NormWeights(float[] Scale, float[] Bias);
