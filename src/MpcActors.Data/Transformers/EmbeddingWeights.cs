namespace MpcActors.Data.Transformers;

/// <summary>What a token's hidden state starts from: the sum of a row of each table, normalised where there is a norm.</summary>
/// <param name="Words">[vocabulary, width], row-major.</param>
/// <param name="Positions">[positions, width].</param>
/// <param name="TokenTypes">[token types, width]; null for GPT-2. Every token has type 0.</param>
/// <param name="Norm">Null for GPT-2.</param>
public sealed record EmbeddingWeights(float[] Words, float[] Positions, float[]? TokenTypes, NormWeights? Norm);
