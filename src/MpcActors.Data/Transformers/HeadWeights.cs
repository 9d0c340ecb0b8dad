namespace MpcActors.Data.Transformers;

/// <summary>From a hidden state to logits: decoder · norm(gelu(transform x)) + bias.</summary>
/// <param name="Transform">With a GELU behind it; null for GPT-2.</param>
/// <param name="Norm">RoBERTa, BERT: after the transform. GPT-2: ln_f.</param>
/// <param name="Decoder">[vocabulary, width], row-major; the words' own table where the model ties them.</param>
/// <param name="Bias">[vocabulary]; null for GPT-2.</param>
public sealed record HeadWeights(DenseWeights? Transform, NormWeights? Norm, float[] Decoder, float[]? Bias);
