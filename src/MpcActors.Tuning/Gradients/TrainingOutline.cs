using System.Text.Json;
using MpcActors.Data;
using MpcActors.Data.Transformers;
using MpcActors.Models;
using MpcActors.Models.Private;
using MpcActors.Models.Transformers.Training;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Tuning.Gradients;

/// <summary>The public part of a model that is trained, as its owner announces it, and what may be done with it.</summary>
/// <param name="Transformer">The sizes of a transformer, or null.</param>
/// <param name="Encoder">Those of the embedded sentence encoder, or null.</param>
/// <param name="Vocabulary">Rows of the table of words.</param>
/// <param name="Classes">Label words, or label sentences.</param>
public sealed record TrainingOutline(TransformerConfig? Transformer, EncoderOutline? Encoder, int Vocabulary, int Classes, TuningMethod Method, StepSuite Suite)
{
    public static TrainingOutline Of(TransformerConfig config, int classes, GradientSettings settings) => new(config, null, config.Vocabulary, classes, settings.Method, settings.Suite);

    public static TrainingOutline Of(EncoderOutline encoder, int vocabulary, GradientSettings settings) => new(null, encoder, vocabulary, encoder.Classes, settings.Method, settings.Suite);

    /// <summary>Larger shapes than any model here; a peer's word is not trusted with memory.</summary>
    const int Largest = 1 << 17, MostLayers = 1023;

    /// <summary>A tensor of the model.</summary>
    /// <param name="FractionBits">With which it is shared.</param>
    public sealed record Tensor(string Name, Shape Shape, bool IsTrained, int FractionBits)
    {
        /// <summary>A prompt is the data owner's; every other tensor is the model owner's.</summary>
        public bool IsPrompt => Name == "prompt";
    }

    /// <summary>The model, with a tensor made for each that it names. A session trains a prompt alone or none.</summary>
    public ITrainableModel Build(int promptRows, Func<string, Shape, bool, Parameter> make) => Transformer is null
        ? new TrainableEncoder(Encoder!, Method, promptRows, Vocabulary, make)
        : new TrainableTransformer(Transformer, Classes, Method, Method == TuningMethod.Prompt ? promptRows : 0, make);

    /// <summary>All tensors in the order in which they are shared.</summary>
    public IReadOnlyList<Tensor> Tensors(int promptRows)
    {
        var (tensors, bits) = (new List<Tensor>(), GradientSettings.Of(Suite).ParameterBits);
        Build(promptRows, (name, shape, isTrained) =>
        {
            var tensor = new Tensor(name, shape, isTrained, isTrained ? bits : FixedPoint.FractionBits);
            tensors.Add(tensor);
            return new(name, new(RingTensor.Hollow(shape), tensor.FractionBits), isTrained);
        });
        return tensors;
    }

    /// <summary>Width of what the data owner shares of a token.</summary>
    public Shape InputShape(int rows) => new(rows, Method == TuningMethod.Full ? Vocabulary : Width);

    /// <summary>Of an input row, and of a prompt's.</summary>
    public int Width => Transformer?.Width ?? Encoder?.InputWidth ?? 0;

    /// <summary>Tokens that a text may have.</summary>
    public int MostTokens => Transformer?.MaxTokens ?? UseLiteModel.MaxTokens;

    /// <summary>Fraction bits of it: one-hot tokens are integers.</summary>
    public int InputBits => Method == TuningMethod.Full ? 0 : FixedPoint.FractionBits;

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <exception cref="ProtocolViolationException">The bytes are no outline, or one that cannot be.</exception>
    public static TrainingOutline FromBytes(ReadOnlySpan<byte> bytes)
    {
        var outline = PublicMessage.Read<TrainingOutline>(bytes, "the model owner's outline");
        if (outline.Transformer is null == outline.Encoder is null || !Enum.IsDefined(outline.Method) || !Enum.IsDefined(outline.Suite))
            throw new ProtocolViolationException("the model owner's outline cannot be: it is neither that of a transformer nor that of an encoder, or says nothing known of how to train it");
        if (outline.Vocabulary is <= 0 or > Largest || outline.Classes is <= 0 or > Largest)
            throw new ProtocolViolationException($"the model owner's outline has sizes that cannot be: {outline.Vocabulary} words, {outline.Classes} classes");
        var problem = outline.Transformer is { } model ? ProblemOf(model, outline.Vocabulary) : ProblemOf(outline.Encoder!, outline.Classes);
        if (problem is not null) throw new ProtocolViolationException($"the model owner's outline cannot be: {problem}");
        return outline;
    }

    static string? ProblemOf(TransformerConfig model, int vocabulary)
    {
        int[] sizes = [model.Layers, model.Width, model.Heads, model.FeedForward, model.Positions, model.TokenTypes + 1, model.Vocabulary];
        return sizes.Any(size => size is <= 0 or > Largest) || model.Layers > MostLayers || model.Width % model.Heads != 0 || model.MaxTokens < 1 ? $"it has sizes {string.Join(", ", sizes)}"
            : model.Vocabulary != vocabulary ? $"it has {model.Vocabulary} words at one place and {vocabulary} at another"
            : !Enum.IsDefined(model.Architecture) || !Enum.IsDefined(model.Gelu) ? $"it is of architecture {model.Architecture} with the form {model.Gelu} of GELU"
            : IsEpsilon(model.Epsilon) ? null : $"its norms have an epsilon of {model.Epsilon}";
    }

    static string? ProblemOf(EncoderOutline encoder, int classes)
    {
        _ = EncoderOutline.FromBytes(encoder.ToBytes());
        var layers = encoder.Layers;
        return encoder.Classes != classes ? $"it has {encoder.Classes} classes at one place and {classes} at another"
            : encoder.Attention is not (AttentionKind.Softmax or AttentionKind.RandomFeatures) ? $"a step goes back through softmax and random feature attention, not through {encoder.Attention}"
            : layers.Skip(1).Zip(layers).Any(pair => pair.First.Input != pair.Second.Output) ? "a layer does not begin where the one before it ends"
            : Array.Exists(layers, layer => !layer.HasResidual && layer.Input != layer.Output) ? "a layer has no residual map, and ends with another width than it begins with"
            : encoder.Attention == AttentionKind.Softmax && Array.Exists(layers, layer => layer.KeyWidth != layer.ValueWidth) ? "softmax has keys of another width than values"
            : Array.Exists(layers, layer => !IsEpsilon(layer.Epsilon)) ? $"its norms have epsilons of {string.Join(", ", layers.Select(layer => layer.Epsilon))}"
            : null;
    }

    static bool IsEpsilon(double value) => value is > 0 and < 1;
}
