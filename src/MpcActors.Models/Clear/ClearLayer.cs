using System.Numerics.Tensors;

namespace MpcActors.Models.Clear;

/// <summary>One layer in double precision; see <see cref="EncoderLayer"/> for what it computes.</summary>
internal sealed class ClearLayer(EncoderLayer layer, IClearAttention attention)
{
    private readonly PackedAffine queryKeyValue = new(layer.QueryKeyValue);
    private readonly PackedAffine attentionOutput = new(layer.AttentionOutput);
    private readonly PackedAffine? residual = layer.Residual is { } map ? new PackedAffine(map) : null;
    private readonly PackedAffine feedForwardIn = new(layer.FeedForwardIn);
    private readonly PackedAffine feedForwardOut = new(layer.FeedForwardOut);

    /// <summary>What a layer saw: keys and values for a prompt's base, variances for the layer norms' ranges.</summary>
    internal sealed record Trace(double[] QueryKeyValue, double[] AttentionVariances, double[] FeedForwardVariances);

    public double[] Apply(double[] x, int[] lengths, Prefix? prefix, List<Trace>? traces)
    {
        var (attentionInput, attentionVariances) = Normalise(x, layer.QueryKeyValue.In);
        var projected = queryKeyValue.Apply(attentionInput);
        var middle = attentionOutput.Apply(Attend(projected, lengths, prefix));
        TensorPrimitives.Add(middle, residual is null ? x : residual.Apply(x), middle);

        var (feedForwardInput, feedForwardVariances) = Normalise(middle, layer.FeedForwardIn.In);
        var hidden = feedForwardIn.Apply(feedForwardInput);
        TensorPrimitives.Max(hidden, 0, hidden);
        var result = feedForwardOut.Apply(hidden);
        TensorPrimitives.Add(result, middle, result);
        traces?.Add(new Trace(projected, attentionVariances, feedForwardVariances));
        return result;
    }

    private (double[] Normalised, double[] Variances) Normalise(double[] x, int width)
    {
        var result = new double[x.Length];
        var variances = new double[x.Length / width];
        for (var row = 0; row < variances.Length; row++)
        {
            var source = x.AsSpan(row * width, width);
            var target = result.AsSpan(row * width, width);
            TensorPrimitives.Subtract(source, FixedOrder.Sum(source) / width, target);
            variances[row] = FixedOrder.Dot(target, target) / width;
            TensorPrimitives.Divide(target, Math.Sqrt(variances[row] + layer.Epsilon), target);
        }

        return (result, variances);
    }

    private double[] Attend(double[] projected, int[] lengths, Prefix? prefix)
    {
        var result = new double[lengths.Sum() * layer.ValuesWidth];
        var row = 0;
        foreach (var length in lengths)
        {
            for (var head = 0; head < layer.Heads; head++) AttendHead(projected, row, length, head, prefix, result);
            row += length;
        }

        return result;
    }

    private void AttendHead(double[] projected, int firstRow, int length, int head, Prefix? prefix, double[] result)
    {
        var width = attention.FeatureWidth(layer.KeyWidth);
        var extra = prefix is null ? 0 : prefix.Values.Length / layer.ValuesWidth;
        var features = new double[(extra + length) * width];
        for (var j = 0; j < extra; j++)
            attention.Features(prefix!.Keys.AsSpan(j * layer.KeysWidth + head * layer.KeyWidth, layer.KeyWidth), features.AsSpan(j * width, width));
        for (var j = 0; j < length; j++)
            attention.Features(Part(firstRow + j, layer.KeysWidth, layer.KeyWidth), features.AsSpan((extra + j) * width, width));

        var query = new double[width];
        var weights = new double[extra + length];
        for (var i = 0; i < length; i++)
        {
            attention.Features(Part(firstRow + i, 0, layer.KeyWidth), query);
            for (var j = 0; j < weights.Length; j++) weights[j] = FixedOrder.Dot(query, features.AsSpan(j * width, width));
            attention.Weigh(weights, layer.KeyWidth);

            var target = result.AsSpan((firstRow + i) * layer.ValuesWidth + head * layer.ValueWidth, layer.ValueWidth);
            for (var j = 0; j < weights.Length; j++)
            {
                var value = j < extra
                    ? prefix!.Values.AsSpan(j * layer.ValuesWidth + head * layer.ValueWidth, layer.ValueWidth)
                    : Part(firstRow + j - extra, 2 * layer.KeysWidth, layer.ValueWidth);
                TensorPrimitives.MultiplyAdd(value, weights[j], target, target);
            }
        }

        Span<double> Part(int row, int offset, int partWidth) =>
            projected.AsSpan(row * layer.QueryKeyValue.Out + offset + head * partWidth, partWidth);
    }
}
