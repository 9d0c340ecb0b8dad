using MpcActors.Data;
using MpcActors.Models.Private;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers.Training;

/// <summary>The embedded sentence encoder on shares that can be trained: norms before the blocks, ReLU, the mean over a text's rows, tanh, unit length, 20 · cosine with each label's vector.</summary>
/// <remarks>
/// Unlike in <see cref="Encoder"/> nothing is folded, since a step changes it: a norm's scale and bias are parameters of their own, and attention's scale is the layer's.
/// Label vectors are those of the model before it is tuned, as in forward-only tuning (<see cref="LabelMatrix"/>), and stay what they are.
/// </remarks>
public sealed class TrainableEncoder : ITrainableModel
{
    readonly ModelBuilder _builder;
    readonly TrainableAttention _attention;

    /// <param name="outline">Shapes of the prepared model; which attention it has.</param>
    /// <param name="vocabulary">Rows of the table of words, with <see cref="TuningMethod.Full"/>.</param>
    /// <param name="promptRows">With <see cref="TuningMethod.Prompt"/>.</param>
    /// <param name="make">A tensor by its name and shape, and whether it is trained.</param>
    /// <param name="trainsFrequencies">Whether random frequencies are trained where the other weights are.</param>
    /// <param name="trained">All of them if nothing is said.</param>
    /// <exception cref="ArgumentException">The attention has no way back.</exception>
    public TrainableEncoder(
        EncoderOutline outline, TuningMethod method, int promptRows, int vocabulary, Func<string, Shape, bool, Parameter> make, bool trainsFrequencies = false, TrainedTensors? trained = null)
    {
        trained ??= TrainedTensors.All;
        _builder = new(make, trained.AdapterRank);
        var trainsWeights = method != TuningMethod.Prompt;
        _attention = new(outline.Attention, outline.Layers[0].KeyWidth, trainsFrequencies && method != TuningMethod.Prompt);
        var width = outline.InputWidth;
        if (method == TuningMethod.Full)
        {
            _builder.Add("embedding", trainsWeights && trained.TrainsLayer(-1, outline.Layers.Length), () => new WordLayer(
                _builder.Of("embedding.words", new(vocabulary, width)), _builder.Of("embedding.positions", new(UseLiteModel.MaxTokens, width), isTrained: false),
                firstPosition: 0, type: null, (int)UseLiteModel.EmbeddingScale));
        }

        if (method == TuningMethod.Prompt) _builder.Add("embedding", trainsWeights, () => new PromptLayer(_builder.Of("prompt", new(promptRows, width), isTrained: true)));
        for (var i = 0; i < outline.Layers.Length; i++)
        {
            var (name, layer) = ($"layer {i}", outline.Layers[i]);
            _builder.Add(name, trainsWeights && trained.TrainsLayer(i, outline.Layers.Length), () => Layer(name, layer));
        }

        _builder.Add("head", trainsWeights && trained.TrainsHead, () => new Chain(
            new PoolingLayer(method == TuningMethod.Prompt ? promptRows : 0), _builder.Dense("head", outline.Width, outline.HeadWidth), new TanhLayer(), new UnitLayer(),
            new DenseLayer(_builder.Of("labels.weight", new(outline.HeadWidth, outline.Classes), isTrained: false), null)));
    }

    public IReadOnlyList<ModelPart> Parts => _builder.Parts;

    public IReadOnlyList<Parameter> Parameters => _builder.Parameters;

    Chain Layer(string name, LayerOutline layer)
    {
        var values = layer.ValuesWidth;
        var attention = new Chain(
            _builder.Norm($"{name}.attention_norm", layer.Input, layer.Epsilon), _builder.Projection($"{name}.query_key_value", layer.Input, 3 * values, values, values, values),
            _attention.Build(_builder, name, layer), _builder.Projection($"{name}.attention_output", values, layer.Output));
        var around = layer.HasResidual ? _builder.Dense($"{name}.residual", layer.Input, layer.Output) : null;
        var feedForward = new Chain(
            _builder.Norm($"{name}.feed_forward_norm", layer.Output, layer.Epsilon), _builder.Dense($"{name}.feed_forward_in", layer.Output, layer.FeedForward),
            new ReluLayer(), _builder.Dense($"{name}.feed_forward_out", layer.FeedForward, layer.Output));
        return new(new Residual(attention, around), new Residual(feedForward));
    }
}
