namespace MpcActors.Models.Clear.Training;

/// <summary>Queries, keys and values of texts whose rows follow one another; a row holds its heads side by side.</summary>
/// <param name="Stride">Numbers from one row's values to the next.</param>
/// <param name="FirstValue">Where the first row's values begin.</param>
internal sealed record Attended(float[] Queries, float[] Keys, float[] Values, int Stride, int FirstValue);

/// <summary>Extra keys and values that every text attends to first; a row holds its heads side by side.</summary>
internal sealed record AttendedPrefix(float[] Keys, float[] Values, int Rows);

/// <summary>
/// o_i = Σ_j w_ij v_j for each text and head, w from the products of queries and keys; and its way back. One text is worked on by one thread.
/// </summary>
internal sealed class AttentionCore(TrainedAttention attention, int heads, int keyWidth, int valueWidth)
{
    /// <param name="Weights">For each text, head and query: one a key, prefix first.</param>
    /// <param name="Denominators">[rows, heads], before the floor.</param>
    /// <param name="Starts">Where a text's first row is, and where its products begin.</param>
    public sealed record Trace(float[] Output, float[] Products, float[] Weights, float[] Denominators, (int Row, int Product)[] Starts);

    /// <param name="Prefix">Gradients by the keys and values of the prefix; null without one.</param>
    public sealed record Gradients(float[] Queries, float[] Keys, float[] Values, AttendedPrefix? Prefix);

    // Random features are divided by their number and the number of keys, so that a denominator is an average in [−1, 1].
    private float Scale(int keys) => attention == TrainedAttention.RandomFeatures ? 2f / (keyWidth * keys) : 1 / MathF.Sqrt(keyWidth);

    private bool HasKeys => attention != TrainedAttention.Uniform;

    public Trace Forward(Attended x, int[] lengths, AttendedPrefix? prefix)
    {
        var extra = prefix?.Rows ?? 0;
        var starts = Starts(lengths, extra, out var rows, out var products);
        var trace = new Trace(new float[rows * heads * valueWidth], new float[products], new float[products], new float[rows * heads], starts);
        Parallel.For(0, lengths.Length, text =>
        {
            var (first, at) = starts[text];
            var keys = lengths[text] + extra;
            var scale = HasKeys ? Scale(keys) : 0;
            for (var head = 0; head < heads; head++)
                for (var i = first; i < first + lengths[text]; i++, at += keys)
                {
                    var row = trace.Products.AsSpan(at, keys);
                    var weights = trace.Weights.AsSpan(at, keys);
                    if (HasKeys)
                        for (var j = 0; j < keys; j++) row[j] = SingleRows.Dot(Key(x.Queries, i, head), KeyOf(j, head)) * scale;
                    trace.Denominators[i * heads + head] = AttentionWeights.Forward(attention, row, weights);
                    var output = Value(trace.Output, i, head);
                    for (var j = 0; j < keys; j++) SingleRows.AddScaled(output, ValueOf(j, head), weights[j]);
                }

            Span<float> KeyOf(int j, int head) => j < extra ? Key(prefix!.Keys, j, head) : Key(x.Keys, first + j - extra, head);
            Span<float> ValueOf(int j, int head) => j < extra ? Value(prefix!.Values, j, head) : x.Values.AsSpan(ValueAt(x, first + j - extra, head), valueWidth);
        });
        return trace;
    }

    /// <param name="byDenominator">Gradient by one denominator, given it: what keeps random features away from the floor.</param>
    public Gradients Backward(Attended x, int[] lengths, AttendedPrefix? prefix, Trace trace, float[] dy, Func<float, float>? byDenominator)
    {
        var extra = prefix?.Rows ?? 0;
        var (dq, dk, dv) = (new float[x.Queries.Length], new float[x.Keys.Length], new float[x.Values.Length]);
        // A text adds to keys and values of its own; what they say of the prefix is added up in the order of the texts.
        var (prefixKeys, prefixValues) = (new float[lengths.Length][], new float[lengths.Length][]);
        Parallel.For(0, lengths.Length, text =>
        {
            var (first, at) = trace.Starts[text];
            var keys = lengths[text] + extra;
            var scale = HasKeys ? Scale(keys) : 0;
            var gradients = new float[keys];
            prefixKeys[text] = new float[prefix?.Keys.Length ?? 0];
            prefixValues[text] = new float[prefix?.Values.Length ?? 0];
            for (var head = 0; head < heads; head++)
                for (var i = first; i < first + lengths[text]; i++, at += keys)
                {
                    var weights = trace.Weights.AsSpan(at, keys);
                    var output = Value(dy, i, head);
                    for (var j = 0; j < keys; j++)
                    {
                        var isPrefix = j < extra;
                        gradients[j] = SingleRows.Dot(output, isPrefix ? Value(prefix!.Values, j, head) : x.Values.AsSpan(ValueAt(x, first + j - extra, head), valueWidth));
                        SingleRows.AddScaled(isPrefix ? Value(prefixValues[text], j, head) : dv.AsSpan(ValueAt(x, first + j - extra, head), valueWidth), output, weights[j]);
                    }

                    if (!HasKeys) continue;
                    var denominator = trace.Denominators[i * heads + head];
                    AttentionWeights.Backward(attention, trace.Products.AsSpan(at, keys), weights, denominator, gradients, byDenominator?.Invoke(denominator) ?? 0);
                    for (var j = 0; j < keys; j++)
                    {
                        var isPrefix = j < extra;
                        SingleRows.AddScaled(Key(dq, i, head), isPrefix ? Key(prefix!.Keys, j, head) : Key(x.Keys, first + j - extra, head), gradients[j] * scale);
                        SingleRows.AddScaled(isPrefix ? Key(prefixKeys[text], j, head) : Key(dk, first + j - extra, head), Key(x.Queries, i, head), gradients[j] * scale);
                    }
                }
        });
        return new(dq, dk, dv, prefix is null ? null : new(Total(prefixKeys), Total(prefixValues), extra));
    }

    private Span<float> Key(float[] rows, int row, int head) => rows.AsSpan((row * heads + head) * keyWidth, keyWidth);

    private Span<float> Value(float[] rows, int row, int head) => rows.AsSpan((row * heads + head) * valueWidth, valueWidth);

    private int ValueAt(Attended x, int row, int head) => x.FirstValue + row * x.Stride + head * valueWidth;

    private (int Row, int Product)[] Starts(int[] lengths, int extra, out int rows, out int products)
    {
        (rows, products) = (0, 0);
        var starts = new (int, int)[lengths.Length];
        for (var text = 0; text < lengths.Length; text++)
        {
            starts[text] = (rows, products);
            rows += lengths[text];
            products += heads * lengths[text] * (lengths[text] + extra);
        }

        return starts;
    }

    private static float[] Total(float[][] parts)
    {
        var total = new float[parts[0].Length];
        foreach (var part in parts) SingleRows.AddScaled(total, part, 1);
        return total;
    }
}
