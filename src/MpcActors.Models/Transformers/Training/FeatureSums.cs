using MpcActors.Models.Private;
using MpcActors.Protocols;
using MpcActors.Protocols.Training;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers.Training;

/// <summary>Of random features and values for each row and head [N | d] = Gain · mean_j f(q)·f(k_j)/D · [v_j | 1], and the way back.</summary>
/// <param name="Value">[rows · heads, depth + 1].</param>
/// <param name="Backward">From the gradient by it to those by query features, key features and values.</param>
/// <remarks>
/// Associativity gives two orders. By states S = mean_j f(k_j) ⊗ [v_j | 1]: linear in the length; gf(q) = G·Sᵀ, gS = f(Q)ᵀG, gf(k_j) = [v_j | 1]·gSᵀ, gv = f(K)·gS.
/// By weights W = f(Q)·f(K)ᵀ: less for texts shorter than the features are many, and for causal models, where weights of later tokens are zero;
/// gW = G·[V | 1]ᵀ, gf(Q) = gW·f(K), gf(K) = gWᵀ·f(Q), gV = WᵀG.
/// </remarks>
sealed record FeatureSums(Share Value, Func<Share, ValueTask<(Share OfQueries, Share OfKeys, Share OfValues)>> Backward)
{
    public const double Gain = 8;

    /// <summary>Significant bits of the public 1/n; N and d have the same, so that it matters to the floor alone.</summary>
    const int SignificantBits = 13;

    public static ValueTask<FeatureSums> Of(PassContext pass, LayerOutline layer, Wire queries, Wire keys, Wire values) =>
        layer.IsCausal || !LinearRandomFeatureAttention.IsCheaper(layer, pass.Sequences) ? ByWeights(pass, layer, queries, keys, values) : ByStates(pass, layer, queries, keys, values);

    static async ValueTask<FeatureSums> ByStates(PassContext pass, LayerOutline layer, Wire queries, Wire keys, Wire values)
    {
        var (party, suite, sequences) = (pass.Party, pass.Suite, pass.Sequences);
        var (heads, features, depth, rows) = (layer.Heads, 2 * layer.KeyWidth, layer.ValueWidth, sequences.Rows);
        (int Text, int Head)[] blocks = [.. Enumerable.Range(0, sequences.Texts * heads).Select(i => (i / heads, i % heads))];
        var (featureShape, valueShape, sumShape) = (new Shape(rows, heads * features), new Shape(rows, heads * depth), new Shape(rows * heads, depth + 1));
        var factor = Gain / layer.KeyWidth;
        var inverses = Inverses([.. blocks.SelectMany(block => Enumerable.Repeat(sequences.Lengths[block.Text], features))]);

        var products = await suite.MultiplyBlocks(party, new(blocks.Length * features, depth), keys, values, [.. blocks.Select((block, i) =>
            new Block(Rows(block, features), Rows(block, depth), new(i * features * depth, depth, features, depth), LeftIsTransposed: true))]);
        var keyValues = suite.ValueOf(party, keys);
        var sums = keyValues with { Value = keyValues.Value.SumRowGroups(sequences.Starts).Reshape(new(blocks.Length * features, 1)) };
        var states = (await suite.Open(party, Divided(Composition.SideBySide(products, sums), inverses)))[0];
        var quotients = await suite.MultiplyBlocks(party, sumShape, queries, states, [.. blocks.Select((block, i) => new Block(Rows(block, features), State(i, depth + 1), Sums(block)))]);
        return new(await suite.Scale(party, quotients, factor, FixedPoint.FractionBits), async gradient =>
        {
            var g = (await suite.Open(party, gradient))[0];
            var ofQueries = await suite.MultiplyBlocks(
                party, featureShape, g, states, [.. blocks.Select((block, i) => new Block(Sums(block), State(i, depth + 1), Rows(block, features), RightIsTransposed: true))]);
            var ofStates = await suite.MultiplyBlocks(
                party, states.Shape, queries, g, [.. blocks.Select((block, i) => new Block(Rows(block, features), Sums(block), State(i, depth + 1), LeftIsTransposed: true))]);
            var b = (await suite.Open(party, await suite.Scale(party, Divided(ofStates, inverses), factor, FixedPoint.FractionBits)))[0];
            var ofKeys = await suite.MultiplyBlocks(
                party, featureShape, values, b, [.. blocks.Select((block, i) => new Block(Rows(block, depth), State(i, depth), Rows(block, features), RightIsTransposed: true))]);
            var ofValues = await suite.MultiplyBlocks(
                party, valueShape, keys, b, [.. blocks.Select((block, i) => new Block(Rows(block, features), State(i, depth), Rows(block, depth)))]);

            // The last column is the gradient by the sum of a text's keys, and so by each of them.
            var last = suite.ValueOf(party, b);
            int[] textOfRow = [.. sequences.Lengths.SelectMany((length, text) => Enumerable.Repeat(text, length))];
            var each = last with { Value = last.Value.Columns(depth, 1).Reshape(new(sequences.Texts, heads * features)).GatherRows(textOfRow) };
            return (await suite.Scale(party, ofQueries, factor, FixedPoint.FractionBits), Composition.Sum(ofKeys, each), ofValues);
        });

        MatrixView Rows((int Text, int Head) block, int width) =>
            new(sequences.Starts[block.Text] * heads * width + block.Head * width, heads * width, sequences.Lengths[block.Text], width);

        MatrixView Sums((int Text, int Head) block) => Rows(block, depth + 1);

        MatrixView State(int block, int columns) => new(block * features * (depth + 1), depth + 1, features, columns);
    }

    static async ValueTask<FeatureSums> ByWeights(PassContext pass, LayerOutline layer, Wire queries, Wire keys, Wire values)
    {
        var (party, suite, sequences) = (pass.Party, pass.Suite, pass.Sequences);
        var (heads, features, depth, rows) = (layer.Heads, 2 * layer.KeyWidth, layer.ValueWidth, sequences.Rows);
        var layout = sequences.LayoutFor(layer, 0);
        var (weightShape, featureShape, valueShape) = (Shape.Vector(layout.ScoreStarts[^1]), new Shape(rows, heads * features), new Shape(rows, heads * depth));
        var factor = Gain / layer.KeyWidth;

        // Weights lie text by text, head by head; sums row by row.
        var (weightRowOf, sumRowOf, keysOf) = (new int[rows * heads], new int[rows * heads], new int[rows * heads]);
        var next = 0;
        foreach (var (_, text, head, _) in layout.Blocks)
            for (var i = 0; i < sequences.Lengths[text]; i++, next++)
            {
                var sum = (sequences.Starts[text] + i) * heads + head;
                (weightRowOf[sum], sumRowOf[next], keysOf[sum]) = (next, sum, layer.IsCausal ? i + 1 : sequences.Lengths[text]);
            }

        var inverses = Inverses(keysOf);
        var products = await suite.MultiplyBlocks(
            party, weightShape, queries, keys, Blocks((weights, text, head) => new(Rows(text, head, features), Rows(text, head, features), weights, RightIsTransposed: true)));
        var open = (await suite.Open(party, layout.WithUncounted(await suite.Scale(party, layout.Counted(products), factor, FixedPoint.FractionBits))))[0];
        var numerators = await suite.MultiplyBlocks(party, valueShape, open, values, Blocks((weights, text, head) => new(weights, Rows(text, head, depth), Rows(text, head, depth))));
        var weightValues = suite.ValueOf(party, open);
        var denominators = weightValues with { Value = weightValues.Value.SumSegments(layout.ScoreStarts).Gather(weightRowOf, new(rows * heads, 1)) };
        var sums = Composition.SideBySide(numerators.Reshape(new(rows * heads, depth)), denominators);
        return new(Divided(sums, inverses), async gradient =>
        {
            var g = (await suite.Open(party, Divided(gradient, inverses)))[0];
            var ofProducts = await suite.MultiplyBlocks(
                party, weightShape, g, values, Blocks((weights, text, head) => new(Sums(text, head), Rows(text, head, depth), weights, RightIsTransposed: true)));
            var last = suite.ValueOf(party, g);
            var each = last with { Value = last.Value.Columns(depth, 1).Gather(sumRowOf, Shape.Vector(rows * heads)).SpreadOver(layout.ScoreStarts, weightShape) };
            var ofWeights = await suite.Scale(party, layout.Counted(Composition.Sum(ofProducts, each)), factor, FixedPoint.FractionBits);
            var w = (await suite.Open(party, layout.WithUncounted(ofWeights)))[0];
            return (
                await suite.MultiplyBlocks(party, featureShape, w, keys, Blocks((weights, text, head) => new(weights, Rows(text, head, features), Rows(text, head, features)))),
                await suite.MultiplyBlocks(party, featureShape, w, queries, Blocks((weights, text, head) => new(weights, Rows(text, head, features), Rows(text, head, features), LeftIsTransposed: true))),
                await suite.MultiplyBlocks(party, valueShape, open, g, Blocks((weights, text, head) => new(weights, Sums(text, head), Rows(text, head, depth), LeftIsTransposed: true))));
        });

        Block[] Blocks(Func<MatrixView, int, int, Block> of) => [.. layout.Blocks.Select(block =>
            of(new(block.FirstScore, sequences.Lengths[block.Text], sequences.Lengths[block.Text], sequences.Lengths[block.Text]), block.Text, block.Head))];

        MatrixView Rows(int text, int head, int width) => new(sequences.Starts[text] * heads * width + head * width, heads * width, sequences.Lengths[text], width);

        // Without the last column, which is the denominators'.
        MatrixView Sums(int text, int head) => Rows(text, head, depth + 1) with { Columns = depth };
    }

    static (ReadOnlyMemory<ulong> Factors, int Bits) Inverses(int[] counts)
    {
        var bits = SignificantBits + System.Numerics.BitOperations.Log2((uint)counts.Max());
        return (Array.ConvertAll(counts, count => FixedPoint.Encode(1.0 / count, bits)), bits);
    }

    /// <summary>Each row over its own public number.</summary>
    static Share Divided(Share rows, (ReadOnlyMemory<ulong> Factors, int Bits) inverses) =>
        new(rows.Value.ScaleRows(inverses.Factors), rows.FractionBits + inverses.Bits);
}
