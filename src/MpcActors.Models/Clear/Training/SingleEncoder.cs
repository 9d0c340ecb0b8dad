using MpcActors.Data;

namespace MpcActors.Models.Clear.Training;

/// <summary>
/// A sentence encoder in single precision that can be trained: a way there that keeps what the way back needs, and the way back, for texts of
/// unequal lengths. The same seed gives the same bits on every run, on any number of cores. Not for shares: it is how models are
/// made and compared in the clear.
/// </summary>
public sealed class SingleEncoder
{
    private readonly UseLiteModel start;
    private readonly TokenRows tokens;
    private readonly TrainableLayer[] layers;
    private readonly TrainableDense head;

    /// <param name="model">Copied; random features need a model with frequencies, that is, a patched one.</param>
    public SingleEncoder(UseLiteModel model, TrainedAttention attention)
    {
        start = model;
        Tensors = [.. model.ToTensors().Select(entry => new TrainableTensor(entry.Key, [.. entry.Value.Values], entry.Value.Shape)).OrderBy(tensor => tensor.Name, StringComparer.Ordinal)];
        if (attention == TrainedAttention.RandomFeatures && model.Layers.Any(layer => layer.Features is null))
            throw new ArgumentException("the model has no frequencies for random feature attention", nameof(model));
        tokens = new TokenRows(model, Tensor("token_embedding"));
        layers = [.. model.Layers.Select((layer, index) => new TrainableLayer(layer, attention, Tensor, $"layer.{index}.", $"rfa.{index}.omega"))];
        head = new TrainableDense(Tensor("head.weight"), Tensor("head.bias"));
    }

    /// <summary>Width of an embedding.</summary>
    public int Width => head.Out;

    /// <summary>By name, in ordinal order; all are frozen until <see cref="TrainableTensor.IsTrained"/> says otherwise.</summary>
    public IReadOnlyList<TrainableTensor> Tensors { get; }

    internal IReadOnlyList<TrainableLayer> Layers => layers;

    public TrainableTensor Tensor(string name) => Tensors.Single(tensor => tensor.Name == name);

    /// <summary>The model as it is now.</summary>
    public UseLiteModel ToModel() => UseLiteModel.FromTensors(
        Tensors.ToDictionary(tensor => tensor.Name, tensor => new FloatTensor([.. tensor.Value], tensor.Shape), StringComparer.Ordinal), start.Layers[0].Heads, "trained model");

    /// <summary>What the first layer takes: a text's rows follow one another.</summary>
    internal float[] Rows(IReadOnlyList<int[]> texts, out int[] lengths) => tokens.Forward(texts, out lengths);

    /// <summary>Token ids to unit embeddings; what exceeds <see cref="UseLiteModel.MaxTokens"/> is cut.</summary>
    public EncoderPass Forward(IReadOnlyList<int[]> texts)
    {
        var x = tokens.Forward(texts, out var lengths);
        var traces = new TrainableLayer.Trace[layers.Length];
        for (var layer = 0; layer < layers.Length; layer++)
        {
            traces[layer] = layers[layer].Forward(x, lengths);
            x = traces[layer].Output!;
        }

        var pooled = Pooling.Forward(x, lengths);
        var squashed = head.Forward(pooled);
        for (var i = 0; i < squashed.Length; i++) squashed[i] = MathF.Tanh(squashed[i]);
        return new EncoderPass(texts, lengths, traces, pooled, squashed, Pooling.Unit(squashed, Width));
    }

    /// <summary>Adds to the gradients of what is trained.</summary>
    /// <param name="embeddings">Gradient of the loss by <see cref="EncoderPass.Embeddings"/>.</param>
    public void Backward(EncoderPass pass, float[] embeddings) => Backward(pass, embeddings, null);

    internal void Backward(EncoderPass pass, float[] embeddings, HiddenGradients? hidden)
    {
        var dSquashed = Pooling.UnitBackward(pass.Squashed, pass.Embeddings, embeddings, Width);
        for (var i = 0; i < dSquashed.Length; i++) dSquashed[i] *= 1 - pass.Squashed[i] * pass.Squashed[i];
        var dPooled = head.Backward(pass.Pooled, dSquashed)!;
        if (hidden?.Pooled is { } direct) SingleRows.AddScaled(dPooled, direct, 1);

        var dx = Pooling.Backward(dPooled, pass.Lengths, pass.Pooled.Length / pass.Lengths.Length);
        for (var layer = layers.Length - 1; layer >= 0; layer--)
        {
            if (hidden?.Outputs[layer] is { } output) SingleRows.AddScaled(dx, output, 1);
            var dMiddle = layers[layer].BackwardFeedForward(pass.Layers[layer], dx);
            if (hidden?.Middles[layer] is { } middle) SingleRows.AddScaled(dMiddle, middle, 1);
            dx = layers[layer].BackwardAttention(pass.Layers[layer], pass.Lengths, dMiddle, hidden?.ByDenominator(layer), layer > 0 || tokens.IsTrained)!;
        }

        if (tokens.IsTrained) tokens.Backward(pass.Texts, pass.Lengths, dx);
    }
}
