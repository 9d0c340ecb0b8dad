using MpcActors.Protocols;
using MpcActors.Protocols.Published;
using MpcActors.Ring;

namespace MpcActors.Models.Private;

/// <summary>Softmax attention as CrypTen's users write it: two batched products that open both factors, and the suite's softmax in between.</summary>
public sealed class PublishedSoftmaxAttention : IAttention
{
    public async ValueTask<Share> Attend(Party party, ISuite suite, LayerOutline layer, Share queryKeyValue, Sequences from, Sequences to, SharedPrefix? prefix)
    {
        PublishedAttention.RequireNoPrefix(prefix);
        var layout = to.LayoutFor(layer, 0);
        var (queries, keys, values) = PublishedAttention.Parts(layer, queryKeyValue);
        var view = new MatrixView(0, layer.KeysWidth, from.Rows, layer.KeysWidth);
        var scores = await party.MultiplyBlocksAnew(Shape.Vector(layout.ScoreStarts[^1]), queries, keys, layout.TextScores(layer, from, view, view, layer.KeyWidth));
        Share weights;
        using (party.Meter.Enter("softmax")) weights = await suite.Softmax(party, layout.Counted(scores), layout.CountedStarts);
        var valueView = new MatrixView(0, layer.ValuesWidth, from.Rows, layer.ValuesWidth);
        return await party.MultiplyBlocksAnew(new Shape(to.Rows, layer.ValuesWidth), layout.WithUncounted(weights), values, layout.TextValues(layer, from, to, valueView));
    }
}
