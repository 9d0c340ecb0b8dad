using System.Numerics;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Models.Private;

/// <summary>Random feature attention to earlier tokens by prefix sums: linear in the length (Katharopoulos et al., ICML 2020; Peng et al., ICLR 2021).</summary>
/// <remarks>
/// <para>A text is cut into pieces of 2D tokens. A token attends to its own piece by weights and to all before by their state S = Σ f(k_j) ⊗ v_j, of which
/// there is one a piece, the sum of those before it. So n tokens take 2D·n weights and n/2D states, and not n².</para>
/// <para>1. Cosines and sines of all phases, truncated; open features and values. 1/(i+1)D is public and goes into query i.</para>
/// <para>2. States of the pieces, local; summed up over the pieces before, local; truncate, open.</para>
/// <para>3. Weights within the pieces, local; denominators from their sums and those of the states. Truncate; floor and invert; open.</para>
/// <para>4. Numerators from states and from weights, local; truncate, open; multiply by the inverses; truncate.</para>
/// </remarks>
static class CausalRandomFeatureAttention
{
    const int FeatureBits = 18;
    const int ScaleBits = 18;

    /// <summary>A state is a sum over at least a whole piece, so its unit in the last place is small beside it.</summary>
    const int StateBits = 12;

    /// <summary>Whether any text has more than one piece.</summary>
    public static bool IsCheaper(LayerOutline layer, Sequences sequences) => sequences.Lengths.Max() > 2 * layer.KeyWidth;

    public static async ValueTask<Share> Attend(Party party, ISuite suite, LayerOutline layer, Share queryKeyValue, Sequences sequences)
    {
        var (keysWidth, valuesWidth, features, depth) = (layer.KeysWidth, layer.ValuesWidth, layer.KeyWidth, layer.ValueWidth);
        var pieces = Pieces.Of(sequences, layer.Heads, 2 * features);

        // 1.
        Share cosine, sine;
        using (party.Meter.Enter("cosine")) (cosine, sine) = await suite.CosineAndSineOfTurns(party, queryKeyValue with { Value = queryKeyValue.Value.Columns(0, 2 * keysWidth) });
        var values = queryKeyValue with { Value = queryKeyValue.Value.Columns(2 * keysWidth, valuesWidth) };
        var fine = await party.Mask(cosine, sine, values);
        cosine = party.Truncate(fine[0], cosine.FractionBits - FeatureBits);
        sine = party.Truncate(fine[1], sine.FractionBits - FeatureBits);
        values = party.Truncate(fine[2], values.FractionBits - FixedPoint.FractionBits);

        var power = BitOperations.Log2((uint)features - 1) + 1;
        var scales = pieces.PlaceOfRow.Select(place => FixedPoint.Encode(Math.ScaleB(1, power) / ((place + 1.0) * features), ScaleBits)).ToArray();
        Share Query(Share side) => new(side.Value.Columns(0, keysWidth).ScaleRows(scales), FeatureBits + ScaleBits + power);
        Share Key(Share side) => side with { Value = side.Value.Columns(keysWidth, keysWidth) };
        var (keyCosine, keySine) = (Key(cosine), Key(sine));
        var open = await party.Mask(Query(cosine), Query(sine), keyCosine, keySine, values);

        // 2. A state has its D cosine rows, then its D sine rows; the pieces of a text and head follow one another.
        var (count, stateSize) = (pieces.All.Length, 2 * features * depth);
        MatrixView Rows(int width, int stride, Piece piece) => new(piece.Start * stride + piece.Head * width, stride, piece.Length, width);
        MatrixView State(int piece, int half) => new(piece * stateSize + half * features * depth, depth, features, depth);
        Block[] Each(Func<Piece, int, Block> block) => [.. pieces.All.Select(block)];
        var states = party.MultiplyBlocks(
            new Shape(count * 2 * features, depth),
            new BlockFactors(open[2], open[4], Each((piece, i) => new(Rows(features, keysWidth, piece), Rows(depth, valuesWidth, piece), State(i, 0), LeftIsTransposed: true))),
            new BlockFactors(open[3], open[4], Each((piece, i) => new(Rows(features, keysWidth, piece), Rows(depth, valuesWidth, piece), State(i, 1), LeftIsTransposed: true))));
        var before = states with { Value = SumsBefore(states.Value.Reshape(new Shape(count, stateSize)), pieces.Groups) };
        var sums = SumsBefore(FeatureSums(keyCosine.Value, keySine.Value, pieces, layer), pieces.Groups);
        var truncated = await party.TruncateTo(before, StateBits);
        var state = await party.Mask(truncated, new Share(sums, FeatureBits));

        // 3.
        MatrixView Weights(Piece piece) => new(piece.FirstWeight, piece.Length, piece.Length, piece.Length);
        var weights = party.MultiplyBlocks(
            Shape.Vector(pieces.WeightStarts[^1]),
            new BlockFactors(open[0], open[2], Each((piece, _) => new(Rows(features, keysWidth, piece), Rows(features, keysWidth, piece), Weights(piece), RightIsTransposed: true))),
            new BlockFactors(open[1], open[3], Each((piece, _) => new(Rows(features, keysWidth, piece), Rows(features, keysWidth, piece), Weights(piece), RightIsTransposed: true))));
        weights = weights with { Value = WithoutLater(weights.Value, pieces) };
        Block Denominator(Piece piece, int i, int half) => new(
            Rows(features, keysWidth, piece), new((2 * i + half) * features, 1, features, 1), Rows(1, layer.Heads, piece));
        var ofStates = party.MultiplyBlocks(
            new Shape(sequences.Rows, layer.Heads),
            new BlockFactors(open[0], state[1], Each((piece, i) => Denominator(piece, i, 0))),
            new BlockFactors(open[1], state[1], Each((piece, i) => Denominator(piece, i, 1))));
        var ofPieces = weights.Value.SumSegments(pieces.WeightStarts).Gather(pieces.WeightRowOf, new Shape(sequences.Rows, layer.Heads));
        var untruncated = await party.Mask(weights, ofStates with { Value = ofStates.Value + ofPieces });
        var weight = party.Truncate(untruncated[0], weights.FractionBits - RandomFeatureQuotients.WeightBits);
        var denominator = party.Truncate(untruncated[1], ofStates.FractionBits - RandomFeatureQuotients.WeightBits);
        var inverses = await RandomFeatureQuotients.Invert(party, suite, denominator);

        // 4.
        var opened = await party.Mask(weight, inverses.WithMoreFractionBits(RandomFeatureQuotients.QuotientBits + 1));
        var shape = new Shape(sequences.Rows, valuesWidth);
        var fromStates = party.MultiplyBlocks(
            shape,
            new BlockFactors(open[0], state[0], Each((piece, i) => new(Rows(features, keysWidth, piece), State(i, 0), Rows(depth, valuesWidth, piece)))),
            new BlockFactors(open[1], state[0], Each((piece, i) => new(Rows(features, keysWidth, piece), State(i, 1), Rows(depth, valuesWidth, piece)))));
        var fromWeights = party.MultiplyBlocks(
            shape, new BlockFactors(opened[0], open[4], Each((piece, _) => new(Weights(piece), Rows(depth, valuesWidth, piece), Rows(depth, valuesWidth, piece)))));
        var numerator = await party.Mask(await party.TruncateTo(fromStates + fromWeights.WithMoreFractionBits(fromStates.FractionBits), RandomFeatureQuotients.QuotientBits));
        return await party.TruncateTo(party.MultiplySegments(numerator, opened[1], 1, RandomFeatureQuotients.Segments(layer, sequences)));
    }

    /// <summary>Each row becomes the sum of those before it in its group.</summary>
    static RingTensor SumsBefore(RingTensor rows, int[] groups) => rows.RunningSums(groups) - rows;

    /// <summary>Sums over each piece of its head's key features, [pieces, 2D]: cosines, then sines.</summary>
    static RingTensor FeatureSums(RingTensor cosine, RingTensor sine, Pieces pieces, LayerOutline layer)
    {
        var (features, width) = (layer.KeyWidth, layer.KeysWidth);
        var shape = new Shape(pieces.All.Length, 2 * features);
        if (cosine.IsHollow || sine.IsHollow) return RingTensor.Hollow(shape);
        var result = RingTensor.Zeros(shape);
        var (x, y, target) = (cosine.Values, sine.Values, result.Values);
        Parallelism.For(pieces.All.Length, i =>
        {
            var piece = pieces.All[i];
            for (var row = piece.Start; row < piece.Start + piece.Length; row++)
                for (var f = 0; f < features; f++)
                {
                    target[i * 2 * features + f] += x[row * width + piece.Head * features + f];
                    target[(i * 2 + 1) * features + f] += y[row * width + piece.Head * features + f];
                }
        });
        return result;
    }

    /// <summary>Zeros for the weights of tokens that come later than the row's own.</summary>
    static RingTensor WithoutLater(RingTensor weights, Pieces pieces)
    {
        if (weights.IsHollow) return weights;
        var result = RingTensor.Zeros(weights.Shape);
        var (source, target) = (weights.Values, result.Values);
        Parallelism.For(pieces.All.Length, i =>
        {
            var piece = pieces.All[i];
            for (var row = 0; row < piece.Length; row++)
                source.AsSpan(piece.FirstWeight + row * piece.Length, row + 1).CopyTo(target.AsSpan(piece.FirstWeight + row * piece.Length));
        });
        return result;
    }

    /// <summary>Some tokens of a text, for one head.</summary>
    /// <param name="FirstWeight">Where the piece's square of weights begins.</param>
    readonly record struct Piece(int Start, int Length, int Head, int FirstWeight);

    /// <param name="Groups">Starts of the texts' and heads' pieces.</param>
    /// <param name="PlaceOfRow">Of each row its place in its text.</param>
    /// <param name="WeightStarts">Starts of the rows of weights, piece by piece.</param>
    /// <param name="WeightRowOf">For [row, head] its row of weights.</param>
    sealed record Pieces(Piece[] All, int[] Groups, int[] PlaceOfRow, int[] WeightStarts, int[] WeightRowOf)
    {
        public static Pieces Of(Sequences sequences, int heads, int length)
        {
            var (all, groups, starts) = (new List<Piece>(), new List<int> { 0 }, new List<int> { 0 });
            var (places, rowOf) = (new int[sequences.Rows], new int[sequences.Rows * heads]);
            for (var text = 0; text < sequences.Starts.Length - 1; text++)
                for (var head = 0; head < heads; head++)
                {
                    for (var start = sequences.Starts[text]; start < sequences.Starts[text + 1]; start += length)
                    {
                        var piece = new Piece(start, Math.Min(length, sequences.Starts[text + 1] - start), head, starts[^1]);
                        all.Add(piece);
                        for (var row = start; row < start + piece.Length; row++)
                        {
                            (places[row], rowOf[row * heads + head]) = (row - sequences.Starts[text], starts.Count - 1);
                            starts.Add(starts[^1] + piece.Length);
                        }
                    }

                    groups.Add(all.Count);
                }

            return new([.. all], [.. groups], places, [.. starts], rowOf);
        }
    }
}
