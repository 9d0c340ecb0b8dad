using MpcActors.Data;
using MpcActors.Protocols;
using MpcActors.Protocols.Published;
using MpcActors.Ring;

namespace MpcActors.Models.Private;

/// <summary>SecP-Tuning's private random feature attention (its section 4, Algorithm 2), in the order that is linear in the length.</summary>
/// <remarks>
/// <para>1. f(t) = √(2/D) cos 2π(t + b), the shift already in the phases: one round with the paper's Π_cosine, 28 with CrypTen's cosine.</para>
/// <para>2. S = f(K)ᵀV/n by a product that opens both factors, u = f(K)ᵀ1/n locally. The paper does not divide by n; CrypTen's reciprocal fails above 250, so a row of 512 alike keys needs it.</para>
/// <para>3. [N | d] = f(Q)·[S | u]: one product. 4. 1/d by Newton, without a sign test. 5. N · 1/d.</para>
/// The paper's text does not say whether keys are normalised; here they are not.
/// </remarks>
public sealed class PublishedRandomFeatureAttention : IAttention
{
    public async ValueTask<Share> Attend(Party party, ISuite suite, LayerOutline layer, Share queryKeyValue, Sequences from, Sequences to, SharedPrefix? prefix)
    {
        PublishedAttention.RequireNoPrefix(prefix);
        if (layer.IsCausal) throw new ArgumentException("the published random feature attention is that of an encoder; a causal model takes softmax or the suite fused");
        var (features, depth, texts) = (layer.KeyWidth, layer.ValueWidth, from.Copies * from.Texts);

        // 1.
        Share cosine;
        using (party.Meter.Enter("cosine"))
            (cosine, _) = await suite.CosineAndSineOfTurns(party, queryKeyValue with { Value = queryKeyValue.Value.Columns(0, 2 * layer.KeysWidth) });
        var (queries, keys, values) = PublishedAttention.Parts(layer, new Share(RowBroadcast.SideBySide(cosine.Value, queryKeyValue.Value.Columns(2 * layer.KeysWidth, layer.ValuesWidth)), cosine.FractionBits));
        queries = queries.TimesPublic(Math.Sqrt(2.0 / features));
        keys = keys.TimesPublic(Math.Sqrt(2.0 / features));

        // 2. A state has D rows of d numbers and its sum of features; states go text by text, head by head.
        var blocks = Enumerable.Range(0, texts * layer.Heads).Select(i => (Text: i / layer.Heads, Head: i % layer.Heads)).ToArray();
        MatrixView Of((int Text, int Head) block, int width, int stride) =>
            new(from.Starts[block.Text] * stride + block.Head * width, stride, from.Starts[block.Text + 1] - from.Starts[block.Text], width);
        var stateWidth = depth + 1;
        var products = await party.MultiplyBlocksAnew(new Shape(blocks.Length * features, depth), keys, values, [.. blocks.Select((block, i) => new Block(
            Of(block, features, layer.KeysWidth), Of(block, depth, layer.ValuesWidth), new(i * features * depth, depth, features, depth), LeftIsTransposed: true))]);
        var sums = keys with { Value = keys.Value.SumRowGroups(from.Starts).Reshape(new Shape(blocks.Length * features, 1)) };
        var states = new Share(RowBroadcast.SideBySide(products.Value, sums.Value), products.FractionBits);
        states = MeanOverKeys(states, blocks, from, features);

        // 3.
        var quotients = await party.MultiplyBlocksAnew(new Shape(from.Rows * layer.Heads, stateWidth), queries, states, [.. blocks.Select((block, i) => new Block(
            Of(block, features, layer.KeysWidth), new(i * features * stateWidth, stateWidth, features, stateWidth),
            new((from.Starts[block.Text] * layer.Heads + block.Head) * stateWidth, layer.Heads * stateWidth, from.Starts[block.Text + 1] - from.Starts[block.Text], stateWidth)))]);

        // 4.
        var numerators = quotients with { Value = quotients.Value.Columns(0, depth) };
        Share inverses;
        using (party.Meter.Enter("reciprocal"))
            inverses = await suite.Reciprocal(party, quotients with { Value = quotients.Value.Columns(depth, 1) }, RandomFeatures.DenominatorFloor, 1.25, FixedPoint.FractionBits);

        // 5.
        var attended = await party.RowwiseProduct(numerators, inverses);
        return attended.Reshape(new Shape(from.Rows, layer.ValuesWidth));
    }

    /// <summary>Divides by the public number of keys.</summary>
    static Share MeanOverKeys(Share states, (int Text, int Head)[] blocks, Sequences from, int features)
    {
        var scales = blocks.SelectMany(block => Enumerable.Repeat(FixedPoint.Encode(1.0 / from.Lengths[block.Text % from.Texts]), features)).ToArray();
        return new Share(states.Value.ScaleRows(scales), states.FractionBits + FixedPoint.FractionBits).TruncateLocally(FixedPoint.FractionBits);
    }
}
