using MpcActors.Data.Transformers;

namespace MpcActors.Models.Transformers.Training;

/// <summary>A training step in the clear, in double precision and with the functions themselves: the twin that a step on shares is compared with.</summary>
/// <remarks>The same layers and names as <see cref="TrainableTransformer"/> with <see cref="TuningMethod.Layers"/>; plain loops, for models of test size.</remarks>
/// <param name="features">Frequencies a head where the attention has random features; 0 is softmax.</param>
public sealed class ClearTraining(TransformerConfig config, int classes, Func<string, double[]> tensors, int features = 0)
{
    readonly ClearLayers _layers = new(tensors);

    /// <summary>Gradients of the mean cross-entropy by the tensors' names, the loss, and the gradient by the input.</summary>
    /// <param name="rows">[sum of lengths, width].</param>
    public (IReadOnlyDictionary<string, double[]> Gradients, double Loss, double[] InputGradient) Gradients(double[] rows, int[] labels, int[] lengths, int[] answers) =>
        _layers.Gradients(rows, labels, classes, Parts(lengths, answers));

    /// <summary>[texts, classes].</summary>
    public double[] Logits(double[] rows, int[] lengths, int[] answers) => ClearLayers.Chain(rows, Parts(lengths, answers)).Value;

    Func<double[], ClearTraced>[] Parts(int[] lengths, int[] answers)
    {
        var starts = ClearLayers.StartsOf(lengths);
        var parts = new List<Func<double[], ClearTraced>>();
        for (var i = 0; i < config.Layers; i++)
        {
            var name = $"layer {i}";
            parts.Add(x => Layer(name, x, starts));
        }

        parts.Add(x => ClearLayers.Rows(x, config.Width, [.. answers.Select((answer, text) => starts[text] + answer)]));
        if (!config.IsCausal) parts.AddRange([x => _layers.Dense("head.transform", x, config.Width, config.Width), ClearLayers.Gelu]);
        parts.AddRange([x => _layers.Norm("head.norm", x, config.Width, config.Epsilon), x => _layers.Dense("head.labels", x, config.Width, classes, hasBias: !config.IsCausal)]);
        return [.. parts];
    }

    ClearTraced Layer(string name, double[] x, int[] starts)
    {
        var (width, inner) = (config.Width, config.FeedForward);
        Func<double[], ClearTraced>[] attend =
        [
            v => _layers.Dense($"{name}.query_key_value", v, width, 3 * width), v => Attention(name, v, starts),
            v => _layers.Dense($"{name}.attention_output", v, width, width),
        ];
        Func<double[], ClearTraced>[] feed =
        [
            v => _layers.Dense($"{name}.feed_forward_in", v, width, inner), ClearLayers.Gelu, v => _layers.Dense($"{name}.feed_forward_out", v, inner, width),
        ];
        return config.IsCausal
            ? ClearLayers.Chain(x, v => ClearLayers.Residual(v, null, [First, .. attend]), v => ClearLayers.Residual(v, null, [Second, .. feed]))
            : ClearLayers.Chain(x, v => ClearLayers.Residual(v, null, attend), First, v => ClearLayers.Residual(v, null, feed), Second);

        ClearTraced First(double[] v) => _layers.Norm($"{name}.attention_norm", v, width, config.Epsilon);

        ClearTraced Second(double[] v) => _layers.Norm($"{name}.feed_forward_norm", v, width, config.Epsilon);
    }

    ClearTraced Attention(string name, double[] x, int[] starts) => features == 0
        ? ClearLayers.Attention(x, starts, config.Heads, config.HeadWidth, config.IsCausal)
        : ClearLayers.Chain(x, v => _layers.Frequencies($"{name}.frequencies", v, config.Heads, config.HeadWidth, features),
            v => ClearRandomFeatures.Attend(v, starts, config.Heads, features, config.HeadWidth, config.IsCausal));
}
