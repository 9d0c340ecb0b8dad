namespace MpcActors.Models.Tests;

/// <summary>The prepared encoder as its documentation says it, a text and a number at a time: the oracle for the fast pass.</summary>
internal static class PlainForward
{
    public static double[] Embeddings(Encoder encoder, TextBatch batch, Prompt prompt)
    {
        var result = new List<double>();
        for (var text = 0; text < batch.Texts; text++)
        {
            var one = batch.Slice(text, 1);
            var rows = Enumerable.Range(0, one.TotalRows).Select(row => one.Rows.AsSpan(row * one.Width, one.Width).ToArray()).ToArray();
            for (var index = 0; index < encoder.Layers.Count; index++) rows = Layer(encoder, index, rows, prompt.Prefixes![index]);
            var mean = Enumerable.Range(0, encoder.Width).Select(i => rows.Average(row => row[i])).ToArray();
            var head = Map(encoder.Head, mean).Select(Math.Tanh).ToArray();
            result.AddRange(head.Select(value => value / Math.Sqrt(head.Sum(other => other * other))));
        }

        return [.. result];
    }

    private static double[][] Layer(Encoder encoder, int index, double[][] rows, Prefix prefix)
    {
        var layer = encoder.Layers[index];
        var projected = rows.Select(row => Map(layer.QueryKeyValue, Norm(row, layer.Epsilon))).ToArray();
        var extra = prefix.Values.Length / layer.ValuesWidth;
        var keys = Enumerable.Range(0, extra).Select(j => prefix.Keys[(j * layer.KeysWidth)..((j + 1) * layer.KeysWidth)])
            .Concat(projected.Select(row => row[layer.KeysWidth..(2 * layer.KeysWidth)])).ToArray();
        var values = Enumerable.Range(0, extra).Select(j => prefix.Values[(j * layer.ValuesWidth)..((j + 1) * layer.ValuesWidth)])
            .Concat(projected.Select(row => row[(2 * layer.KeysWidth)..])).ToArray();

        return [.. rows.Select((row, i) =>
        {
            var attended = new double[layer.ValuesWidth];
            for (var head = 0; head < layer.Heads; head++)
            {
                var query = Part(projected[i], head, layer.KeyWidth);
                var weights = Weights(encoder.Attention, query, [.. keys.Select(key => Part(key, head, layer.KeyWidth))]);
                for (var d = 0; d < layer.ValueWidth; d++)
                    attended[head * layer.ValueWidth + d] = values.Select((value, j) => weights[j] * value[head * layer.ValueWidth + d]).Sum();
            }

            var skip = layer.Residual is null ? row : Map(layer.Residual, row);
            var middle = Map(layer.AttentionOutput, attended).Zip(skip, (a, b) => a + b).ToArray();
            var hidden = Map(layer.FeedForwardIn, Norm(middle, layer.Epsilon)).Select(value => Math.Max(value, 0)).ToArray();
            return Map(layer.FeedForwardOut, hidden).Zip(middle, (a, b) => a + b).ToArray();
        })];
    }

    private static double[] Weights(AttentionKind attention, double[] query, double[][] keys)
    {
        switch (attention)
        {
            case AttentionKind.Softmax:
                var exponentials = keys.Select(key => Math.Exp(query.Zip(key, (q, k) => q * k).Sum())).ToArray();
                return [.. exponentials.Select(value => value / exponentials.Sum())];
            case AttentionKind.RandomFeatures:
                // cos a cos b + sin a sin b = cos(a − b).
                var kernel = keys.Select(key => query.Zip(key, (q, k) => Math.Cos(Math.Tau * (q - k))).Average() / keys.Length).ToArray();
                return [.. kernel.Select(value => value / Math.Max(kernel.Sum(), 1.0 / 32))];
            default:
                return [.. keys.Select(_ => 1.0 / keys.Length)];
        }
    }

    private static double[] Part(double[] row, int head, int width) => row[(head * width)..((head + 1) * width)];

    private static double[] Norm(double[] row, double epsilon)
    {
        var mean = row.Average();
        var variance = row.Average(value => (value - mean) * (value - mean));
        return [.. row.Select(value => (value - mean) / Math.Sqrt(variance + epsilon))];
    }

    private static double[] Map(Affine map, double[] x) =>
        [.. Enumerable.Range(0, map.Out).Select(j => map.Bias[j] + x.Select((value, i) => value * map.Weight[i * map.Out + j]).Sum())];
}
