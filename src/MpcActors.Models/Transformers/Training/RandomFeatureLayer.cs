using MpcActors.Data;
using MpcActors.Models.Private;
using MpcActors.Protocols;
using MpcActors.Protocols.Training;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers.Training;

/// <summary>Random feature attention of phases: f(t) = [cos 2πt, sin 2πt], [N_i | d_i] = mean_j f(q_i)·f(k_j)/D · [v_j | 1], o_i = N_i/max(d_i, 1/32).</summary>
/// <remarks>
/// <para>Back: with r = 1/max(d, 1/32), gN = g·r and gd = −r²(g·N) where d is above the floor. What follows is <see cref="FeatureSums"/>'s, by weights or by states.</para>
/// <para>From features to phases: gt = 2π(g_sin cos 2πt − g_cos sin 2πt), with the cosines and sines of the way there.</para>
/// Sums and their floor are eight times what they are above, so that with 16 fraction bits neither they nor their inverses lose more than the other.
/// </remarks>
public sealed class RandomFeatureLayer(LayerOutline layer) : ILayer
{
    /// <param name="x">[rows, phases of queries in turns | of keys | values of all heads].</param>
    public async ValueTask<Traced> Forward(PassContext pass, Share x)
    {
        var (party, suite, sequences) = (pass.Party, pass.Suite, pass.Sequences);
        var (width, depth, floor) = (layer.KeysWidth, layer.ValueWidth, FeatureSums.Gain * RandomFeatures.DenominatorFloor);
        using var scope = party.Meter.Enter("attention");
        Share cosine, sine;
        using (party.Meter.Enter("cosine")) (cosine, sine) = await suite.Forward.CosineAndSineOfTurns(party, x with { Value = x.Value.Columns(0, 2 * width) });
        var open = await suite.Open(
            party, cosine with { Value = HeadFeatures.Join(cosine.Value, sine.Value, 0, layer) }, cosine with { Value = HeadFeatures.Join(cosine.Value, sine.Value, width, layer) },
            x with { Value = x.Value.Columns(2 * width, layer.ValuesWidth) });
        var sums = await FeatureSums.Of(pass, layer, open[0], open[1], open[2]);

        Traced above;
        Share inverse;
        using (party.Meter.Enter("reciprocal"))
        {
            above = await suite.Relu(party, party.AddPublic(sums.Value with { Value = sums.Value.Value.Columns(depth, 1) }, -floor));
            inverse = await suite.Forward.Reciprocal(party, party.AddPublic(above.Value, floor), floor, 1.25 * FeatureSums.Gain, FixedPoint.FractionBits);
        }

        var quotient = await suite.Open(party, sums.Value with { Value = sums.Value.Value.Columns(0, depth) }, inverse);
        var attended = await suite.ScaleRows(party, quotient[0], quotient[1]);
        return new(attended.Reshape(new(sequences.Rows, layer.ValuesWidth)), async gradient =>
        {
            using var back = party.Meter.Enter("attention");
            var g = (await suite.Open(party, gradient.Reshape(attended.Shape)))[0];
            var products = await suite.Multiply(party, g, quotient[0]);
            var along = (await suite.Open(party, products with { Value = products.Value.SumRows() }))[0];
            var once = (await suite.Open(party, await suite.Multiply(party, along, quotient[1])))[0];
            var ofDenominators = await above.Backward(-await suite.Multiply(party, once, quotient[1]));
            var (ofQueries, ofKeys, ofValues) = await sums.Backward(Composition.SideBySide(await suite.ScaleRows(party, g, quotient[1]), ofDenominators));

            using var cosineScope = party.Meter.Enter("cosine");
            var turned = await suite.Open(
                party, ofQueries with { Value = HeadFeatures.Turn(ofQueries.Value, layer) }, ofKeys with { Value = HeadFeatures.Turn(ofKeys.Value, layer) });
            var phases = new Share[2];
            for (var side = 0; side < 2; side++)
            {
                var product = await suite.Multiply(party, turned[side], open[side]);
                phases[side] = product with { Value = HeadFeatures.SumHalves(product.Value, layer) };
            }

            return Composition.SideBySide(await suite.Scale(party, Composition.SideBySide(phases), 2 * Math.PI, FixedPoint.FractionBits), ofValues);
        });
    }
}

/// <summary>A head's features side by side, first the cosines and then the sines, so that they are one factor.</summary>
static class HeadFeatures
{
    /// <summary>[rows, heads · 2D] of the columns from <paramref name="start"/> on.</summary>
    public static RingTensor Join(RingTensor cosine, RingTensor sine, int start, LayerOutline layer)
    {
        var (features, stride) = (layer.KeyWidth, cosine.Shape.Columns);
        var shape = new Shape(cosine.Shape.Rows, 2 * layer.KeysWidth);
        return cosine.IsHollow ? RingTensor.Hollow(shape) : Fill(shape, layer, (row, head, target) =>
        {
            cosine.Values.AsSpan(row * stride + start + head * features, features).CopyTo(target);
            sine.Values.AsSpan(row * stride + start + head * features, features).CopyTo(target[features..]);
        });
    }

    /// <summary>[g_cos | g_sin] to [g_sin | −g_cos].</summary>
    public static RingTensor Turn(RingTensor gradient, LayerOutline layer)
    {
        var (features, stride) = (layer.KeyWidth, gradient.Shape.Columns);
        return gradient.IsHollow ? gradient : Fill(gradient.Shape, layer, (row, head, target) =>
        {
            var source = gradient.Values.AsSpan(row * stride + 2 * head * features, 2 * features);
            source[features..].CopyTo(target);
            System.Numerics.Tensors.TensorPrimitives.Negate(source[..features], target[features..]);
        });
    }

    /// <summary>[rows, heads · D]: both halves of each head together.</summary>
    public static RingTensor SumHalves(RingTensor rows, LayerOutline layer)
    {
        var (features, stride) = (layer.KeyWidth, rows.Shape.Columns);
        var shape = new Shape(rows.Shape.Rows, layer.KeysWidth);
        return rows.IsHollow ? RingTensor.Hollow(shape) : Fill(shape, layer, (row, head, target) =>
        {
            var source = rows.Values.AsSpan(row * stride + 2 * head * features, 2 * features);
            System.Numerics.Tensors.TensorPrimitives.Add(source[..features], source[features..], target);
        });
    }

    delegate void HeadKernel(int row, int head, Span<ulong> target);

    /// <summary>Calls the kernel for the part of each row and head.</summary>
    static RingTensor Fill(Shape shape, LayerOutline layer, HeadKernel kernel)
    {
        var result = RingTensor.Uninitialized(shape);
        var (values, width) = (result.Values, shape.Columns / layer.Heads);
        Parallelism.ForChunks(shape.Rows, (start, length) =>
        {
            for (var row = start; row < start + length; row++)
                for (var head = 0; head < layer.Heads; head++) kernel(row, head, values.AsSpan(row * shape.Columns + head * width, width));
        }, chunkLength: 16);
        return result;
    }
}
