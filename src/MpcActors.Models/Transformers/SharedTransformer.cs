using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers;

/// <summary>A layer's shared maps.</summary>
public sealed record SharedLayerMaps(
    LinearMap QueryKeyValue, LinearMap AttentionOutput, LinearMap FeedForwardIn, LinearMap FeedForwardOut, LinearMap? InputScale, LinearMap? MiddleScale);

/// <summary>The shared maps after the last layer.</summary>
public sealed record SharedHeadMaps(LinearMap? Transform, LinearMap Labels);

/// <summary>A transformer's weights as the parties get them from the model owner: layer after layer when they are asked for, or all at first and kept.</summary>
/// <remarks>
/// Streamed, a party holds one layer at a time and a model of any size passes through; every pass sets the weights up again. Kept, they are set up
/// once for all passes. Setting up is no part of a pass, and is counted apart.
/// </remarks>
public sealed class SharedTransformer(ISuite suite, TransformerOutline outline, bool isStreamed)
{
    readonly SharedLayerMaps?[] _layers = new SharedLayerMaps?[outline.Layers];
    SharedHeadMaps? _head;

    public TransformerOutline Outline => outline;

    /// <summary>The model owner's side: the outline to everybody, then whichever layers party zero asks for until it asks for no more.</summary>
    /// <param name="seed">Splits the tensors; used for nothing else.</param>
    /// <param name="announce">Told of each layer that is given out.</param>
    public static async ValueTask Serve(Port port, PreparedTransformer transformer, bool isStreamed, Seed seed, Action<int>? announce = null)
    {
        var outline = transformer.Outline;
        port.SendPublic([isStreamed ? (byte)1 : (byte)0, .. outline.ToBytes()]);
        while ((await port.ReceiveWords(Role.PartyZero, 1))[0] is var request && request != Finished)
        {
            var index = (int)Math.Min(request, (ulong)outline.Layers);
            announce?.Invoke(index);
            var isHead = index == outline.Layers;
            var shapes = isHead ? outline.HeadShapes() : outline.LayerShapes(index);
            var tensors = isHead ? transformer.Head().Tensors() : transformer.Layer(index).Tensors();
            var split = seed.Derive("weights", (ulong)index);
            foreach (var (shape, values, number) in shapes.Zip(tensors, (shape, values) => (shape, values)).Select((pair, number) => (pair.shape, pair.values, number)))
                port.ShareWithParties(Encode(values, shape), split.Derive("tensor", (ulong)number), Phase.Offline);
        }
    }

    /// <summary>The parties' side of <see cref="Serve"/>: learns the outline, and takes all weights if they are to be kept.</summary>
    public static async ValueTask<SharedTransformer> Receive(Party party, ISuite suite)
    {
        var announced = await party.ReceivePublic(Role.ModelOwner);
        if (announced.Length < 2 || announced.Span[0] > 1) throw new ProtocolViolationException("the model owner announced neither a streamed nor a kept model");
        var transformer = new SharedTransformer(suite, TransformerOutline.FromBytes(announced.Span[1..]), announced.Span[0] == 1);
        await transformer.Prepare(party);
        return transformer;
    }

    /// <summary>Takes all weights if they are to be kept: what a session does once.</summary>
    public async ValueTask Prepare(Party party)
    {
        if (isStreamed) return;
        for (var i = 0; i < outline.Layers; i++) _layers[i] = await Layer(party, i);
        _head = await Head(party);
    }

    /// <summary>Tells the model owner that nothing more is needed.</summary>
    public static void Finish(Party party) => party.Ask(Role.ModelOwner, Finished);

    public async ValueTask<SharedLayerMaps> Layer(Party party, int index) => _layers[index] ?? await party.SetUp(() => TakeLayer(party, index));

    public async ValueTask<SharedHeadMaps> Head(Party party) => _head ?? await party.SetUp(() => TakeHead(party));

    const ulong Finished = ulong.MaxValue;

    async ValueTask<SharedLayerMaps> TakeLayer(Party party, int index)
    {
        party.Ask(Role.ModelOwner, (ulong)index);
        var shares = await Take(party, outline.LayerShapes(index));
        var biases = shares.AsSpan(^4..).ToArray();
        var weights = await suite.Keep(party, shares[..^4]);
        var scales = new Queue<KeptWeights>(weights.Skip(4));
        return new(
            new(weights[0], biases[0], outline.Attention == AttentionKind.Uniform ? [] : [outline.Layer.KeysWidth, outline.Layer.KeysWidth, outline.Layer.ValuesWidth]), new(weights[1], biases[1]),
            new(weights[2], biases[2]), new(weights[3], biases[3]),
            outline.HasInputScale(index) ? new(scales.Dequeue(), null) : null,
            outline.NormFirst ? null : new(scales.Dequeue(), null));
    }

    async ValueTask<SharedHeadMaps> TakeHead(Party party)
    {
        party.Ask(Role.ModelOwner, (ulong)outline.Layers);
        var shares = await Take(party, outline.HeadShapes());
        var matrices = shares.Length / 2;
        var weights = await suite.Keep(party, shares[..matrices]);
        return new(outline.HasTransform ? new(weights[0], shares[matrices]) : null, new(weights[^1], shares[^1]));
    }

    static async ValueTask<Share[]> Take(Party party, IReadOnlyList<Shape> shapes)
    {
        var shares = new Share[shapes.Count];
        for (var i = 0; i < shares.Length; i++) shares[i] = await party.ReceiveShare(Role.ModelOwner, shapes[i]);
        return shares;
    }

    static RingTensor Encode(double[] values, Shape shape)
    {
        var encoded = RingTensor.Uninitialized(shape);
        var target = encoded.Values;
        Parallelism.ForChunks(values.Length, (start, length) =>
        {
            for (var i = start; i < start + length; i++) target[i] = FixedPoint.Encode(values[i]);
        });
        return encoded;
    }
}
