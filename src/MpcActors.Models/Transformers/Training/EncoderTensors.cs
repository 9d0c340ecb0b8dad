using MpcActors.Data;

namespace MpcActors.Models.Transformers.Training;

/// <summary>The embedded encoder's weights in the clear under the names of <see cref="TrainableEncoder"/>, as its owner shares them.</summary>
public sealed class EncoderTensors(UseLiteModel model, LabelMatrix labels)
{
    /// <summary>The values of a tensor, row by row.</summary>
    /// <exception cref="ArgumentException">The model has none of that name.</exception>
    public double[] Of(string name) => name.Split('.') switch
    {
        ["embedding", "words"] => Array.ConvertAll(model.TokenEmbedding, value => (double)value),
        ["embedding", "positions"] => [.. Enumerable.Range(0, UseLiteModel.MaxTokens).SelectMany(Timing)],
        ["head", var part] => Of(model.Head, part),
        ["labels", "weight"] => labels.Weight,
        [var layer, "frequencies"] when layer.StartsWith("layer ", StringComparison.Ordinal) && model.Layers[int.Parse(layer.AsSpan(6), provider: null)].Features is { } features =>
            Array.ConvertAll(features.Omega, value => value / Math.Tau),
        [var layer, var map, var part] when layer.StartsWith("layer ", StringComparison.Ordinal) && int.Parse(layer.AsSpan(6), provider: null) is var index && index < model.Layers.Count =>
            Of(model.Layers[index], map, part),
        _ => throw new ArgumentException($"the model has no tensor '{name}'"),
    };

    /// <summary>What is added to a word for where it stands: sines, then cosines.</summary>
    IEnumerable<double> Timing(int position) =>
        model.TimingInverse.Select(w => Math.Sin(position * (double)w)).Concat(model.TimingInverse.Select(w => Math.Cos(position * (double)w)));

    static double[] Of(Data.EncoderLayer layer, string map, string part) => map switch
    {
        "attention_norm" => Of(layer.Ln1, part),
        "query_key_value" => Of(layer.Qkv, part),
        "attention_output" => Of(layer.Out, part),
        "residual" => Of(layer.Residual ?? throw new ArgumentException("this layer has no map around its attention"), part),
        "feed_forward_norm" => Of(layer.Ln2, part),
        "feed_forward_in" => Of(layer.FfnIn, part),
        "feed_forward_out" => Of(layer.FfnOut, part),
        _ => throw new ArgumentException($"a layer has no map '{map}'"),
    };

    static double[] Of(DenseWeights dense, string part) => Array.ConvertAll(part == "weight" ? dense.Weight : dense.Bias, value => (double)value);

    static double[] Of(NormWeights norm, string part) => Array.ConvertAll(part == "scale" ? norm.Scale : norm.Bias, value => (double)value);
}
