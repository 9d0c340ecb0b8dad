using MpcActors.Data;

namespace MpcActors.Models;

/// <summary>What the model owner does once, in the clear, before it shares its weights.</summary>
/// <remarks>
/// <para>1. Scale g and bias β of a layer norm go into the map that follows: W' = diag(g) W, b' = b + β W.</para>
/// <para>2. Softmax: 1/√dh goes into the queries. Random features: Ω/2π goes into queries and keys, which become phases in turns.
/// Uniform: queries and keys are dropped.</para>
/// <para>3. The variances that the layer norms meet are measured on public sentences.</para>
/// </remarks>
public static class EncoderPreparation
{
    /// <summary>How far beyond the measured variances the stated ranges reach, in both directions.</summary>
    public const double RangeMargin = 4;

    /// <summary>Prepares a model, measuring variances on <see cref="CalibrationSentences"/>.</summary>
    public static Encoder From(TextEncoder model, AttentionKind attention) =>
        From(model.Model, attention, CalibrationSentences.Batch(model));

    /// <exception cref="ArgumentException">Random features are asked of a model without the patch, or another attention of one with it.</exception>
    public static Encoder From(UseLiteModel model, AttentionKind attention, TextBatch calibration)
    {
        var encoder = new Encoder(
            $"use-lite {model.Layers.Count}x{model.EmbeddingWidth}",
            attention,
            [.. model.Layers.Select((layer, index) => Prepare(layer, index, attention))],
            Folding.Double(model.Head),
            model.Width,
            model.EmbeddingWidth);
        return WithRanges(encoder, calibration);
    }

    private static EncoderLayer Prepare(Data.EncoderLayer layer, int index, AttentionKind attention)
    {
        if (attention == AttentionKind.RandomFeatures && layer.Features is null)
            throw new ArgumentException($"layer {index} has no random features: apply the random-feature patch to the model first");
        if (attention != AttentionKind.RandomFeatures && layer.Features is not null)
            throw new ArgumentException($"layer {index} was distilled for random features and gives nonsense under {attention} attention: use the model without the patch");

        var attentionWidth = layer.Qkv.Out / 3;
        var all = Folding.Fold(layer.Ln1, layer.Qkv);
        var queries = Columns(all, 0, attentionWidth);
        var keys = Columns(all, attentionWidth, attentionWidth);
        var values = Columns(all, 2 * attentionWidth, attentionWidth);
        var (keyWidth, queryKeyValue) = attention switch
        {
            AttentionKind.Softmax => (layer.HeadWidth, Folding.Join(Folding.Scale(queries, 1 / Math.Sqrt(layer.HeadWidth)), keys, values)),
            AttentionKind.RandomFeatures => (layer.Features!.Features, Folding.Join(Phases(queries, layer.Features), Phases(keys, layer.Features), values)),
            AttentionKind.Uniform => (0, values),
            _ => throw new ArgumentException($"{attention} is no known attention", nameof(attention)),
        };
        return new EncoderLayer(
            layer.Heads, keyWidth, layer.HeadWidth, queryKeyValue, Folding.Double(layer.Out), layer.Residual is { } residual ? Folding.Double(residual) : null,
            Folding.Fold(layer.Ln2, layer.FfnIn), Folding.Double(layer.FfnOut), UseLiteModel.NormEpsilon, default, default);
    }

    private static Encoder WithRanges(Encoder encoder, TextBatch calibration)
    {
        var trace = new ClearEncoder(encoder).Trace(calibration);
        return encoder with
        {
            Layers =
            [
                .. encoder.Layers.Select((layer, index) => layer with
                {
                    AttentionNorm = Widened(trace.Layers[index].AttentionVariances),
                    FeedForwardNorm = Widened(trace.Layers[index].FeedForwardVariances),
                }),
            ],
        };
    }

    private static VarianceRange Widened(double[] variances) => new(variances.Min() / RangeMargin, variances.Max() * RangeMargin);

    private static Affine Columns(Affine map, int first, int count) => new(
        [.. Enumerable.Range(0, map.In).SelectMany(row => map.Weight.AsSpan(row * map.Out + first, count).ToArray())],
        map.Bias.AsSpan(first, count).ToArray(), map.In, count);

    /// <summary>x → [x_h · Ω_h / 2π] for every head h: radians become turns.</summary>
    private static Affine Phases(Affine map, RandomFeatures features)
    {
        var (heads, width, count) = (features.Heads, features.HeadWidth, features.Features);
        var weight = new double[map.In * heads * count];
        var bias = new double[heads * count];
        for (var row = 0; row < map.In; row++) Project(map.Weight.AsSpan(row * map.Out, map.Out), weight.AsSpan(row * heads * count, heads * count));
        Project(map.Bias, bias);
        return new Affine(weight, bias, map.In, heads * count);

        void Project(ReadOnlySpan<double> source, Span<double> phases)
        {
            for (var head = 0; head < heads; head++)
                for (var d = 0; d < width; d++)
                    for (var f = 0; f < count; f++)
                        phases[head * count + f] += source[head * width + d] * features.Omega[(head * width + d) * count + f] / Math.Tau;
        }
    }
}
