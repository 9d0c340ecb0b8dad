using MpcActors.Models.Clear;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers;

/// <summary>The prepared transformer in the clear, with the weights as the parties have them (rounded to 2^−16) and a suite's own functions.</summary>
/// <remarks>The same program as <see cref="PrivateTransformer"/>, in double precision; layers are read when they are needed and not kept.</remarks>
public sealed class ClearPreparedTransformer(PreparedTransformer transformer, IClearFunctions functions)
{
    const int ChunkRows = 64;

    readonly TransformerOutline _outline = transformer.Outline;

    /// <summary>What layer <paramref name="index"/> makes of [sum of lengths, width].</summary>
    public double[] Layer(int index, double[] x, int[] lengths)
    {
        var layer = transformer.Layer(index);
        var input = _outline.NormFirst ? Normalized(x) : x;
        var queryKeyValue = Apply(layer.QueryKeyValue, input);
        var output = Apply(layer.AttentionOutput, Attend(queryKeyValue, lengths));
        Add(output, layer.InputScale is null ? x : Scaled(input, layer.InputScale));
        var inner = Normalized(output);
        var active = Apply(layer.FeedForwardIn, inner);
        ForChunks(active.Length, (start, length) => functions.Gelu(active.AsSpan(start, length)));
        var outer = Apply(layer.FeedForwardOut, active);
        Add(outer, layer.MiddleScale is null ? output : Scaled(inner, layer.MiddleScale));
        return _outline.NormFirst ? outer : Normalized(outer);
    }

    /// <summary>Logits [texts, classes] from the last layer's output.</summary>
    public double[] Logits(double[] x, int[] lengths, int[] answers)
    {
        var (rows, start) = (new double[lengths.Length * _outline.Width], 0);
        for (var text = 0; text < lengths.Length; start += lengths[text++])
            x.AsSpan((start + answers[text]) * _outline.Width, _outline.Width).CopyTo(rows.AsSpan(text * _outline.Width));
        var head = transformer.Head();
        if (_outline.NormFirst) rows = Normalized(rows);
        if (head.Transform is { } transform)
        {
            rows = Apply(transform, rows);
            functions.Gelu(rows);
            rows = Normalized(rows);
        }

        return Apply(head.Labels, rows);
    }

    double[] Attend(double[] queryKeyValue, int[] lengths)
    {
        var layer = _outline.Layer;
        var (result, stride) = (new double[queryKeyValue.Length / layer.QueryKeyValueWidth * layer.ValuesWidth], layer.QueryKeyValueWidth);
        var starts = new int[lengths.Length + 1];
        for (var i = 0; i < lengths.Length; i++) starts[i + 1] = starts[i] + lengths[i];
        Parallel.For(0, lengths.Length * layer.Heads, block =>
        {
            var (first, length, head) = (starts[block / layer.Heads], lengths[block / layer.Heads], block % layer.Heads);
            var keys = Enumerable.Range(0, length).Select(j => Sides(first + j, head, layer.KeysWidth)).ToArray();
            var weights = new double[length];
            for (var i = 0; i < length; i++)
            {
                var count = _outline.IsCausal ? i + 1 : length;
                Weigh(Sides(first + i, head, 0), keys.AsSpan(0, count), weights.AsSpan(0, count));
                var target = result.AsSpan((first + i) * layer.ValuesWidth + head * layer.ValueWidth, layer.ValueWidth);
                for (var j = 0; j < count; j++)
                {
                    var value = queryKeyValue.AsSpan((first + j) * stride + 2 * layer.KeysWidth + head * layer.ValueWidth, layer.ValueWidth);
                    for (var d = 0; d < value.Length; d++) target[d] += weights[j] * value[d];
                }
            }
        });
        return result;

        double[] Sides(int row, int head, int offset)
        {
            var side = queryKeyValue.AsSpan(row * stride + offset + head * layer.KeyWidth, layer.KeyWidth);
            return _outline.Attention == AttentionKind.RandomFeatures ? functions.Features(side) : side.ToArray();
        }
    }

    void Weigh(double[] query, ReadOnlySpan<double[]> keys, Span<double> weights)
    {
        if (_outline.Attention == AttentionKind.Uniform)
        {
            weights.Fill(1.0 / weights.Length);
            return;
        }

        for (var j = 0; j < keys.Length; j++) weights[j] = FixedOrder.Dot(query, keys[j]);
        if (_outline.Attention == AttentionKind.Softmax)
        {
            functions.Softmax(weights);
            return;
        }

        // The mean over the keys, so that a denominator does not depend on the length.
        var scale = 1.0 / weights.Length;
        foreach (ref var weight in weights) weight *= scale;
        var inverse = functions.Inverse(FixedOrder.Sum(weights));
        foreach (ref var weight in weights) weight *= inverse;
    }

    double[] Normalized(double[] rows)
    {
        var result = rows.ToArray();
        Parallel.For(0, rows.Length / _outline.Width, row => functions.Normalize(result.AsSpan(row * _outline.Width, _outline.Width), _outline.Epsilon));
        return result;
    }

    static double[] Scaled(double[] rows, double[] scale)
    {
        var result = new double[rows.Length];
        for (var i = 0; i < rows.Length; i++) result[i] = rows[i] * Rounded(scale[i % scale.Length]);
        return result;
    }

    static void Add(double[] target, double[] addend)
    {
        for (var i = 0; i < target.Length; i++) target[i] += addend[i];
    }

    static double[] Apply(Affine map, double[] x)
    {
        var packed = new PackedAffine(new Affine(Array.ConvertAll(map.Weight, Rounded), Array.ConvertAll(map.Bias, Rounded), map.In, map.Out));
        var result = new double[x.Length / map.In * map.Out];
        Parallel.For(0, (x.Length / map.In + ChunkRows - 1) / ChunkRows, chunk =>
        {
            var rows = Math.Min(ChunkRows, x.Length / map.In - chunk * ChunkRows);
            packed.Apply(x.AsSpan(chunk * ChunkRows * map.In, rows * map.In)).CopyTo(result, chunk * ChunkRows * map.Out);
        });
        return result;
    }

    static void ForChunks(int count, Action<int, int> body) =>
        Parallel.For(0, (count + 8191) / 8192, chunk => body(chunk * 8192, Math.Min(8192, count - chunk * 8192)));

    static double Rounded(double weight) => FixedPoint.Decode(FixedPoint.Encode(weight));
}
