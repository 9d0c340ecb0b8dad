namespace MpcActors.Models;

/// <summary>A choice on the command line; what each does is written in the attention classes.</summary>
public enum AttentionKind
{
    /// <summary>o_i = softmax_j(q_i · k_j) v_j; the scale 1/√dh is already in the queries.</summary>
    Softmax,

    /// <summary>
    /// Learned random features, no exponential: queries and keys are phases t in turns, f(t) = [cos 2πt, sin 2πt], and
    /// o_i = (f(q_i)/D · mean_j f(k_j) ⊗ v_j) / max(f(q_i)/D · mean_j f(k_j), <see cref="Data.RandomFeatures.DenominatorFloor"/>), D = KeyWidth.
    /// </summary>
    RandomFeatures,

    /// <summary>o_i = mean_j v_j, the control without queries and keys.</summary>
    Uniform,
}

/// <summary>Bounds between which the variance of a layer normalisation's input is expected, measured and widened by the model owner.</summary>
public readonly record struct VarianceRange(double Low, double High);

/// <summary>
/// One pre-normalised transformer layer, prepared in the clear by the model owner so that nothing is left to do at run time:
/// layer norms are plain (x − mean)/√(var + <paramref name="Epsilon"/>), as scale and bias are folded into the map that follows.
/// </summary>
/// <remarks>
/// y = attention(norm(x)); x' = y·AttentionOutput + (Residual is null ? x : x·Residual); result = x' + relu(norm(x')·FeedForwardIn)·FeedForwardOut.
/// The columns of <paramref name="QueryKeyValue"/> are the queries of all heads, the keys of all heads, the values of all heads:
/// Heads·KeyWidth, Heads·KeyWidth and Heads·ValueWidth wide. Under uniform attention KeyWidth is 0.
/// </remarks>
public sealed record EncoderLayer(
    int Heads,
    int KeyWidth,
    int ValueWidth,
    Affine QueryKeyValue,
    Affine AttentionOutput,
    Affine? Residual,
    Affine FeedForwardIn,
    Affine FeedForwardOut,
    double Epsilon,
    VarianceRange AttentionNorm,
    VarianceRange FeedForwardNorm)
{
    /// <summary>Width of the queries, and of the keys, of all heads together.</summary>
    public int KeysWidth => Heads * KeyWidth;

    /// <summary>Width of the values of all heads together.</summary>
    public int ValuesWidth => Heads * ValueWidth;
}

/// <summary>
/// A prepared sentence encoder: the one definition that the clear and the private forward pass share.
/// After the layers: mean over the rows of a text, tanh(mean·<paramref name="Head"/>), division by the length.
/// </summary>
public sealed record Encoder(
    string Name,
    AttentionKind Attention,
    IReadOnlyList<EncoderLayer> Layers,
    Affine Head,
    int InputWidth,
    int Width);
