namespace MpcActors.Data;

/// <summary>
/// A synthetic model of the architecture of Universal Sentence Encoder Lite, for tests and for runs without a network: two layers, 16 wide
/// and then 32, two heads, feed-forward 64. Its weights are random, but for a direction of the embedding in which the words of praise
/// and of blame of <see cref="TinyTask"/> lie apart. It has learned nothing and says nothing about real text.
/// </summary>
public static class TinyModel
{
    const int In = 16, Width = 32, Inner = 64, Heads = 2, RandomFeatureCount = 8;

    /// <summary>Words to ids.</summary>
    public static ITokenizer Tokenizer { get; } = new TinyTokenizer();

    /// <summary>The model of a seed, with softmax attention.</summary>
    public static UseLiteModel Create(ulong seed)
    {
        var weights = new TinyWeights(seed);
        var tensors = new Dictionary<string, FloatTensor>(StringComparer.Ordinal)
        {
            ["token_embedding"] = weights.Embedding(In),
            ["timing_inv"] = TinyWeights.Timing(In / 2),
        };
        weights.AddLayer(tensors, 0, In, Width, Inner);
        weights.AddLayer(tensors, 1, Width, Width, Inner);
        weights.AddRotation(tensors, "head", Width, Width);
        return UseLiteModel.FromTensors(tensors, Heads, "tiny model");
    }

    /// <summary>
    /// For <see cref="UseLiteModel.ApplyPatch"/> on the model of the same seed: eight random frequencies a head, so a rough random feature
    /// attention whose queries and keys are shrunk until its denominator is far from the floor.
    /// </summary>
    public static IReadOnlyDictionary<string, FloatTensor> CreateRandomFeaturePatch(ulong seed)
    {
        var weights = new TinyWeights(~seed);
        var patch = new Dictionary<string, FloatTensor>(StringComparer.Ordinal);
        var layers = Create(seed).Layers;
        for (var i = 0; i < layers.Count; i++)
        {
            var (qkv, width) = (layers[i].Qkv, layers[i].HeadWidth);
            float Shrink(float value, int column) => column < 2 * qkv.Out / 3 ? value / 4 : value;
            patch[$"layer.{i}.attn.qkv.weight"] = new([.. qkv.Weight.Select((value, at) => Shrink(value, at % qkv.Out))], [qkv.In, qkv.Out]);
            patch[$"layer.{i}.attn.qkv.bias"] = new([.. qkv.Bias.Select(Shrink)], [qkv.Out]);
            patch[$"rfa.{i}.omega"] = weights.Normal(1, Heads, width, RandomFeatureCount);
        }

        return patch;
    }
}
