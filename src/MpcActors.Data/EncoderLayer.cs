namespace MpcActors.Data;

/// <summary>
/// One pre-normalised encoder layer: h = attention(ln1(x)) Wo + bo + (x or Residual(x)); y = h + FfnOut(relu(FfnIn(ln2(h)))).
/// </summary>
/// <param name="Heads">Attention heads; each is Qkv.Out / 3 / Heads wide.</param>
/// <param name="Qkv">[in, 3 a]: queries, keys and values side by side, each with its heads side by side.</param>
/// <param name="Out">[a, width].</param>
/// <param name="Residual">[in, width] where the layer widens its input, otherwise null: the input is added as it is.</param>
/// <param name="Features">Present only after a patch: then Qkv and Out belong to random feature attention and must not be used with softmax.</param>
public sealed record EncoderLayer(
    int Heads,
    NormWeights Ln1,
    DenseWeights Qkv,
    DenseWeights Out,
    DenseWeights? Residual,
    NormWeights Ln2,
    DenseWeights FfnIn,
    DenseWeights FfnOut,
    RandomFeatures? Features)
{
    /// <summary>Width of the layer's input.</summary>
    public int In => Qkv.In;

    /// <summary>Width of the layer's output.</summary>
    public int Width => Out.Out;

    /// <summary>Width of one attention head.</summary>
    public int HeadWidth => Qkv.Out / 3 / Heads;
}
