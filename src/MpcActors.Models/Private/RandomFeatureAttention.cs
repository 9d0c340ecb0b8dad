using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Models.Private;

/// <summary>Random feature attention on shares (Peng et al., ICLR 2021) with learned features: no exponential, no maximum.</summary>
/// <remarks>
/// <para>Queries and keys are phases in turns; f(t) = [cos 2πt, sin 2πt]; o_i = f(q_i)/D · mean_j f(k_j) ⊗ v_j over max(f(q_i)/D · mean_j f(k_j), 1/32).</para>
/// <para>1. Cosines and sines of all phases: one round each way, of a fraction of a turn.</para>
/// <para>2. Open features and values; weights w_ij = f(q_i) · f(k_j) / (n D), with the public 1/(nD) in the query features. Local.</para>
/// <para>3. Truncate weights and row sums (the denominators); open the weights; numerators = weights · V, local.</para>
/// <para>4. Denominators = max(row sum, 1/32), their reciprocals, the products with the numerators, a truncation.</para>
/// Associativity gives the order: with n keys, (f(Q) f(K)ᵀ) V needs n² weights and f(Q) (f(K)ᵀ V) needs 2D·d state entries, a head
/// and text. The texts of classification tasks are shorter than 2D, where the former is less of everything; for longer ones there is
/// <see cref="LinearRandomFeatureAttention"/>, and for causal models <see cref="CausalRandomFeatureAttention"/>.
/// </remarks>
public sealed class RandomFeatureAttention : IAttention
{
    /// <summary>Fraction bits of features and of the public 1/n in the query features: twice the one and the other and the bits of D stay within 60.</summary>
    const int FeatureBits = 18;
    const int ScaleBits = 18;

    public ValueTask<Share> Attend(Party party, ISuite suite, LayerOutline layer, Share queryKeyValue, Sequences from, Sequences to, SharedPrefix? prefix) =>
        (prefix, layer.IsCausal) switch
        {
            (null, true) when CausalRandomFeatureAttention.IsCheaper(layer, from) => CausalRandomFeatureAttention.Attend(party, suite, layer, queryKeyValue, from),
            (null, false) when LinearRandomFeatureAttention.IsCheaper(layer, from) => LinearRandomFeatureAttention.Attend(party, suite, layer, queryKeyValue, from),
            _ => AttendByWeights(party, suite, layer, queryKeyValue, from, to, prefix),
        };

    static async ValueTask<Share> AttendByWeights(Party party, ISuite suite, LayerOutline layer, Share queryKeyValue, Sequences from, Sequences to, SharedPrefix? prefix)
    {
        var layout = to.LayoutFor(layer, prefix?.Rows ?? 0);
        var keysWidth = layer.KeysWidth;

        // 1. Text phases are the first 2·keysWidth columns; the prompt's phases follow them.
        var textPhases = queryKeyValue.Value.Columns(0, 2 * keysWidth);
        var phases = prefix is null
            ? RowOperations.Concatenate(textPhases)
            : RowOperations.Concatenate(textPhases, prefix.Keys.WithMoreFractionBits(queryKeyValue.FractionBits).Value);
        var (cosine, sine) = await suite.CosineAndSineOfTurns(party, new Share(phases, queryKeyValue.FractionBits));
        if (cosine.FractionBits > FeatureBits)
        {
            var wires = await party.Mask(cosine, sine);
            cosine = party.Truncate(wires[0], cosine.FractionBits - FeatureBits);
            sine = party.Truncate(wires[1], sine.FractionBits - FeatureBits);
        }

        // 2. Feature columns: cosines of all heads, then sines of all heads; both halves meet the same head's blocks.
        var textShape = new Shape(from.Rows, 2 * keysWidth);
        Share Part(Share features, int start, Shape shape) => features with { Value = features.Value.Slice(start, shape) };
        var (textCosine, textSine) = (Part(cosine, 0, textShape), Part(sine, 0, textShape));

        // The power of two in 1/D costs no precision: it is a matter of where the point stands.
        var powerOfFeatures = System.Numerics.BitOperations.Log2((uint)layer.KeyWidth - 1) + 1;
        var scales = new ulong[from.Rows];
        for (var i = 0; i < from.Starts.Length - 1; i++)
            for (var row = 0; row < from.Lengths[i % from.Texts]; row++)
            {
                var keys = layout.Prefix + (layer.IsCausal ? row + 1 : from.Lengths[i % from.Texts]);
                scales[from.Starts[i] + row] = FixedPoint.Encode(Math.ScaleB(1, powerOfFeatures) / ((double)keys * layer.KeyWidth), ScaleBits);
            }

        Share Query(Share features) => new(features.Value.Columns(0, keysWidth).ScaleRows(scales), features.FractionBits + ScaleBits + powerOfFeatures);
        Share Key(Share features) => features with { Value = features.Value.Columns(keysWidth, keysWidth) };
        List<Share> toOpen =
        [
            Query(textCosine), Query(textSine), Key(textCosine), Key(textSine),
            queryKeyValue with { Value = queryKeyValue.Value.Columns(2 * keysWidth, layer.ValuesWidth) },
        ];
        if (prefix is not null)
        {
            var promptShape = prefix.Keys.Shape;
            toOpen.AddRange([Part(cosine, textShape.Count, promptShape), Part(sine, textShape.Count, promptShape), prefix.Values.WithMoreFractionBits(queryKeyValue.FractionBits)]);
        }

        var open = await party.Mask([.. toOpen]);
        var view = new MatrixView(0, keysWidth, from.Rows, keysWidth);
        var textBlocks = layout.TextScores(layer, from, view, view, layer.KeyWidth);
        List<BlockFactors> factors = [new(open[0], open[2], textBlocks), new(open[1], open[3], textBlocks)];
        if (prefix is not null)
        {
            var promptBlocks = layout.PrefixScores(layer, from, view, keysWidth, layer.KeyWidth);
            factors.AddRange([new(open[0], open[5], promptBlocks), new(open[1], open[6], promptBlocks)]);
        }

        var weights = layout.WithUncounted(layout.Counted(party.MultiplyBlocks(Shape.Vector(layout.ScoreStarts[^1]), [.. factors])));
        var sums = weights with { Value = weights.Value.SumSegments(layout.ScoreStarts) };

        // 3.
        var untruncated = await party.Mask(weights, sums);
        weights = party.Truncate(untruncated[0], weights.FractionBits - RandomFeatureQuotients.WeightBits);
        sums = party.Truncate(untruncated[1], sums.FractionBits - RandomFeatureQuotients.WeightBits);
        var inverses = await RandomFeatureQuotients.Invert(party, suite, sums);
        var opened = await party.Mask(weights, inverses);
        var valueView = new MatrixView(0, layer.ValuesWidth, from.Rows, layer.ValuesWidth);
        List<BlockFactors> valueFactors = [new(opened[0], open[4], layout.TextValues(layer, from, to, valueView))];
        if (prefix is not null) valueFactors.Add(new(opened[0], open[7], layout.PrefixValues(layer, to)));
        var attendedShape = new Shape(to.Rows, layer.ValuesWidth);
        var numerators = party.MultiplyBlocks(attendedShape, [.. valueFactors]);

        // 4.
        var numerator = await party.Mask(await party.TruncateTo(numerators, RandomFeatureQuotients.QuotientBits));
        return await party.TruncateTo(party.Multiply(numerator, opened[1].Gather(layout.ScoreRowOfValue(layer, to), attendedShape)));
    }
}
