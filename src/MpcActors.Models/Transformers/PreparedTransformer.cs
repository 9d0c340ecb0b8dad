using MpcActors.Data;
using MpcActors.Data.Transformers;

namespace MpcActors.Models.Transformers;

/// <summary>A layer's maps as the model owner shares them: norms folded into what follows, attention's scale in the queries.</summary>
/// <param name="InputScale">Scale of the norm before, for the sum around the attention; its bias is in that of <paramref name="AttentionOutput"/>.</param>
/// <param name="MiddleScale">The same around the feed-forward maps; null in a model that normalises first.</param>
public sealed record PreparedLayer(
    Affine QueryKeyValue, Affine AttentionOutput, Affine FeedForwardIn, Affine FeedForwardOut, double[]? InputScale, double[]? MiddleScale)
{
    /// <summary>All tensors in the order of <see cref="TransformerOutline.LayerShapes"/>.</summary>
    public IEnumerable<double[]> Tensors()
    {
        foreach (var map in Maps()) yield return map.Weight;
        if (InputScale is not null) yield return InputScale;
        if (MiddleScale is not null) yield return MiddleScale;
        foreach (var map in Maps()) yield return map.Bias;
    }

    Affine[] Maps() => [QueryKeyValue, AttentionOutput, FeedForwardIn, FeedForwardOut];
}

/// <summary>The maps after the last layer: to the label words' logits, through a dense map, GELU and norm in a masked language model.</summary>
public sealed record PreparedHead(Affine? Transform, Affine Labels)
{
    /// <summary>All tensors in the order of <see cref="TransformerOutline.HeadShapes"/>.</summary>
    public IEnumerable<double[]> Tensors() => Transform is null
        ? [Labels.Weight, Labels.Bias]
        : [Transform.Weight, Labels.Weight, Transform.Bias, Labels.Bias];
}

/// <summary>What the model owner does in the clear before it shares its weights, a layer at a time, so that no model has to fit in memory.</summary>
/// <remarks>
/// <para>1. Scale γ and bias β of a norm go into the map that follows: W' = diag(γ)W, b' = b + βW. Around a block that keeps its normalised input n, γ stays a scale and β goes into the block's last bias.</para>
/// <para>2. Softmax: 1/√d goes into the queries. Random features: the frequencies go into queries and keys, which become phases in turns
/// (<see cref="RandomFrequencies"/>).</para>
/// </remarks>
public sealed class PreparedTransformer
{
    readonly ITransformerWeights _weights;
    readonly RandomFrequencies? _frequencies;
    readonly int[] _labels;
    readonly NormWeights?[] _norms;

    /// <param name="features">Random frequencies a head, where the attention has them.</param>
    /// <param name="labels">Token ids of the label words.</param>
    /// <param name="seed">Of the public random frequencies.</param>
    public PreparedTransformer(ITransformerWeights weights, AttentionKind attention, int features, IReadOnlyList<int> labels, FeatureForm form, ulong seed)
    {
        (_weights, _labels) = (weights, [.. labels]);
        _norms = new NormWeights?[weights.Config.Layers];
        Outline = TransformerOutline.Of(weights.Config, attention, features, labels.Count);
        if (attention == AttentionKind.RandomFeatures) _frequencies = new RandomFrequencies(Outline.Heads, Outline.HeadWidth, features, form, seed);
    }

    public TransformerOutline Outline { get; }

    public ITransformerWeights Weights => _weights;

    public PreparedLayer Layer(int index)
    {
        var layer = _weights.Layer(index);
        _norms[index] = layer.FeedForwardNorm;
        var before = index == 0 ? null : NormAfter(index - 1);
        var norm = Outline.NormFirst ? layer.AttentionNorm : before;
        var (queries, keys, values) = (Folding.Fold(norm, layer.Query), Folding.Fold(norm, layer.Key), Folding.Fold(norm, layer.Value));
        var queryKeyValue = Outline.Attention switch
        {
            AttentionKind.Softmax => Folding.Join(Folding.Scale(queries, 1 / Math.Sqrt(Outline.HeadWidth)), keys, values),
            AttentionKind.RandomFeatures => Folding.Join(_frequencies!.Phases(queries, index), _frequencies.Phases(keys, index), values),
            AttentionKind.Uniform => values,
            var other => throw new ArgumentException($"{other} is no known attention"),
        };
        if (Outline.NormFirst)
        {
            return new(queryKeyValue, Folding.Double(layer.AttentionOutput), Folding.Fold(layer.FeedForwardNorm, layer.FeedForwardIn),
                Folding.Double(layer.FeedForwardOut), null, null);
        }

        return new(
            queryKeyValue,
            Folding.AddToBias(Folding.Double(layer.AttentionOutput), before?.Bias),
            Folding.Fold(layer.AttentionNorm, layer.FeedForwardIn),
            Folding.AddToBias(Folding.Double(layer.FeedForwardOut), layer.AttentionNorm.Bias),
            before is null ? null : Array.ConvertAll(before.Scale, scale => (double)scale),
            Array.ConvertAll(layer.AttentionNorm.Scale, scale => (double)scale));
    }

    public PreparedHead Head()
    {
        var head = _weights.Head;
        var decoder = Folding.Rows(head.Decoder, head.Bias, _labels, Outline.Width);
        return head.Transform is { } transform
            ? new(Folding.Fold(NormAfter(Outline.Layers - 1), transform), Folding.Fold(head.Norm, decoder))
            : new(null, Folding.Fold(head.Norm, decoder));
    }

    /// <summary>The norm at the end of a layer; kept, since a layer is read whole.</summary>
    NormWeights NormAfter(int index) => _norms[index] ??= _weights.Layer(index).FeedForwardNorm;
}
