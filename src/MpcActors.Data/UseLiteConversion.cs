using System.Runtime.InteropServices;
using System.Text.Json;

namespace MpcActors.Data;

/// <summary>From the TensorFlow.js graph model of the package to tensors under our names.</summary>
static class UseLiteConversion
{
    const string Graph = "module_apply_default/Encoder_en/KonaTransformer/Encode/";
    const string Variables = "module/Encoder_en/KonaTransformer/Encode/";
    const string Partition = "/ConcatPartitions/concat";

    public static IReadOnlyDictionary<string, FloatTensor> Read(IReadOnlyDictionary<string, byte[]> package)
    {
        var bytes = Enumerable.Range(1, 7).SelectMany(i => package[$"package/dist/group1-shard{i}of7"]).ToArray();
        using var json = JsonDocument.Parse(package["package/dist/model.json"]);
        var names = Names();
        var tensors = new Dictionary<string, FloatTensor>(StringComparer.Ordinal);
        var at = 0;
        // The manifest lists the tensors in byte order; besides the weights there are small constants of the graph, all of 4 bytes a value.
        foreach (var weight in json.RootElement.GetProperty("weightsManifest")[0].GetProperty("weights").EnumerateArray())
        {
            var shape = weight.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()).ToArray();
            var count = shape.Aggregate(1, (n, size) => n * size);
            if (names.TryGetValue(weight.GetProperty("name").GetString()!, out var name))
                tensors.Add(name, new FloatTensor(MemoryMarshal.Cast<byte, float>(bytes.AsSpan(at, 4 * count)).ToArray(), Squeeze(shape)));
            at += 4 * count;
        }

        if (at != bytes.Length)
            throw new InvalidDataException($"The weight shards have {bytes.Length} bytes, but the manifest describes {at}.");
        return tensors;
    }

    /// <summary>A kernel of a 1x1 convolution is a matrix, and the timing frequencies are one row.</summary>
    static int[] Squeeze(int[] shape) => [.. shape.SkipWhile(size => size == 1)];

    static Dictionary<string, string> Names()
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["module/Embeddings_en"] = "token_embedding",
            [Graph + "TransformerStack/Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1"] = "timing_inv",
            [Graph + "Layer_0/TransformerLayer/dense/kernel" + Partition] = "layer.0.residual.weight",
            [Graph + "Layer_0/TransformerLayer/dense/bias" + Partition] = "layer.0.residual.bias",
            ["module/Encoder_en/hidden_layers/tanh_layer_0/weights"] = "head.weight",
            ["module/Encoder_en/hidden_layers/tanh_layer_0/bias"] = "head.bias",
        };
        for (var layer = 0; layer < 2; layer++)
        {
            var block = $"Layer_{layer}/TransformerLayer/";
            var ours = $"layer.{layer}.";
            foreach (var part in new[] { "scale", "bias" })
            {
                names[$"{Graph}{block}layer_prepostprocess/layer_norm/layer_norm_{part}{Partition}"] = $"{ours}ln1.{part}";
                names[$"{Graph}{block}FFN/layer_prepostprocess/layer_norm/layer_norm_{part}{Partition}"] = $"{ours}ln2.{part}";
            }

            foreach (var (theirs, name) in new[] { ("qkv", "qkv"), ("output", "out") })
            {
                names[$"{Variables}{block}MultiheadAttention/{theirs}_transform_single/kernel/part_0"] = $"{ours}attn.{name}.weight";
                names[$"{Graph}{block}MultiheadAttention/{theirs}_transform_single/bias{Partition}"] = $"{ours}attn.{name}.bias";
            }

            foreach (var (theirs, name) in new[] { ("conv1", "in"), ("conv2", "out") })
            {
                names[$"{Graph}TransformerStack/{block}FFN/{theirs}/Tensordot/Reshape_1"] = $"{ours}ffn.{name}.weight";
                names[$"{Graph}{block}FFN/{theirs}/bias{Partition}"] = $"{ours}ffn.{name}.bias";
            }
        }

        return names;
    }
}
