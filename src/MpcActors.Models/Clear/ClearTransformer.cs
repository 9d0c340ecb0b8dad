using MpcActors.Data.Transformers;

namespace MpcActors.Models.Clear;

/// <summary>
/// A RoBERTa, BERT or GPT-2 in double precision, in the clear, layer by layer: the reference for what runs on shares. A layer's weights
/// are asked for when it runs and let go afterwards. The same bits on every run, alone or in a batch.
/// </summary>
public sealed class ClearTransformer(ITransformerWeights weights)
{
    private readonly Lazy<EmbeddingWeights> embeddings = new(() => weights.Embeddings);
    private readonly Lazy<HeadWeights> head = new(() => weights.Head);

    public TransformerConfig Config { get; } = weights.Config;

    /// <summary>What the first layer takes of one text: [tokens, width]. Every token has type 0.</summary>
    /// <exception cref="ArgumentException">No tokens, too many, or one that the vocabulary does not have.</exception>
    public double[] Embed(int[] tokens)
    {
        RequireFit(tokens.Length);
        var (words, positions, types, norm) = embeddings.Value;
        var width = Config.Width;
        var result = new double[tokens.Length * width];
        for (var i = 0; i < tokens.Length; i++)
        {
            if ((uint)tokens[i] >= (uint)Config.Vocabulary)
                throw new ArgumentException($"token {i} is {tokens[i]}, but {Config.Name} has ids 0 to {Config.Vocabulary - 1}", nameof(tokens));
            var word = words.AsSpan(tokens[i] * width, width);
            var position = positions.AsSpan((Config.FirstPosition + i) * width, width);
            for (var c = 0; c < width; c++)
                result[i * width + c] = (double)word[c] + position[c] + (types is null ? 0 : types[c]);
        }

        return norm is null ? result : new LayerNorm(norm, Config.Epsilon).Apply(result);
    }

    /// <summary>Layer <paramref name="index"/> on texts whose rows follow one another; a token attends within its text alone.</summary>
    /// <param name="hidden">[sum of <paramref name="lengths"/>, width].</param>
    public double[] Layer(int index, double[] hidden, int[] lengths)
    {
        foreach (var length in lengths) RequireFit(length);
        RequireRows(hidden, lengths.Sum());
        return new ClearTransformerLayer(weights.Layer(index), Config).Apply(hidden, lengths);
    }

    /// <summary>Logits of the given rows of the last layer's result: [rows, columns], or [rows, vocabulary] where no columns are chosen.</summary>
    /// <param name="vocabularyColumns">Token ids, in the order of the result's columns.</param>
    public double[] Head(double[] rows, int[]? vocabularyColumns = null)
    {
        RequireRows(rows, rows.Length / Config.Width);
        var (transform, norm, decoder, bias) = head.Value;
        if (transform is not null)
        {
            rows = new PackedAffine(transform).ApplyInParallel(rows);
            ClearGelu.Apply(Config.Gelu, rows);
        }

        if (norm is not null) rows = new LayerNorm(norm, Config.Epsilon).Apply(rows);
        var columns = vocabularyColumns?.Length ?? Config.Vocabulary;
        var (count, width) = (rows.Length / Config.Width, Config.Width);
        var logits = new double[count * columns];
        if (vocabularyColumns is not null && Array.FindIndex(vocabularyColumns, id => (uint)id >= (uint)Config.Vocabulary) is var wrong and >= 0)
            throw new ArgumentException($"column {wrong} is token {vocabularyColumns[wrong]}, but {Config.Name} has ids 0 to {Config.Vocabulary - 1}", nameof(vocabularyColumns));
        Parallel.For(0, (columns + DecoderRows - 1) / DecoderRows, chunk =>
        {
            var weight = new double[width];
            for (var column = chunk * DecoderRows; column < Math.Min(columns, (chunk + 1) * DecoderRows); column++)
            {
                var id = vocabularyColumns?[column] ?? column;
                for (var c = 0; c < width; c++) weight[c] = decoder[id * width + c];
                for (var row = 0; row < count; row++)
                    logits[row * columns + column] = FixedOrder.Dot(rows.AsSpan(row * width, width), weight) + (bias is null ? 0 : bias[id]);
            }
        });
        return logits;
    }

    // Rows of the decoder that one work item takes.
    private const int DecoderRows = 256;

    private void RequireFit(int tokens)
    {
        if (tokens < 1 || tokens > Config.MaxTokens)
            throw new ArgumentException($"a text of {tokens} tokens; {Config.Name} takes 1 to {Config.MaxTokens}", nameof(tokens));
    }

    private void RequireRows(double[] hidden, int rows)
    {
        if (hidden.Length != rows * Config.Width)
            throw new ArgumentException($"{rows} rows of width {Config.Width} take {rows * Config.Width} numbers, not {hidden.Length}", nameof(hidden));
    }
}
