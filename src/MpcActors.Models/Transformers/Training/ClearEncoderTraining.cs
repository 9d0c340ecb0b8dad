using MpcActors.Models.Private;

namespace MpcActors.Models.Transformers.Training;

/// <summary>A training step of the embedded encoder in the clear: the twin of <see cref="TrainableEncoder"/>, as <see cref="ClearTraining"/> is of transformers.</summary>
/// <param name="tensors">By the names of <see cref="EncoderTensors"/>.</param>
/// <param name="adapterRank">Of low-rank additions; 0 where there are none.</param>
public sealed class ClearEncoderTraining(EncoderOutline outline, Func<string, double[]> tensors, int adapterRank = 0)
{
    readonly ClearLayers _layers = new(tensors);

    /// <summary>Gradients of the mean cross-entropy by the tensors' names, the loss, and the gradient by the input.</summary>
    /// <param name="rows">[sum of lengths, input width].</param>
    /// <param name="lengths">Of the texts, a prompt's rows included.</param>
    public (IReadOnlyDictionary<string, double[]> Gradients, double Loss, double[] InputGradient) Gradients(double[] rows, int[] labels, int[] lengths, int promptRows = 0) =>
        _layers.Gradients(rows, labels, outline.Classes, Parts(lengths, promptRows));

    /// <summary>[texts, classes].</summary>
    public double[] Logits(double[] rows, int[] lengths, int promptRows = 0) => ClearLayers.Chain(rows, Parts(lengths, promptRows)).Value;

    Func<double[], ClearTraced>[] Parts(int[] lengths, int promptRows)
    {
        var starts = ClearLayers.StartsOf(lengths);
        return
        [
            .. outline.Layers.Select((layer, i) => (Func<double[], ClearTraced>)(x => Layer($"layer {i}", layer, x, starts))),
            x => ClearLayers.Pool(x, starts, outline.Width, promptRows), x => _layers.Dense("head", x, outline.Width, outline.HeadWidth), ClearLayers.Tanh,
            x => ClearLayers.Unit(x, outline.HeadWidth), x => _layers.Dense("labels", x, outline.HeadWidth, outline.Classes, hasBias: false),
        ];
    }

    ClearTraced Layer(string name, LayerOutline layer, double[] x, int[] starts)
    {
        var values = layer.ValuesWidth;
        return ClearLayers.Chain(x,
            v => ClearLayers.Residual(v, layer.HasResidual ? w => _layers.Dense($"{name}.residual", w, layer.Input, layer.Output) : null,
                w => _layers.Norm($"{name}.attention_norm", w, layer.Input, layer.Epsilon), w => _layers.Projection($"{name}.query_key_value", w, layer.Input, 3 * values, adapterRank),
                w => Attention(name, layer, w, starts), w => _layers.Projection($"{name}.attention_output", w, values, layer.Output, adapterRank)),
            v => ClearLayers.Residual(v, null,
                w => _layers.Norm($"{name}.feed_forward_norm", w, layer.Output, layer.Epsilon), w => _layers.Dense($"{name}.feed_forward_in", w, layer.Output, layer.FeedForward),
                ClearLayers.Relu, w => _layers.Dense($"{name}.feed_forward_out", w, layer.FeedForward, layer.Output)));
    }

    ClearTraced Attention(string name, LayerOutline layer, double[] x, int[] starts) => outline.Attention == AttentionKind.Softmax
        ? ClearLayers.Attention(x, starts, layer.Heads, layer.ValueWidth, isCausal: false)
        : ClearLayers.Chain(x, v => _layers.Frequencies($"{name}.frequencies", v, layer.Heads, layer.ValueWidth, layer.KeyWidth),
            v => ClearRandomFeatures.Attend(v, starts, layer.Heads, layer.KeyWidth, layer.ValueWidth, isCausal: false));
}
