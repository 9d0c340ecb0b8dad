namespace MpcActors.Data.Transformers;

/// <summary>Takes weights out of a checkpoint; or only checks that they are there with the right shape, and gives empty arrays.</summary>
sealed class WeightSource(Checkpoint checkpoint, bool isCheckOnly)
{
    const int Block = 32;

    public bool Has(string name) => checkpoint.Has(name);

    public float[] Take(string name, params ReadOnlySpan<int> shape)
    {
        var file = checkpoint.Find(name, shape);
        return isCheckOnly ? [] : file.Read(name);
    }

    /// <summary>PyTorch's Linear, whose weight is [out, in].</summary>
    public DenseWeights Linear(string name, int from, int to)
        => new(Transpose(Take(name + ".weight", to, from), to, from), Take(name + ".bias", to), from, to);

    /// <summary>GPT-2's Conv1D, whose weight is [in, out] as ours.</summary>
    public DenseWeights Conv1D(string name, int from, int to)
        => new(Take(name + ".weight", from, to), Take(name + ".bias", to), from, to);

    /// <summary>Several maps side by side in one Conv1D.</summary>
    public DenseWeights[] JoinedConv1D(string name, int from, int to, int count)
    {
        var joined = Conv1D(name, from, to * count);
        return [.. Enumerable.Range(0, count).Select(part => new DenseWeights(Columns(joined.Weight, part), Columns(joined.Bias, part), from, to))];

        float[] Columns(float[] rows, int part)
        {
            var result = new float[rows.Length / count];
            for (var row = 0; row < result.Length / to; row++) rows.AsSpan((row * count + part) * to, to).CopyTo(result.AsSpan(row * to));
            return result;
        }
    }

    /// <summary>A layer norm; old files call its scale and bias gamma and beta.</summary>
    public NormWeights Norm(string name, int width)
        => Has(name + ".gamma")
            ? new(Take(name + ".gamma", width), Take(name + ".beta", width))
            : new(Take(name + ".weight", width), Take(name + ".bias", width));

    float[] Transpose(float[] matrix, int rows, int columns)
    {
        if (isCheckOnly) return matrix;
        var result = new float[matrix.Length];
        // In squares, so that the rows of one and of the other stay in the cache.
        Parallel.For(0, (rows + Block - 1) / Block, block =>
        {
            var end = Math.Min(rows, (block + 1) * Block);
            for (var first = 0; first < columns; first += Block)
                for (var column = first; column < Math.Min(columns, first + Block); column++)
                    for (var row = block * Block; row < end; row++) result[column * rows + row] = matrix[row * columns + column];
        });
        return result;
    }
}
