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

    /// <summary>Builds a model from tensors by name: token_embedding, timing_inv, layer.L.{ln1,attn.qkv,attn.out,residual,ln2,ffn.in,ffn.out}, head, rfa.L.omega.</summary>
    /// <param name="heads">Attention heads of every layer.</param>
    /// <param name="source">Names the tensors' origin in messages.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, unknown, of the wrong shape or not finite.</exception>
    public static UseLiteModel FromTensors(IReadOnlyDictionary<string, FloatTensor> tensors, int heads, string source)
    {
        var reader = new TensorReader(tensors, source);
        var embedding = reader.Take("token_embedding", -1, -1);
        var width = embedding.Shape[1];
        if (width % 2 != 0)
            throw reader.Wrong("token_embedding", $"is {width} wide; an even width was expected");
        var timing = reader.Take("timing_inv", width / 2);
        var layers = new List<EncoderLayer>();
        while (layers.Count == 0 || reader.Has($"layer.{layers.Count}.attn.qkv.weight"))
        {
            var layer = EncoderLayer.Read(reader, layers.Count, heads, width);
            layers.Add(layer);
            width = layer.Width;
        }

        var model = new UseLiteModel(embedding.Values, timing.Values, layers, reader.Dense("head", width, -1));
        reader.CheckAllTaken();
        return model;
    }

    /// <summary>The tensors by the names that <see cref="FromTensors"/> reads.</summary>
    public IReadOnlyDictionary<string, FloatTensor> ToTensors()
    {
        var tensors = new Dictionary<string, FloatTensor>(StringComparer.Ordinal)
        {
            ["token_embedding"] = new(TokenEmbedding, [Vocabulary, Width]),
            ["timing_inv"] = new(TimingInverse, [TimingInverse.Length]),
            ["head.weight"] = new(Head.Weight, [Head.In, Head.Out]),
            ["head.bias"] = new(Head.Bias, [Head.Out]),
        };
        for (var i = 0; i < Layers.Count; i++)
            Layers[i].AddTo(tensors, i);
        return tensors;
    }

    /// <summary>
    /// A model in which the patch's tensors stand in for those of the same names; rfa.L.omega [heads, head width, features] are new and turn a
    /// layer's attention into random feature attention.
    /// </summary>
    /// <exception cref="InvalidDataException">A tensor of the patch is unknown, of the wrong shape or not finite.</exception>
    public UseLiteModel ApplyPatch(IReadOnlyDictionary<string, FloatTensor> patch)
    {
        var tensors = new Dictionary<string, FloatTensor>(ToTensors(), StringComparer.Ordinal);
        foreach (var (name, tensor) in patch)
            tensors[name] = tensor;
        return FromTensors(tensors, Layers[0].Heads, "patched model");
    }
}
