using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Models.Private;

/// <summary>Attention on shares: a class a method, chosen when the model is built.</summary>
public interface IAttention
{
    /// <summary>From queries, keys and values of the rows of <paramref name="from"/> to the attended values of the rows of <paramref name="to"/>, 16 fraction bits.</summary>
    /// <param name="queryKeyValue">[from.Rows, queries | keys | values of all heads], untruncated.</param>
    /// <param name="to">The same texts, a copy for each prompt.</param>
    ValueTask<Share> Attend(Party party, ISuite suite, LayerOutline layer, Share queryKeyValue, Sequences from, Sequences to, SharedPrefix? prefix);
}

/// <summary>Where the numbers of one (copy, text, head) lie: scores row by row, head after head.</summary>
sealed class AttentionLayout
{
    public AttentionLayout(LayerOutline layer, Sequences to, int prefixRows)
    {
        (Prefix, Heads) = (prefixRows, layer.Heads);
        var scoreStarts = new List<int> { 0 };
        var blocks = new List<(int, int, int, int)>();
        var keys = new List<int>();
        var counted = new List<int> { 0 };
        for (var copy = 0; copy < to.Copies; copy++)
            for (var text = 0; text < to.Texts; text++)
                for (var head = 0; head < layer.Heads; head++)
                {
                    blocks.Add((copy, text, head, scoreStarts[^1]));
                    for (var row = 0; row < to.Lengths[text]; row++)
                    {
                        keys.Add(prefixRows + to.Lengths[text]);
                        scoreStarts.Add(checked(scoreStarts[^1] + keys[^1]));
                        if (layer.IsCausal) counted.Add(counted[^1] + prefixRows + row + 1);
                    }
                }

        ScoreStarts = [.. scoreStarts];
        Blocks = blocks;
        KeysOfRow = [.. keys];
        CountedStarts = layer.IsCausal ? [.. counted] : ScoreStarts;
    }

    /// <summary>Starts of the score rows when they hold nothing but scores that count: all of them, or in a causal model those of earlier keys.</summary>
    public int[] CountedStarts { get; }

    /// <summary>The scores that count: of each row those of the keys up to its own.</summary>
    public Share Counted(Share scores) => ReferenceEquals(CountedStarts, ScoreStarts)
        ? scores
        : scores with { Value = Copy(scores.Value, ScoreStarts, CountedStarts) };

    /// <summary>The reverse of <see cref="Counted"/>, with zeros for scores that do not count.</summary>
    public Share WithUncounted(Share counted) => ReferenceEquals(CountedStarts, ScoreStarts)
        ? counted
        : counted with { Value = Copy(counted.Value, CountedStarts, ScoreStarts) };

    /// <summary>Prompt rows before each text's keys.</summary>
    public int Prefix { get; }

    public int Heads { get; }

    /// <summary>Starts of the score rows, one for each copy, text, head and query.</summary>
    public int[] ScoreStarts { get; }

    /// <summary>Number of keys in each score row.</summary>
    public int[] KeysOfRow { get; }

    public IReadOnlyList<(int Copy, int Text, int Head, int FirstScore)> Blocks { get; }

    /// <summary>For each value [row, head · width + d] of the attended rows, the score row (copy, text, head, query) it comes from.</summary>
    public int[] ScoreRowOfValue(LayerOutline layer, Sequences to)
    {
        var rows = new int[to.Rows * layer.ValuesWidth];
        var scoreRow = 0;
        foreach (var (copy, text, head, _) in Blocks)
            for (var i = 0; i < to.Lengths[text]; i++, scoreRow++)
                rows.AsSpan((to.Start(copy, text) + i) * layer.ValuesWidth + head * layer.ValueWidth, layer.ValueWidth).Fill(scoreRow);
        return rows;
    }

    /// <summary>Scores = queries · keysᵀ: the blocks of the texts' own keys.</summary>
    public Block[] TextScores(LayerOutline layer, Sequences from, MatrixView queries, MatrixView keys, int width) => [.. Blocks.Select(block =>
    {
        var (start, length) = (from.Start(block.Copy, block.Text), from.Lengths[block.Text]);
        return new Block(
            new(queries.Offset + start * queries.Stride + block.Head * width, queries.Stride, length, width),
            new(keys.Offset + start * keys.Stride + block.Head * width, keys.Stride, length, width),
            new(block.FirstScore + Prefix, Prefix + length, length, length),
            RightIsTransposed: true);
    })];

    /// <summary>Scores = queries · prompt keysᵀ.</summary>
    public Block[] PrefixScores(LayerOutline layer, Sequences from, MatrixView queries, int keyStride, int width) => [.. Blocks.Select(block =>
    {
        var (start, length) = (from.Start(block.Copy, block.Text), from.Lengths[block.Text]);
        return new Block(
            new(queries.Offset + start * queries.Stride + block.Head * width, queries.Stride, length, width),
            new(block.Copy * Prefix * keyStride + block.Head * width, keyStride, Prefix, width),
            new(block.FirstScore, Prefix + length, length, Prefix),
            RightIsTransposed: true);
    })];

    /// <summary>Attended = weights · values: the texts' own values, which lie at <paramref name="values"/>.</summary>
    public Block[] TextValues(LayerOutline layer, Sequences from, Sequences to, MatrixView values) => [.. Blocks.Select(block =>
    {
        var length = from.Lengths[block.Text];
        return new Block(
            new(block.FirstScore + Prefix, Prefix + length, length, length),
            new(values.Offset + from.Start(block.Copy, block.Text) * values.Stride + block.Head * layer.ValueWidth, values.Stride, length, layer.ValueWidth),
            Attended(layer, to, block.Copy, block.Text, block.Head));
    })];

    /// <summary>Attended += weights · prompt values.</summary>
    public Block[] PrefixValues(LayerOutline layer, Sequences to) => [.. Blocks.Select(block =>
    {
        var length = to.Lengths[block.Text];
        return new Block(
            new(block.FirstScore, Prefix + length, length, Prefix),
            new(block.Copy * Prefix * layer.ValuesWidth + block.Head * layer.ValueWidth, layer.ValuesWidth, Prefix, layer.ValueWidth),
            Attended(layer, to, block.Copy, block.Text, block.Head));
    })];

    /// <summary>The first values of each row of <paramref name="from"/>, as many as both have room for.</summary>
    static RingTensor Copy(RingTensor values, int[] from, int[] to)
    {
        var shape = Shape.Vector(to[^1]);
        if (values.IsHollow) return RingTensor.Hollow(shape);
        var result = RingTensor.Zeros(shape);
        var (source, target) = (values.Values, result.Values);
        Parallelism.ForChunks(to.Length - 1, (start, length) =>
        {
            for (var row = start; row < start + length; row++)
            {
                var count = Math.Min(from[row + 1] - from[row], to[row + 1] - to[row]);
                source.AsSpan(from[row], count).CopyTo(target.AsSpan(to[row], count));
            }
        }, chunkLength: 64);
        return result;
    }

    static MatrixView Attended(LayerOutline layer, Sequences to, int copy, int text, int head) =>
        new(to.Start(copy, text) * layer.ValuesWidth + head * layer.ValueWidth, layer.ValuesWidth, to.Lengths[text], layer.ValueWidth);
}
