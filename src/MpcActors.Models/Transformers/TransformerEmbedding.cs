using MpcActors.Data;
using MpcActors.Data.Transformers;

namespace MpcActors.Models.Transformers;

/// <summary>Token ids to a transformer's input rows: words, positions and token type, normalised where the model does. The data owner does this in the clear.</summary>
public sealed class TransformerEmbedding(ITransformerWeights weights)
{
    readonly EmbeddingWeights _embeddings = weights.Embeddings;

    /// <summary>[tokens, width].</summary>
    /// <exception cref="ArgumentException">A token outside the vocabulary, or more tokens than positions.</exception>
    public double[] Embed(IReadOnlyList<int> tokens)
    {
        var config = weights.Config;
        if (tokens.Count > config.Positions - config.FirstPosition)
            throw new ArgumentException($"{config.Name} reads at most {config.Positions - config.FirstPosition} tokens, not {tokens.Count}");
        var rows = new double[tokens.Count * config.Width];
        for (var i = 0; i < tokens.Count; i++)
        {
            if ((uint)tokens[i] >= (uint)config.Vocabulary) throw new ArgumentException($"token id {tokens[i]} is outside the vocabulary of {config.Vocabulary}");
            var row = rows.AsSpan(i * config.Width, config.Width);
            var (word, position) = ((long)tokens[i] * config.Width, (long)(config.FirstPosition + i) * config.Width);
            for (var d = 0; d < row.Length; d++) row[d] = (double)_embeddings.Words[word + d] + _embeddings.Positions[position + d] + (_embeddings.TokenTypes?[d] ?? 0);
            if (_embeddings.Norm is { } norm) Normalize(row, norm, config.Epsilon);
        }

        return rows;
    }

    static void Normalize(Span<double> row, NormWeights norm, double epsilon)
    {
        new ExactFunctions().Normalize(row, epsilon);
        for (var d = 0; d < row.Length; d++) row[d] = row[d] * norm.Scale[d] + norm.Bias[d];
    }
}
