using System.Text.Json;
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
    const int Largest = 1 << 17;

    /// <summary>A tensor of the model.</summary>
    /// <param name="FractionBits">With which it is shared.</param>
    public sealed record Tensor(string Name, Shape Shape, bool IsTrained, int FractionBits)
    {
        /// <summary>A prompt is the data owner's; every other tensor is the model owner's.</summary>
        public bool IsPrompt => Name == "prompt";
    }

    /// <summary>The model, with a tensor made for each that it names.</summary>
    public ITrainableModel Build(int promptRows, Func<string, Shape, bool, Parameter> make) => Transformer is null
        ? new TrainableEncoder(Encoder!, Method, promptRows, Vocabulary, make)
        : new TrainableTransformer(Transformer, Classes, Method, promptRows, make);

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

    /// <summary>Fraction bits of it: one-hot tokens are integers.</summary>
    public int InputBits => Method == TuningMethod.Full ? 0 : FixedPoint.FractionBits;

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <exception cref="ProtocolViolationException">The bytes are no outline, or one that cannot be.</exception>
    public static TrainingOutline FromBytes(ReadOnlySpan<byte> bytes)
    {
        var outline = PublicMessage.Read<TrainingOutline>(bytes, "the model owner's outline");
        if (outline.Transformer is null == outline.Encoder is null || !Enum.IsDefined(outline.Method) || !Enum.IsDefined(outline.Suite))
            throw new ProtocolViolationException("the model owner's outline cannot be: it is neither that of a transformer nor that of an encoder, or says nothing known of how to train it");
        if (outline.Encoder is { } encoder) _ = EncoderOutline.FromBytes(encoder.ToBytes());
        int[] sizes = outline.Transformer is { } model
            ? [model.Layers, model.Width, model.Heads, model.FeedForward, model.Positions, model.TokenTypes + 1, outline.Vocabulary, outline.Classes]
            : [outline.Vocabulary, outline.Classes];
        if (sizes.Any(size => size is <= 0 or > Largest) || outline.Transformer is { } whole && whole.Width % whole.Heads != 0)
            throw new ProtocolViolationException($"the model owner's outline has sizes that cannot be: {string.Join(", ", sizes)}");
        return outline;
    }
}

/// <summary>What the model owner says in a training session: outline and shares of every tensor, and at the end it gets those back that were trained.</summary>
public static class TrainingModelOwner
{
    /// <param name="tensor">The values of a tensor by its name, row by row.</param>
    /// <param name="seed">Splits the tensors; used for nothing else.</param>
    /// <returns>The trained tensors; none where a prompt was trained, which is the data owner's.</returns>
    public static async ValueTask<IReadOnlyDictionary<string, double[]>> Serve(Port port, TrainingOutline outline, Func<string, double[]> tensor, Seed seed)
    {
        port.SendPublic(outline.ToBytes());
        TrainingOutline.Tensor[] own = [.. outline.Tensors(promptRows: 1).Where(one => !one.IsPrompt)];
        for (var i = 0; i < own.Length; i++)
            port.ShareWithParties(FixedPoint.Encode(tensor(own[i].Name), own[i].Shape, own[i].FractionBits), seed.Derive("weights", (ulong)i), Phase.Offline);

        var trained = new Dictionary<string, double[]>();
        foreach (var one in own.Where(one => one.IsTrained))
            trained[one.Name] = FixedPoint.Decode(await port.Reconstruct(one.Shape), one.FractionBits);
        return trained;
    }
}
