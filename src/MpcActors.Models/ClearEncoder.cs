using System.Numerics.Tensors;
using MpcActors.Models.Clear;

namespace MpcActors.Models;

/// <summary>
/// The prepared encoder in double precision, in the clear: the reference for the private pass and the clear twin of a private tuning.
/// Texts and prompts are spread over the cores; no number depends on how.
/// </summary>
public sealed class ClearEncoder
{
    // Rows that one work item takes through all layers: enough to reuse a weight panel, few enough for the second-level cache.
    private const int ChunkRows = 96;

    private readonly ClearLayer[] layers;
    private readonly PackedAffine head;

    public ClearEncoder(Encoder encoder)
    {
        Encoder = encoder;
        var attention = IClearAttention.Of(encoder.Attention);
        layers = [.. encoder.Layers.Select(layer => new ClearLayer(layer, attention))];
        head = new PackedAffine(encoder.Head);
    }

    public Encoder Encoder { get; }

    /// <summary>Unit sentence embeddings, row-major [texts, Width].</summary>
    public double[] Embeddings(TextBatch batch, Prompt? prompt = null) => Embeddings(batch, [prompt])[0];

    /// <summary>20 · cosine with every label: [texts, classes].</summary>
    public double[,] Logits(TextBatch batch, LabelMatrix labels, Prompt? prompt = null) => Logits(batch, labels, [prompt])[0];

    /// <summary>The same for several prompts at once (a population), one result each; null is the unprompted pass.</summary>
    public IReadOnlyList<double[,]> Logits(TextBatch batch, LabelMatrix labels, IReadOnlyList<Prompt?> prompts)
    {
        if (labels.Width != Encoder.Width)
            throw new ArgumentException($"the label vectors are {labels.Width} wide, the embeddings {Encoder.Width}", nameof(labels));
        return [.. Embeddings(batch, prompts).Select(embeddings => Scores(embeddings, labels))];
    }

    /// <summary>Mean keys and values over all rows of the texts, without a prompt: what a key/value prefix starts from.</summary>
    public KeyValueMeans KeyValueMeans(TextBatch batch)
    {
        var trace = Trace(batch);
        return new KeyValueMeans(
            [.. Encoder.Layers.Select((layer, index) => Means(trace.Layers[index].QueryKeyValue, layer.QueryKeyValue.Out, layer.KeysWidth, layer.KeysWidth))],
            [.. Encoder.Layers.Select((layer, index) => Means(trace.Layers[index].QueryKeyValue, layer.QueryKeyValue.Out, 2 * layer.KeysWidth, layer.ValuesWidth))]);
    }

    /// <summary>An unprompted pass that keeps what its layers saw; Pooled is [texts, Width].</summary>
    internal (IReadOnlyList<ClearLayer.Trace> Layers, double[] Pooled) Trace(TextBatch batch)
    {
        RequireFit(batch);
        var traces = new List<ClearLayer.Trace>();
        var pooled = Pooled(batch, null, traces);
        return (traces, pooled);
    }

    private double[][] Embeddings(TextBatch batch, IReadOnlyList<Prompt?> prompts)
    {
        RequireFit(batch);
        var chunks = Chunks(batch).ToArray();
        var results = prompts.Select(_ => new double[batch.Texts * Encoder.Width]).ToArray();
        Parallel.For(0, chunks.Length * prompts.Count, item =>
        {
            var (prompt, chunk) = Math.DivRem(item, chunks.Length);
            Unit(Pooled(chunks[chunk].Texts, prompts[prompt], null)).CopyTo(results[prompt], chunks[chunk].First * Encoder.Width);
        });
        return results;
    }

    private double[] Pooled(TextBatch texts, Prompt? prompt, List<ClearLayer.Trace>? traces)
    {
        var (x, lengths, extra) = WithRows(texts, prompt?.Rows);
        for (var index = 0; index < layers.Length; index++) x = layers[index].Apply(x, lengths, prompt?.Prefixes?[index], traces);

        // Prompt rows do not count: the embedding is that of the text.
        var pooled = new double[texts.Texts * Encoder.Width];
        var row = 0;
        for (var text = 0; text < texts.Texts; text++)
        {
            row += extra;
            var mean = pooled.AsSpan(text * Encoder.Width, Encoder.Width);
            for (var i = 0; i < texts.Lengths[text]; i++, row++) TensorPrimitives.Add(mean, x.AsSpan(row * Encoder.Width, Encoder.Width), mean);
            TensorPrimitives.Divide(mean, (double)texts.Lengths[text], mean);
            if (prompt?.Shift is { } shift) TensorPrimitives.Add(mean, shift, mean);
        }

        return pooled;
    }

    private static (double[] Rows, int[] Lengths, int Extra) WithRows(TextBatch texts, double[]? prompt)
    {
        if (prompt is null) return (texts.Rows, texts.Lengths, 0);
        var extra = prompt.Length / texts.Width;
        var rows = new List<double>(texts.Rows.Length + texts.Texts * prompt.Length);
        var first = 0;
        foreach (var length in texts.Lengths)
        {
            rows.AddRange(prompt);
            rows.AddRange(texts.Rows.AsSpan(first * texts.Width, length * texts.Width));
            first += length;
        }

        return ([.. rows], Array.ConvertAll(texts.Lengths, length => length + extra), extra);
    }

    private double[] Unit(double[] pooled)
    {
        var result = head.Apply(pooled);
        FixedOrder.Tanh(result);
        for (var text = 0; text < result.Length / Encoder.Width; text++)
        {
            var row = result.AsSpan(text * Encoder.Width, Encoder.Width);
            TensorPrimitives.Divide(row, Math.Sqrt(FixedOrder.Dot(row, row)), row);
        }

        return result;
    }

    private static IEnumerable<(int First, TextBatch Texts)> Chunks(TextBatch batch)
    {
        for (int first = 0, next; first < batch.Texts; first = next)
        {
            var rows = 0;
            for (next = first; next < batch.Texts && (next == first || rows + batch.Lengths[next] <= ChunkRows); next++) rows += batch.Lengths[next];
            yield return (first, batch.Slice(first, next - first));
        }
    }

    private static double[,] Scores(double[] embeddings, LabelMatrix labels)
    {
        var texts = embeddings.Length / labels.Width;
        var logits = new double[texts, labels.Classes];
        for (var text = 0; text < texts; text++)
            for (var i = 0; i < labels.Width; i++)
                for (var c = 0; c < labels.Classes; c++)
                    logits[text, c] += embeddings[text * labels.Width + i] * labels.Weight[i * labels.Classes + c];
        return logits;
    }

    private static double[] Means(double[] rows, int stride, int first, int width)
    {
        var means = new double[width];
        var count = rows.Length / stride;
        for (var row = 0; row < count; row++) TensorPrimitives.Add(means, rows.AsSpan(row * stride + first, width), means);
        TensorPrimitives.Divide(means, (double)count, means);
        return means;
    }

    private void RequireFit(TextBatch batch)
    {
        if (batch.Width != Encoder.InputWidth)
            throw new ArgumentException($"the texts' rows are {batch.Width} wide, the encoder takes {Encoder.InputWidth}", nameof(batch));
    }
}
