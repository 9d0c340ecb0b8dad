using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Models.Private;

/// <summary>Softmax attention on shares (Vaswani et al., NeurIPS 2017), the scale already in the queries.</summary>
/// <remarks>
/// <para>1. Open queries, keys and values as they come from their product; queries and values are used with all their fraction bits.</para>
/// <para>2. Truncate the keys and open them again; scores = QKᵀ, local; truncate, since there are fewer scores than query elements.</para>
/// <para>3. Weights = softmax(scores), opened; attended = weights · V, local; truncate.</para>
/// </remarks>
public sealed class SoftmaxAttention : IAttention
{
    /// <summary>A unit in the last place of a score moves a weight by less than one of its own.</summary>
    const int ScoreBits = 20;

    public async ValueTask<Share> Attend(Party party, ISuite suite, LayerOutline layer, Share queryKeyValue, Sequences from, Sequences to, SharedPrefix? prefix)
    {
        var layout = to.LayoutFor(layer, prefix?.Rows ?? 0);
        var wire = await party.Mask(queryKeyValue);
        var keys = party.Truncate(wire.Columns(layer.KeysWidth, layer.KeysWidth), wire.FractionBits - FixedPoint.FractionBits);

        var queries = new MatrixView(0, layer.QueryKeyValueWidth, from.Rows, layer.KeysWidth);
        var values = queries with { Offset = 2 * layer.KeysWidth };
        var keyView = new MatrixView(0, layer.KeysWidth, from.Rows, layer.KeysWidth);
        var opened = await party.Mask(prefix is null ? [keys] : [keys, prefix.Keys, prefix.Values.WithMoreFractionBits(wire.FractionBits)]);

        var shape = Shape.Vector(layout.ScoreStarts[^1]);
        List<BlockFactors> scoreFactors = [new(wire, opened[0], layout.TextScores(layer, from, queries, keyView, layer.KeyWidth))];
        if (prefix is not null) scoreFactors.Add(new(wire, opened[1], layout.PrefixScores(layer, from, queries, layer.KeysWidth, layer.KeyWidth)));
        var scores = await party.TruncateTo(layout.Counted(party.MultiplyBlocks(shape, [.. scoreFactors])), ScoreBits);

        Share weightShares;
        using (party.Meter.Enter("softmax")) weightShares = await suite.Softmax(party, scores, layout.CountedStarts);
        var weights = await party.Mask(layout.WithUncounted(weightShares));
        List<BlockFactors> valueFactors = [new(weights, wire, layout.TextValues(layer, from, to, values))];
        if (prefix is not null) valueFactors.Add(new(weights, opened[2], layout.PrefixValues(layer, to)));
        return await party.TruncateTo(party.MultiplyBlocks(new Shape(to.Rows, layer.ValuesWidth), [.. valueFactors]));
    }
}
