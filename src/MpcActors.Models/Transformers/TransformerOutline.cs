using System.Text.Json;
using MpcActors.Data.Transformers;
using MpcActors.Models.Private;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers;

/// <summary>The public part of a transformer: what the parties and the dealer are told before the first share.</summary>
/// <param name="NormFirst">GPT-2 normalises before a block; BERT and RoBERTa after it.</param>
/// <param name="Features">Random frequencies a head; 0 where the attention has none.</param>
/// <param name="HasTransform">A masked-language-model head has a dense map, GELU and norm before its decoder.</param>
/// <param name="Classes">Vocabulary entries (label words) whose logits are computed.</param>
public sealed record TransformerOutline(
    string Name, int Layers, int Width, int Heads, int FeedForward, double Epsilon, bool NormFirst, bool IsCausal,
    AttentionKind Attention, int Features, bool HasTransform, int Classes)
{
    /// <summary>Larger shapes than any model here; a peer's word is not trusted with memory.</summary>
    const int Largest = 1 << 17;

    public int HeadWidth => Width / Heads;

    /// <summary>The shapes of one layer, as attention wants them.</summary>
    public LayerOutline Layer => new(Width, Width, Heads, KeyWidth, HeadWidth, FeedForward, HasResidual: false, Epsilon) { IsCausal = IsCausal };

    int KeyWidth => Attention switch
    {
        AttentionKind.Softmax => HeadWidth,
        AttentionKind.RandomFeatures => Features,
        _ => 0,
    };

    public static TransformerOutline Of(TransformerConfig config, AttentionKind attention, int features, int classes) => new(
        config.Name, config.Layers, config.Width, config.Heads, config.FeedForward, config.Epsilon, config.IsCausal, config.IsCausal,
        attention, attention == AttentionKind.RandomFeatures ? features : 0, !config.IsCausal, classes);

    /// <summary>Whether the map into layer <paramref name="index"/> also scales its normalised input for the sum around the block.</summary>
    public bool HasInputScale(int index) => !NormFirst && index > 0;

    /// <summary>Shapes of a layer's tensors in the order in which they are sent: matrices, scales, biases.</summary>
    public IReadOnlyList<Shape> LayerShapes(int index)
    {
        var queryKeyValue = Layer.QueryKeyValueWidth;
        List<Shape> shapes = [new(Width, queryKeyValue), new(Width, Width), new(Width, FeedForward), new(FeedForward, Width)];
        if (HasInputScale(index)) shapes.Add(Shape.Vector(Width));
        if (!NormFirst) shapes.Add(Shape.Vector(Width));
        shapes.AddRange([Shape.Vector(queryKeyValue), Shape.Vector(Width), Shape.Vector(FeedForward), Shape.Vector(Width)]);
        return shapes;
    }

    /// <summary>Shapes of the head's tensors in the order in which they are sent.</summary>
    public IReadOnlyList<Shape> HeadShapes() => HasTransform
        ? [new(Width, Width), new(Width, Classes), Shape.Vector(Width), Shape.Vector(Classes)]
        : [new(Width, Classes), Shape.Vector(Classes)];

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <exception cref="ProtocolViolationException">The bytes are no outline, or one that cannot be.</exception>
    public static TransformerOutline FromBytes(ReadOnlySpan<byte> bytes)
    {
        var outline = PublicMessage.Read<TransformerOutline>(bytes, "the model owner's outline");
        int[] sizes = [outline.Layers, outline.Width, outline.Heads, outline.FeedForward, outline.Features + 1, outline.Classes];
        return sizes.All(size => size is > 0 and <= Largest) && outline.Width % outline.Heads == 0
            ? outline
            : throw new ProtocolViolationException($"the model owner's outline cannot be: {outline}");
    }
}
