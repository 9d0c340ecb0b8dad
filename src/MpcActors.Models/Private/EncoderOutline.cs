using System.Text.Json;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Models.Private;

/// <summary>What everybody may know of a layer: its shapes, not its weights.</summary>
public sealed record LayerOutline(int Input, int Output, int Heads, int KeyWidth, int ValueWidth, int FeedForward, bool HasResidual, double Epsilon)
{
    /// <summary>Whether a token attends to those before it and itself alone.</summary>
    public bool IsCausal { get; init; }

    public int KeysWidth => Heads * KeyWidth;

    public int ValuesWidth => Heads * ValueWidth;

    public int QueryKeyValueWidth => 2 * KeysWidth + ValuesWidth;
}

/// <summary>The public part of an encoder: what the parties and the dealer are told before the first share.</summary>
public sealed record EncoderOutline(string Name, AttentionKind Attention, LayerOutline[] Layers, int HeadWidth, int Classes)
{
    /// <summary>Larger shapes than any model here; a peer's word is not trusted with memory.</summary>
    const int Largest = 1 << 17;

    public int InputWidth => Layers[0].Input;

    public int Width => Layers[^1].Output;

    public static EncoderOutline Of(Encoder encoder, int classes) => new(
        encoder.Name,
        encoder.Attention,
        [.. encoder.Layers.Select(layer => new LayerOutline(
            layer.QueryKeyValue.In, layer.AttentionOutput.Out, layer.Heads, layer.KeyWidth, layer.ValueWidth, layer.FeedForwardIn.Out,
            layer.Residual is not null, layer.Epsilon))],
        encoder.Head.Out,
        classes);

    /// <summary>Length of a prompt's A·z.</summary>
    public int ParameterCount(PromptForm form) => form switch
    {
        PromptForm.KeyValuePrefix => form.Rows * Layers.Sum(layer => layer.KeysWidth + layer.ValuesWidth),
        PromptForm.Shift => Width,
        _ => form.Rows * InputWidth,
    };

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <exception cref="ProtocolViolationException">The bytes are no outline, or one that cannot be.</exception>
    public static EncoderOutline FromBytes(ReadOnlySpan<byte> bytes)
    {
        var outline = PublicMessage.Read<EncoderOutline>(bytes, "the model owner's outline");
        if (outline.Layers is not { Length: > 0 and < 1024 }) throw new ProtocolViolationException("the model owner's outline has no layers");
        foreach (var layer in outline.Layers)
        {
            int[] sizes = [layer.Input, layer.Output, layer.Heads, layer.KeyWidth + 1, layer.ValueWidth, layer.FeedForward, outline.HeadWidth, outline.Classes];
            if (sizes.Any(size => size is <= 0 or > Largest)) throw new ProtocolViolationException($"the model owner's outline has a layer that cannot be: {layer}");
        }

        return outline;
    }

    /// <summary>Shapes of the weights in the order in which they are sent: all matrices of the layers, the head, the labels.</summary>
    public IEnumerable<Shape> WeightShapes()
    {
        foreach (var layer in Layers)
        {
            yield return new(layer.Input, layer.QueryKeyValueWidth);
            yield return new(layer.ValuesWidth, layer.Output);
            if (layer.HasResidual) yield return new(layer.Input, layer.Output);
            yield return new(layer.Output, layer.FeedForward);
            yield return new(layer.FeedForward, layer.Output);
        }

        yield return new(Width, HeadWidth);
        yield return new(HeadWidth, Classes);
    }

    /// <summary>One bias a matrix but the last: the labels have none.</summary>
    public IEnumerable<Shape> BiasShapes() => WeightShapes().SkipLast(1).Select(shape => Shape.Vector(shape.Columns));
}
