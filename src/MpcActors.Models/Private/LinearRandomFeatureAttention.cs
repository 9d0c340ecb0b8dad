using System.Numerics;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Models.Private;

/// <summary>Random feature attention in the order that is linear in the length: f(Q)·(f(K)ᵀV), for texts longer than there are features.</summary>
/// <remarks>
/// <para>Of each text and head: S = f(K)ᵀV, u = f(K)ᵀ1, o_i = f(q_i)·S / max(f(q_i)·u, nD/32), the same numbers as <see cref="RandomFeatureAttention"/>.</para>
/// <para>1. Cosines and sines of all phases; truncate the values; open features (with all their bits) and values: three rounds.</para>
/// <para>2. S is a product of open wires, u a sum: local. Truncate, open: two rounds. A power of two stands for nD in S, which costs nothing; what is
/// missing of nD goes into the inverses of the denominators, of which there are few.</para>
/// <para>3. Numerators and denominators: local. Truncate; floor and invert the denominators; open both; multiply; truncate.</para>
/// Limit: the length of a text times its largest value stays below 2^17.
/// </remarks>
static class LinearRandomFeatureAttention
{
    /// <summary>Fraction bits of 1/nD, of a state, which is a mean of values of which D are summed up again, and as in <see cref="RandomFeatureAttention"/>.</summary>
    const int ScaleBits = 18;
    const int StateBits = 24;

    /// <summary>Whether states are fewer than weights in every text.</summary>
    public static bool IsCheaper(LayerOutline layer, Sequences sequences) =>
        sequences.Lengths.Min() is var shortest && (long)shortest * shortest > 2L * layer.KeyWidth * layer.ValueWidth;

    public static async ValueTask<Share> Attend(Party party, ISuite suite, LayerOutline layer, Share queryKeyValue, Sequences sequences)
    {
        var (keysWidth, valuesWidth, features, depth) = (layer.KeysWidth, layer.ValuesWidth, layer.KeyWidth, layer.ValueWidth);
        var texts = sequences.Copies * sequences.Texts;

        // 1. The first 2·keysWidth columns are phases of queries and keys.
        var phases = queryKeyValue with { Value = queryKeyValue.Value.Columns(0, 2 * keysWidth) };
        Share cosine, sine;
        using (party.Meter.Enter("cosine")) (cosine, sine) = await suite.CosineAndSineOfTurns(party, phases);
        var values = queryKeyValue with { Value = queryKeyValue.Value.Columns(2 * keysWidth, valuesWidth) };
        values = await party.TruncateTo(values);
        var open = await party.Mask(cosine, sine, values);
        var featureBits = cosine.FractionBits;

        // 2. A state has its D cosine rows, then its D sine rows; states go text by text, head by head.
        var keyView = new MatrixView(keysWidth, 2 * keysWidth, sequences.Rows, keysWidth);
        var valueView = new MatrixView(0, valuesWidth, sequences.Rows, valuesWidth);
        var blocks = Enumerable.Range(0, texts * layer.Heads).Select(i => (Text: i / layer.Heads, Head: i % layer.Heads)).ToArray();
        Block State(int block, int half) => new(
            Rows(sequences, keyView, blocks[block], features), Rows(sequences, valueView, blocks[block], depth),
            new((2 * block + half) * features * depth, depth, features, depth), LeftIsTransposed: true);
        var states = party.MultiplyBlocks(
            new Shape(2 * blocks.Length * features, depth),
            new BlockFactors(open[0], open[2], [.. blocks.Select((_, i) => State(i, 0))]),
            new BlockFactors(open[1], open[2], [.. blocks.Select((_, i) => State(i, 1))]));
        var sums = RowOperations.Concatenate(cosine.Value.SumRowGroups(sequences.Starts), sine.Value.SumRowGroups(sequences.Starts));

        // nD lies below a power of two, by which S is divided: a matter of where the point stands. Sums are divided by nD itself.
        var counts = Array.ConvertAll(blocks, block => (long)sequences.Lengths[block.Text % sequences.Texts] * features);
        var powerBits = BitOperations.Log2((ulong)counts.Max() - 1) + 1;
        var scales = counts.SelectMany(count => Enumerable.Repeat(FixedPoint.Encode(Math.ScaleB(1, powerBits) / count, ScaleBits), 2 * features)).ToArray();
        var scaled = await party.Mask(
            states with { FractionBits = states.FractionBits + powerBits },
            new Share(KeySums(sums, blocks, layer, texts).ScaleRows(scales), featureBits + ScaleBits + powerBits));
        var state = await party.Mask(Array.ConvertAll(scaled, wire => party.Truncate(wire, wire.FractionBits - StateBits)));

        // 3.
        var queryView = new MatrixView(0, 2 * keysWidth, sequences.Rows, keysWidth);
        Block Numerator(int block, int half) => new(
            Rows(sequences, queryView, blocks[block], features), new((2 * block + half) * features * depth, depth, features, depth),
            Rows(sequences, valueView, blocks[block], depth));
        Block Denominator(int block, int half) => new(
            Rows(sequences, queryView, blocks[block], features), new((2 * block + half) * features, 1, features, 1),
            Rows(sequences, new MatrixView(0, layer.Heads, sequences.Rows, layer.Heads), blocks[block], 1));
        var numerators = party.MultiplyBlocks(
            new Shape(sequences.Rows, valuesWidth),
            new BlockFactors(open[0], state[0], [.. blocks.Select((_, i) => Numerator(i, 0))]),
            new BlockFactors(open[1], state[0], [.. blocks.Select((_, i) => Numerator(i, 1))]));
        var denominators = party.MultiplyBlocks(
            new Shape(sequences.Rows, layer.Heads),
            new BlockFactors(open[0], state[1], [.. blocks.Select((_, i) => Denominator(i, 0))]),
            new BlockFactors(open[1], state[1], [.. blocks.Select((_, i) => Denominator(i, 1))]));

        var untruncated = await party.Mask(numerators, denominators);
        var numerator = party.Truncate(untruncated[0], numerators.FractionBits - RandomFeatureQuotients.QuotientBits);
        var denominator = party.Truncate(untruncated[1], denominators.FractionBits - RandomFeatureQuotients.WeightBits);
        var inverses = await RandomFeatureQuotients.Invert(party, suite, denominator);

        // A value row's part of one head is one segment, with a denominator of its own; its inverse gets what S lacks of nD.
        var lacks = new ulong[sequences.Rows * layer.Heads];
        for (var row = 0; row < sequences.Rows; row++)
        {
            var text = Array.BinarySearch(sequences.Starts, row) is var found && found >= 0 ? found : ~found - 1;
            lacks.AsSpan(row * layer.Heads, layer.Heads).Fill(FixedPoint.Encode(Math.ScaleB(1, powerBits) / counts[text * layer.Heads], ScaleBits));
        }

        var corrected = new Share(inverses.Value * RingTensor.Of(inverses.Shape, lacks), inverses.FractionBits + ScaleBits);
        var factors = await party.Mask(numerator, corrected);
        return await party.TruncateTo(party.MultiplySegments(factors[0], factors[1], ScaleBits, RandomFeatureQuotients.Segments(layer, sequences)));
    }

    /// <summary>The rows of a block's text and the columns of its head.</summary>
    static MatrixView Rows(Sequences sequences, MatrixView view, (int Text, int Head) block, int width) => new(
        view.Offset + sequences.Starts[block.Text] * view.Stride + block.Head * width, view.Stride,
        sequences.Starts[block.Text + 1] - sequences.Starts[block.Text], width);

    /// <summary>From sums [cosines of all texts, then sines; phases of queries, then keys] the keys' sums in the order of the states, one a row.</summary>
    static RingTensor KeySums(RingTensor sums, (int Text, int Head)[] blocks, LayerOutline layer, int texts)
    {
        var (features, width) = (layer.KeyWidth, 2 * layer.KeysWidth);
        var indices = new int[blocks.Length * 2 * features];
        for (var i = 0; i < indices.Length; i++)
        {
            var (block, half, feature) = (blocks[i / (2 * features)], i / features % 2, i % features);
            indices[i] = (half * texts + block.Text) * width + layer.KeysWidth + block.Head * features + feature;
        }

        return sums.Gather(indices, new Shape(indices.Length, 1));
    }
}
