using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Models.Private;

/// <summary>A linear map with shared weights and bias.</summary>
public sealed record SharedAffine(FixedWeights Weight, Share Bias)
{
    /// <summary>wire · W + b, with the fraction bits of the product. Local.</summary>
    public Share Apply(Party party, Masked wire) => Weight.Multiply(party, wire, Bias.WithMoreFractionBits(Weight.BitsOfProduct(wire)));
}

/// <summary>A layer's shared weights beside its public outline.</summary>
public sealed record SharedLayer(
    LayerOutline Outline, SharedAffine QueryKeyValue, SharedAffine AttentionOutput, SharedAffine? Residual, SharedAffine FeedForwardIn, SharedAffine FeedForwardOut);

/// <summary>An encoder whose weights the parties share; opened under their masks once, when the session starts.</summary>
public sealed record SharedEncoder(EncoderOutline Outline, IReadOnlyList<SharedLayer> Layers, SharedAffine Head, FixedWeights Labels)
{
    /// <summary>The model owner's side: outline to everybody, a share of every tensor to each party.</summary>
    /// <param name="seed">Splits the tensors; used for nothing else.</param>
    public static void Send(Port port, Encoder encoder, LabelMatrix labels, Seed seed)
    {
        var outline = EncoderOutline.Of(encoder, labels.Classes);
        port.SendPublic(outline.ToBytes());
        var affines = encoder.Layers
            .SelectMany(layer => new[] { layer.QueryKeyValue, layer.AttentionOutput, layer.Residual, layer.FeedForwardIn, layer.FeedForwardOut })
            .OfType<Affine>()
            .Append(encoder.Head)
            .ToArray();
        double[][] tensors = [.. affines.Select(affine => affine.Weight), labels.Weight, .. affines.Select(affine => affine.Bias)];
        Shape[] shapes = [.. outline.WeightShapes(), .. outline.BiasShapes()];
        for (var i = 0; i < shapes.Length; i++)
            port.ShareWithParties(FixedPoint.Encode(tensors[i], shapes[i]), seed.Derive("weights", (ulong)i));
    }

    /// <summary>The parties' side of <see cref="Send"/>; then opens all weights under their masks, in one round.</summary>
    public static async ValueTask<SharedEncoder> Receive(Party party)
    {
        var outline = EncoderOutline.FromBytes((await party.ReceivePublic(Role.ModelOwner)).Span);
        var weights = new List<Share>();
        foreach (var shape in outline.WeightShapes()) weights.Add(await party.ReceiveShare(Role.ModelOwner, shape));
        var biases = new Queue<Share>();
        foreach (var shape in outline.BiasShapes()) biases.Enqueue(await party.ReceiveShare(Role.ModelOwner, shape));
        var opened = new Queue<FixedWeights>(await FixedWeights.Open(party, [.. weights]));

        var layers = new List<SharedLayer>();
        foreach (var layer in outline.Layers)
            layers.Add(new(layer, Next(), Next(), layer.HasResidual ? Next() : null, Next(), Next()));
        return new(outline, layers, Next(), opened.Dequeue());

        SharedAffine Next() => new(opened.Dequeue(), biases.Dequeue());
    }
}
