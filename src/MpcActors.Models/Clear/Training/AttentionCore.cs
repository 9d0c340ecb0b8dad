namespace MpcActors.Models.Clear.Training;

/// <summary>Queries, keys and values of texts whose rows follow one another; a row holds its heads side by side.</summary>
/// <param name="Stride">Numbers from one row's values to the next.</param>
/// <param name="FirstValue">Where the first row's values begin.</param>
internal sealed record Attended(float[] Queries, float[] Keys, float[] Values, int Stride, int FirstValue);

/// <summary>
/// o_i = Σ_j w_ij v_j for each text and head, w from the products of queries and keys; and its way back. One text is worked on by one thread.
/// </summary>
internal sealed class AttentionCore(TrainedAttention attention, int heads, int keyWidth, int valueWidth)
{
    /// <param name="Weights">For each text, head and query: one a key.</param>
    /// <param name="Denominators">[rows, heads], before the floor.</param>
    /// <param name="Starts">Where a text's first row is, and where its products begin.</param>
    public sealed record Trace(float[] Output, float[] Products, float[] Weights, float[] Denominators, (int Row, int Product)[] Starts);

    public sealed record Gradients(float[] Queries, float[] Keys, float[] Values);

    // Random features are divided by their number and the number of keys, so that a denominator is an average in [−1, 1].
    private float Scale(int keys) => attention == TrainedAttention.RandomFeatures ? 2f / (keyWidth * keys) : 1 / MathF.Sqrt(keyWidth);

    private bool HasKeys => attention != TrainedAttention.Uniform;

    public Trace Forward(Attended x, int[] lengths)
    {
        var starts = Starts(lengths, out var rows, out var products);
        var trace = new Trace(new float[rows * heads * valueWidth], new float[products], new float[products], new float[rows * heads], starts);
        Parallel.For(0, lengths.Length, text =>
        {
            var (first, at) = starts[text];
            var keys = lengths[text];
            var scale = HasKeys ? Scale(keys) : 0;
            for (var head = 0; head < heads; head++)
                for (var i = first; i < first + keys; i++, at += keys)
                {
                    var row = trace.Products.AsSpan(at, keys);
                    var weights = trace.Weights.AsSpan(at, keys);
                    if (HasKeys)
                        for (var j = 0; j < keys; j++) row[j] = SingleRows.Dot(Key(x.Queries, i, head), Key(x.Keys, first + j, head)) * scale;
                    trace.Denominators[i * heads + head] = AttentionWeights.Forward(attention, row, weights);
                    var output = Value(trace.Output, i, head);
                    for (var j = 0; j < keys; j++) SingleRows.AddScaled(output, x.Values.AsSpan(ValueAt(x, first + j, head), valueWidth), weights[j]);
                }
        });
        return trace;
    }

    /// <param name="byDenominator">Gradient by one denominator, given it: what keeps random features away from the floor.</param>
    public Gradients Backward(Attended x, int[] lengths, Trace trace, float[] dy, Func<float, float>? byDenominator)
    {
        var (dq, dk, dv) = (new float[x.Queries.Length], new float[x.Keys.Length], new float[x.Values.Length]);
        Parallel.For(0, lengths.Length, text =>
        {
            var (first, at) = trace.Starts[text];
            var keys = lengths[text];
            var scale = HasKeys ? Scale(keys) : 0;
            var gradients = new float[keys];
            for (var head = 0; head < heads; head++)
                for (var i = first; i < first + keys; i++, at += keys)
                {
                    var weights = trace.Weights.AsSpan(at, keys);
                    var output = Value(dy, i, head);
                    for (var j = 0; j < keys; j++)
                    {
                        var value = ValueAt(x, first + j, head);
                        gradients[j] = SingleRows.Dot(output, x.Values.AsSpan(value, valueWidth));
                        SingleRows.AddScaled(dv.AsSpan(value, valueWidth), output, weights[j]);
                    }

                    if (!HasKeys) continue;
                    var denominator = trace.Denominators[i * heads + head];
                    AttentionWeights.Backward(attention, trace.Products.AsSpan(at, keys), weights, denominator, gradients, byDenominator?.Invoke(denominator) ?? 0);
                    for (var j = 0; j < keys; j++)
                    {
                        SingleRows.AddScaled(Key(dq, i, head), Key(x.Keys, first + j, head), gradients[j] * scale);
                        SingleRows.AddScaled(Key(dk, first + j, head), Key(x.Queries, i, head), gradients[j] * scale);
                    }
                }
        });
        return new(dq, dk, dv);
    }

    private Span<float> Key(float[] rows, int row, int head) => rows.AsSpan((row * heads + head) * keyWidth, keyWidth);

    private Span<float> Value(float[] rows, int row, int head) => rows.AsSpan((row * heads + head) * valueWidth, valueWidth);

    private int ValueAt(Attended x, int row, int head) => x.FirstValue + row * x.Stride + head * valueWidth;

    private (int Row, int Product)[] Starts(int[] lengths, out int rows, out int products)
    {
        (rows, products) = (0, 0);
        var starts = new (int, int)[lengths.Length];
        for (var text = 0; text < lengths.Length; text++)
        {
            starts[text] = (rows, products);
            rows += lengths[text];
            products += heads * lengths[text] * lengths[text];
        }

        return starts;
    }
}
