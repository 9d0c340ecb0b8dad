namespace MpcActors.Data;

/// <summary>
/// The weights of a Universal Sentence Encoder Lite, or of a smaller model of the same architecture. A text of n ≤ MaxTokens ids becomes
/// x[p] = 2 E[id[p]] + [sin(p w), cos(p w)], p from 0, w = TimingInverse; then the layers; then the mean over tokens, tanh(Head), and
/// division by the Euclidean norm. It is a sentence encoder and has no masked-language-model head.
/// </summary>
/// <param name="TokenEmbedding">E, [Vocabulary, Width], row-major.</param>
/// <param name="TimingInverse">w, [Width / 2].</param>
/// <param name="Head">Last layer's width to the embedding's width.</param>
public sealed record UseLiteModel(
    float[] TokenEmbedding,
    float[] TimingInverse,
    IReadOnlyList<EncoderLayer> Layers,
    DenseWeights Head)
{
    /// <summary>Longer texts are cut.</summary>
    public const int MaxTokens = 128;

    /// <summary>Added to the variance in every layer normalisation.</summary>
    public const float NormEpsilon = 1e-6f;

    /// <summary>Factor on the token embedding before the timing signal is added.</summary>
    public const float EmbeddingScale = 2;

    /// <summary>Width of the token embedding.</summary>
    public int Width => 2 * TimingInverse.Length;

    /// <summary>Number of token ids.</summary>
    public int Vocabulary => TokenEmbedding.Length / Width;

    /// <summary>Width of a sentence embedding.</summary>
    public int EmbeddingWidth => Head.Out;
}
