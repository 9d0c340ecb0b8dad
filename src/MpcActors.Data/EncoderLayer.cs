namespace MpcActors.Data;

/// <summary>
/// One pre-normalised encoder layer: h = attention(ln1(x)) Wo + bo + (x or Residual(x)); y = h + FfnOut(relu(FfnIn(ln2(h)))).
/// </summary>
/// <param name="Heads">Attention heads; each is Qkv.Out / 3 / Heads wide.</param>
/// <param name="Qkv">[in, 3 a]: queries, keys and values side by side, each with its heads side by side.</param>
/// <param name="Out">[a, width].</param>
/// <param name="Residual">[in, width] where the layer widens its input, otherwise null: the input is added as it is.</param>
/// <param name="Features">Present only after <see cref="UseLiteModel.ApplyPatch"/>: then Qkv and Out belong to random feature attention and must not be used with softmax.</param>
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

    internal static EncoderLayer Read(TensorReader reader, int index, int heads, int width)
    {
        var name = $"layer.{index}.";
        var norm = reader.Norm(name + "ln1", width);
        var qkv = reader.Dense(name + "attn.qkv", width, -1);
        if (qkv.Out % (3 * heads) != 0)
            throw reader.Wrong(name + "attn.qkv.weight", $"has {qkv.Out} columns; a multiple of 3 x {heads} heads was expected");
        var to = reader.Dense(name + "attn.out", qkv.Out / 3, -1);
        var residual = reader.Has(name + "residual.weight") ? reader.Dense(name + "residual", width, to.Out) : null;
        if (residual is null && to.Out != width)
            throw reader.Wrong(name + "attn.out.weight", $"widens {width} to {to.Out}, but there is no {name}residual.weight to do the same to the input");
        var ffnIn = reader.Dense(name + "ffn.in", to.Out, -1);
        RandomFeatures? features = null;
        if (reader.Has($"rfa.{index}.omega"))
        {
            var omega = reader.Take($"rfa.{index}.omega", heads, qkv.Out / 3 / heads, -1);
            features = new RandomFeatures(omega.Values, heads, omega.Shape[1], omega.Shape[2]);
        }

        return new EncoderLayer(heads, norm, qkv, to, residual, reader.Norm(name + "ln2", to.Out), ffnIn, reader.Dense(name + "ffn.out", ffnIn.Out, to.Out), features);
    }

    internal void AddTo(Dictionary<string, FloatTensor> tensors, int index)
    {
        var name = $"layer.{index}.";
        AddNorm("ln1", Ln1);
        AddDense("attn.qkv", Qkv);
        AddDense("attn.out", Out);
        if (Residual is not null)
            AddDense("residual", Residual);
        AddNorm("ln2", Ln2);
        AddDense("ffn.in", FfnIn);
        AddDense("ffn.out", FfnOut);
        if (Features is not null)
            tensors[$"rfa.{index}.omega"] = new FloatTensor(Features.Omega, [Features.Heads, Features.HeadWidth, Features.Features]);

        void AddNorm(string part, NormWeights norm)
        {
            tensors[name + part + ".scale"] = new FloatTensor(norm.Scale, [norm.Scale.Length]);
            tensors[name + part + ".bias"] = new FloatTensor(norm.Bias, [norm.Bias.Length]);
        }

        void AddDense(string part, DenseWeights dense)
        {
            tensors[name + part + ".weight"] = new FloatTensor(dense.Weight, [dense.In, dense.Out]);
            tensors[name + part + ".bias"] = new FloatTensor(dense.Bias, [dense.Out]);
        }
    }
}
