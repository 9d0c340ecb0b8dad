using MpcActors.Data;

namespace MpcActors.Models.Clear.Training;

/// <summary>Token ids to the first layer's rows, x[p] = 2 E[id[p]] + [sin(p w), cos(p w)], and the way back.</summary>
internal sealed class TokenRows(UseLiteModel model, TrainableTensor embedding)
{
    private const int ColumnsTogether = 64;

    private readonly float[] timing = Timing(model);

    public bool IsTrained => embedding.IsTrained;

    public float[] Forward(IReadOnlyList<int[]> texts, out int[] lengths)
    {
        var width = model.Width;
        lengths = [.. texts.Select(ids => Math.Min(ids.Length, UseLiteModel.MaxTokens))];
        var rows = new float[lengths.Sum() * width];
        var at = 0;
        for (var text = 0; text < texts.Count; text++)
        {
            if (texts[text].Length == 0) throw new ArgumentException($"text {text} has no tokens", nameof(texts));
            for (var position = 0; position < lengths[text]; position++, at += width)
            {
                var id = texts[text][position];
                if ((uint)id >= (uint)model.Vocabulary) throw new ArgumentException($"token id {id} is outside the vocabulary of {model.Vocabulary}", nameof(texts));
                var row = rows.AsSpan(at, width);
                timing.AsSpan(position * width, width).CopyTo(row);
                SingleRows.AddScaled(row, embedding.Value.AsSpan(id * width, width), UseLiteModel.EmbeddingScale);
            }
        }

        return rows;
    }

    /// <summary>Cores share out columns: rows of the same token are added up in the order of the texts.</summary>
    public void Backward(IReadOnlyList<int[]> texts, int[] lengths, float[] dx)
    {
        var width = model.Width;
        Parallel.For(0, (width + ColumnsTogether - 1) / ColumnsTogether, block =>
        {
            var first = block * ColumnsTogether;
            var count = Math.Min(ColumnsTogether, width - first);
            for (int text = 0, row = 0; text < texts.Count; text++)
                for (var i = 0; i < lengths[text]; i++, row++)
                    SingleRows.AddScaled(embedding.Gradient.AsSpan(texts[text][i] * width + first, count), dx.AsSpan(row * width + first, count), UseLiteModel.EmbeddingScale);
        });
    }

    private static float[] Timing(UseLiteModel model)
    {
        var half = model.TimingInverse.Length;
        var table = new float[UseLiteModel.MaxTokens * 2 * half];
        for (var position = 0; position < UseLiteModel.MaxTokens; position++)
            for (var i = 0; i < half; i++)
            {
                var (sin, cos) = Math.SinCos(position * (double)model.TimingInverse[i]);
                table[(2 * position) * half + i] = (float)sin;
                table[(2 * position + 1) * half + i] = (float)cos;
            }

        return table;
    }
}
