namespace MpcActors.Data;

/// <summary>Draws the tensors of a synthetic model. Values are multiples of 2^-12, so that another machine's logarithm and cosine give the same ones.</summary>
sealed class TinyWeights(ulong seed)
{
    const double Grid = 4096;
    SplitMix64 random = new(seed);

    public FloatTensor Normal(double deviation, params int[] shape)
        => new([.. Enumerable.Range(0, shape.Aggregate(1, (n, size) => n * size)).Select(_ => Round(deviation * random.Normal()))], shape);

    /// <summary>Words are random, and words with a feeling are moved along one direction that the timing signal does not have.</summary>
    public FloatTensor Embedding(int width)
    {
        var words = TinyVocabulary.All;
        var table = Normal(0.2, words.Length + 1, width);
        var direction = Direction(width);
        // The two words that name the classes differ in that direction alone; otherwise their difference would see the timing signal.
        var (good, bad) = (Array.IndexOf(words, "good") + 1, Array.IndexOf(words, "bad") + 1);
        table.Values.AsSpan(good * width, width).CopyTo(table.Values.AsSpan(bad * width));
        for (var id = 1; id <= words.Length; id++)
        {
            var word = words[id - 1];
            var side = TinyVocabulary.Good.Contains(word) || TinyVocabulary.GoodVerbs.Contains(word) ? 1
                : TinyVocabulary.Bad.Contains(word) || TinyVocabulary.BadVerbs.Contains(word) ? -1 : 0;
            // Some words say it clearly and some hardly at all.
            var strength = id == good || id == bad ? 2 : 1.8 + 0.8 * random.Normal();
            for (var i = 0; i < width; i++)
                table.Values[id * width + i] += Round(side * strength * direction[i]);
        }

        return table;
    }

    /// <summary>The frequencies of the timing signal: 1 down to 10^-4 in equal ratios.</summary>
    public static FloatTensor Timing(int count)
        => new([.. Enumerable.Range(0, count).Select(i => (float)Math.Pow(10, -4.0 * i / (count - 1)))], [count]);

    public void AddLayer(Dictionary<string, FloatTensor> tensors, int index, int from, int width, int inner)
    {
        var name = $"layer.{index}.";
        AddNorm(tensors, name + "ln1", from);
        AddDense(tensors, name + "attn.qkv", from, 3 * from, 1);
        AddDense(tensors, name + "attn.out", from, width, 0.2);
        if (from != width)
            AddRotation(tensors, name + "residual", from, width);
        AddNorm(tensors, name + "ln2", width);
        AddDense(tensors, name + "ffn.in", width, inner, 1);
        AddDense(tensors, name + "ffn.out", inner, width, 0.15);
    }

    /// <summary>Random and scaled so that an output is about <paramref name="gain"/> times as large as an input.</summary>
    public void AddDense(Dictionary<string, FloatTensor> tensors, string name, int from, int to, double gain)
    {
        tensors[name + ".weight"] = Normal(gain / Math.Sqrt(from), from, to);
        tensors[name + ".bias"] = Normal(0.05, to);
    }

    /// <summary>Random orthonormal rows (Gram and Schmidt): directions that lie apart before lie apart after.</summary>
    public void AddRotation(Dictionary<string, FloatTensor> tensors, string name, int from, int to)
    {
        var rows = new double[from][];
        for (var i = 0; i < from; i++)
        {
            var row = Enumerable.Range(0, to).Select(_ => random.Normal()).ToArray();
            foreach (var earlier in rows[..i])
            {
                var along = row.Zip(earlier, (a, b) => a * b).Sum();
                row = [.. row.Zip(earlier, (a, b) => a - along * b)];
            }

            var norm = Math.Sqrt(row.Sum(value => value * value));
            rows[i] = Array.ConvertAll(row, value => value / norm);
        }

        tensors[name + ".weight"] = new([.. rows.SelectMany(row => row).Select(Round)], [from, to]);
        tensors[name + ".bias"] = Normal(0.05, to);
    }

    void AddNorm(Dictionary<string, FloatTensor> tensors, string name, int width)
    {
        var scale = Normal(0.1, width);
        tensors[name + ".scale"] = new(Array.ConvertAll(scale.Values, value => 1 + value), [width]);
        tensors[name + ".bias"] = Normal(0.05, width);
    }

    /// <summary>
    /// A random unit vector across the fast half of the timing signal's sines and cosines, which average out over a text; the slow
    /// ones are nearly constant and would drown it.
    /// </summary>
    double[] Direction(int width)
    {
        var direction = Enumerable.Range(0, width).Select(i => i % (width / 2) < width / 4 ? random.Normal() : 0).ToArray();
        var mean = direction.Sum() / (width / 2);
        var centred = direction.Select(value => value == 0 ? 0 : value - mean).ToArray();
        var norm = Math.Sqrt(centred.Sum(value => value * value));
        return Array.ConvertAll(centred, value => value / norm);
    }

    static float Round(double value) => (float)(Math.Round(value * Grid) / Grid);
}
