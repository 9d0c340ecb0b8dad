using System.Numerics.Tensors;
using MpcActors.Data.Transformers;

namespace MpcActors.Models.Clear;

/// <summary>One transformer layer in double precision: with its norms behind the blocks (RoBERTa, BERT) or before them (GPT-2).</summary>
internal sealed class ClearTransformerLayer(LayerWeights weights, TransformerConfig config)
{
    private readonly PackedAffine query = new(weights.Query);
    private readonly PackedAffine key = new(weights.Key);
    private readonly PackedAffine value = new(weights.Value);
    private readonly PackedAffine attentionOutput = new(weights.AttentionOutput);
    private readonly PackedAffine feedForwardIn = new(weights.FeedForwardIn);
    private readonly PackedAffine feedForwardOut = new(weights.FeedForwardOut);
    private readonly LayerNorm attentionNorm = new(weights.AttentionNorm, config.Epsilon);
    private readonly LayerNorm feedForwardNorm = new(weights.FeedForwardNorm, config.Epsilon);

    public double[] Apply(double[] x, int[] lengths)
    {
        if (config.Architecture == Architecture.Gpt2)
        {
            var middle = Sum(Attention(attentionNorm.Apply(x), lengths), x);
            return Sum(FeedForward(feedForwardNorm.Apply(middle)), middle);
        }

        var normalised = attentionNorm.Apply(Sum(Attention(x, lengths), x));
        return feedForwardNorm.Apply(Sum(FeedForward(normalised), normalised));
    }

    private double[] FeedForward(double[] x)
    {
        var hidden = feedForwardIn.ApplyInParallel(x);
        Parallel.For(0, hidden.Length / config.FeedForward, row => ClearGelu.Apply(config.Gelu, hidden.AsSpan(row * config.FeedForward, config.FeedForward)));
        return feedForwardOut.ApplyInParallel(hidden);
    }

    private double[] Attention(double[] x, int[] lengths)
    {
        double[] queries = query.ApplyInParallel(x), keys = key.ApplyInParallel(x), values = value.ApplyInParallel(x);
        var firstRows = new int[lengths.Length];
        for (var text = 1; text < lengths.Length; text++) firstRows[text] = firstRows[text - 1] + lengths[text - 1];
        var mixed = new double[x.Length];
        Parallel.For(0, lengths.Length * config.Heads, item =>
        {
            var (text, head) = Math.DivRem(item, config.Heads);
            Attend(queries, keys, values, firstRows[text], lengths[text], head * config.HeadWidth, mixed);
        });
        return attentionOutput.ApplyInParallel(mixed);
    }

    private void Attend(double[] queries, double[] keys, double[] values, int firstRow, int length, int column, double[] result)
    {
        var scale = 1 / Math.Sqrt(config.HeadWidth);
        var scores = new double[length];
        for (var i = 0; i < length; i++)
        {
            var seen = scores.AsSpan(0, config.IsCausal ? i + 1 : length);
            for (var j = 0; j < seen.Length; j++) seen[j] = FixedOrder.Dot(Part(queries, i), Part(keys, j)) * scale;
            TensorPrimitives.Subtract(seen, TensorPrimitives.Max<double>(seen), seen);
            FixedOrder.Exp(seen);
            TensorPrimitives.Divide(seen, FixedOrder.Sum(seen), seen);
            var target = Part(result, i);
            for (var j = 0; j < seen.Length; j++) TensorPrimitives.MultiplyAdd(Part(values, j), seen[j], target, target);
        }

        Span<double> Part(double[] rows, int row) => rows.AsSpan((firstRow + row) * config.Width + column, config.HeadWidth);
    }

    /// <summary>Into the first.</summary>
    private static double[] Sum(double[] x, double[] y)
    {
        TensorPrimitives.Add(x, y, x);
        return x;
    }
}
