using MpcActors.Data;
using MpcActors.Data.Transformers;

namespace MpcActors.Models.Transformers.Training;

/// <summary>A model's weights in the clear under the names of <see cref="TrainableTransformer"/>, as its owner shares them.</summary>
/// <param name="frequencies">Of random features, where the attention has them.</param>
public sealed class TransformerTensors(ITransformerWeights weights, IReadOnlyList<int> labels, RandomFrequencies? frequencies = null)
{
    (int Index, LayerWeights Weights)? _layer;

    /// <summary>The values of a tensor, row by row.</summary>
    /// <exception cref="ArgumentException">The model has none of that name.</exception>
    public double[] Of(string name)
    {
        var path = name.Split('.');
        return path switch
        {
            ["embedding", "words"] => Double(weights.Embeddings.Words),
            ["embedding", "positions"] => Double(weights.Embeddings.Positions),
            ["embedding", "type"] => Double(weights.Embeddings.TokenTypes![..weights.Config.Width]),
            ["embedding", "norm", var part] => Of(weights.Embeddings.Norm!, part),
            ["head", "transform", var part] => Of(weights.Head.Transform!, part),
            ["head", "norm", var part] => Of(weights.Head.Norm!, part),
            ["head", "labels", var part] => Of(Folding.Rows(weights.Head.Decoder, weights.Head.Bias, [.. labels], weights.Config.Width), part),
            [var layer, "frequencies"] when frequencies is not null && layer.StartsWith("layer ", StringComparison.Ordinal) => frequencies.Turns(int.Parse(layer.AsSpan(6), provider: null)),
            [var layer, var map, var part] when layer.StartsWith("layer ", StringComparison.Ordinal) => Of(Layer(int.Parse(layer.AsSpan(6), provider: null)), map, part),
            _ => throw new ArgumentException($"the model has no tensor '{name}'"),
        };
    }

    LayerWeights Layer(int index)
    {
        if (_layer is not { } last || last.Index != index) _layer = last = (index, weights.Layer(index));
        return last.Weights;
    }

    static double[] Of(LayerWeights layer, string map, string part) => map switch
    {
        "query_key_value" when Folding.Join(Folding.Double(layer.Query), Folding.Double(layer.Key), Folding.Double(layer.Value)) is var joined =>
            part == "weight" ? joined.Weight : joined.Bias,
        "attention_output" => Of(layer.AttentionOutput, part),
        "attention_norm" => Of(layer.AttentionNorm, part),
        "feed_forward_in" => Of(layer.FeedForwardIn, part),
        "feed_forward_out" => Of(layer.FeedForwardOut, part),
        "feed_forward_norm" => Of(layer.FeedForwardNorm, part),
        _ => throw new ArgumentException($"a layer has no map '{map}'"),
    };

    static double[] Of(DenseWeights dense, string part) => Double(part == "weight" ? dense.Weight : dense.Bias);

    static double[] Of(NormWeights norm, string part) => Double(part == "scale" ? norm.Scale : norm.Bias);

    static double[] Double(float[] values) => Array.ConvertAll(values, value => (double)value);
}
