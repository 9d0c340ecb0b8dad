using MpcActors.Models.Private;

namespace MpcActors.Models.Transformers.Training;

/// <summary>Which attention a trainable model has.</summary>
/// <param name="Features">Frequencies a head, with random features.</param>
/// <param name="TrainsFrequencies">Whether the frequencies are trained with the weights, or stay what they are.</param>
public sealed record TrainableAttention(AttentionKind Kind, int Features = 0, bool TrainsFrequencies = false)
{
    public static TrainableAttention Softmax { get; } = new(AttentionKind.Softmax);

    /// <summary>From queries, keys and values side by side to attended values.</summary>
    /// <param name="layer">Its key width is that of softmax's keys, or the number of frequencies.</param>
    internal ILayer Build(ModelBuilder builder, string name, LayerOutline layer) => Kind switch
    {
        AttentionKind.Softmax => new AttentionLayer(layer),
        AttentionKind.RandomFeatures => new Chain(
            new FrequencyLayer(layer, builder.Of($"{name}.frequencies", new(layer.ValuesWidth, layer.KeyWidth), TrainsFrequencies)), new RandomFeatureLayer(layer)),
        _ => throw new ArgumentException($"a step on shares goes back through softmax and random feature attention, not through {Kind}"),
    };
}
