using MpcActors.Data;

namespace MpcActors.Models;

/// <summary>
/// Token ids to the encoder's input rows, x[p] = 2 E[id[p]] + [sin(p w), cos(p w)]. The data owner does this in the clear:
/// the embedding table is known to it, so that no server ever looks up a private token.
/// </summary>
public sealed class TokenEmbedding(UseLiteModel model)
{
    /// <summary>One text an item; what exceeds <see cref="UseLiteModel.MaxTokens"/> is cut.</summary>
    /// <exception cref="ArgumentException">A text without tokens, or an id outside the vocabulary.</exception>
    public TextBatch Embed(IReadOnlyList<int[]> texts)
    {
        var lengths = texts.Select(ids => Math.Min(ids.Length, UseLiteModel.MaxTokens)).ToArray();
        var rows = new double[lengths.Sum() * model.Width];
        var row = 0;
        for (var text = 0; text < texts.Count; text++)
            for (var position = 0; position < lengths[text]; position++)
                Write(texts[text][position], position, rows.AsSpan(row++ * model.Width, model.Width));
        return new TextBatch(rows, lengths, model.Width);
    }

    private void Write(int id, int position, Span<double> row)
    {
        if ((uint)id >= (uint)model.Vocabulary)
            throw new ArgumentException($"token id {id} is outside the vocabulary of {model.Vocabulary}");
        var table = model.TokenEmbedding.AsSpan(id * model.Width, model.Width);
        var half = model.TimingInverse.Length;
        for (var i = 0; i < half; i++)
        {
            var (sin, cos) = Math.SinCos(position * (double)model.TimingInverse[i]);
            row[i] = UseLiteModel.EmbeddingScale * (double)table[i] + sin;
            row[half + i] = UseLiteModel.EmbeddingScale * (double)table[half + i] + cos;
        }
    }
}
