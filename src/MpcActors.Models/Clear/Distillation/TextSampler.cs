using MpcActors.Data;

namespace MpcActors.Models.Clear.Distillation;

/// <summary>Which texts a step is about: a step's number and the seed say it, so that a run that goes on needs to remember nothing.</summary>
internal sealed class TextSampler(IReadOnlyList<int[]> texts, AdaptationSettings settings)
{
    private const ulong OrderStream = 1 << 20;
    private const ulong SpanStream = 1 << 21;
    private const double SpanShare = 0.2;
    private const int ShortestSpan = 3;

    private int[] order = [];
    private long orderOf = -1;

    /// <param name="step">Counted over all phases.</param>
    public int[][] Batch(long step)
    {
        var batch = new int[settings.Batch][];
        for (var i = 0; i < batch.Length; i++)
        {
            var draw = step * batch.Length + i;
            batch[i] = Part(texts[Order(draw / texts.Count)[draw % texts.Count]], (ulong)draw);
        }

        return batch;
    }

    /// <summary>One text in five is a random span of itself: random features must know fragments, too.</summary>
    private int[] Part(int[] ids, ulong draw)
    {
        var length = Math.Min(ids.Length, settings.MaxTokens);
        if (ids.Length < ShortestSpan || CounterGaussian.Uniform(settings.Seed, SpanStream, 3 * draw) >= SpanShare) return ids[..length];
        var span = ShortestSpan + (int)(CounterGaussian.Uniform(settings.Seed, SpanStream, 3 * draw + 1) * (length - ShortestSpan + 1));
        span = Math.Min(span, length);
        var first = (int)(CounterGaussian.Uniform(settings.Seed, SpanStream, 3 * draw + 2) * (ids.Length - span + 1));
        return ids[first..(first + span)];
    }

    private int[] Order(long epoch)
    {
        if (epoch == orderOf) return order;
        var keys = new double[texts.Count];
        for (var i = 0; i < keys.Length; i++) keys[i] = CounterGaussian.Uniform(settings.Seed, OrderStream + (ulong)epoch, (ulong)i);
        order = [.. Enumerable.Range(0, texts.Count)];
        Array.Sort(keys, order);
        orderOf = epoch;
        return order;
    }
}
