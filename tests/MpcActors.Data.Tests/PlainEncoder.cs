namespace MpcActors.Data.Tests;

/// <summary>
/// The forward pass in double precision with plain loops, for one text: shows that weights sit where their names say, without any of the
/// code that the models project builds on them.
/// </summary>
static class PlainEncoder
{
    public static double[] Embed(UseLiteModel model, int[] ids)
    {
        var x = ids.Take(UseLiteModel.MaxTokens).Select((id, p) => Input(model, id, p)).ToArray();
        foreach (var layer in model.Layers)
            x = Layer(layer, x);
        var mean = Enumerable.Range(0, x[0].Length).Select(i => x.Average(row => row[i])).ToArray();
        var y = Array.ConvertAll(Apply(model.Head, mean), Math.Tanh);
        var norm = Math.Sqrt(y.Sum(v => v * v));
        return Array.ConvertAll(y, v => v / norm);
    }

    public static double Dot(double[] a, double[] b) => a.Zip(b, (u, v) => u * v).Sum();

    static double[] Input(UseLiteModel model, int id, int p)
    {
        var half = model.TimingInverse.Length;
        return [.. Enumerable.Range(0, model.Width).Select(i =>
        {
            var angle = p * (double)model.TimingInverse[i % half];
            return UseLiteModel.EmbeddingScale * model.TokenEmbedding[id * model.Width + i] + (i < half ? Math.Sin(angle) : Math.Cos(angle));
        })];
    }

    static double[][] Layer(EncoderLayer layer, double[][] x)
    {
        var qkv = Array.ConvertAll(x, row => Apply(layer.Qkv, Norm(layer.Ln1, row)));
        var heads = Enumerable.Range(0, layer.Heads).Select(head => Attend(layer, qkv, head)).ToArray();
        return [.. x.Select((row, i) =>
        {
            var attended = Apply(layer.Out, [.. heads.SelectMany(head => head[i])]);
            var h = Add(attended, layer.Residual is { } residual ? Apply(residual, row) : row);
            return Add(h, Apply(layer.FfnOut, Array.ConvertAll(Apply(layer.FfnIn, Norm(layer.Ln2, h)), v => Math.Max(v, 0))));
        })];
    }

    static double[][] Attend(EncoderLayer layer, double[][] qkv, int head)
    {
        var (n, width) = (layer.HeadWidth, layer.Qkv.Out / 3);
        double[][] Part(int part) => Array.ConvertAll(qkv, row => row.AsSpan(part * width + head * n, n).ToArray());
        var (queries, keys, values) = (Part(0), Part(1), Part(2));
        if (layer.Features is { } features)
        {
            double[] Phase(double[] v) => [.. Enumerable.Range(0, features.Features).Select(f =>
                Enumerable.Range(0, n).Sum(d => v[d] * features.Omega[(head * n + d) * features.Features + f]))];
            var (q, k) = (Array.ConvertAll(queries, Phase), Array.ConvertAll(keys, Phase));
            return Array.ConvertAll(q, row => Mix(Array.ConvertAll(k, key => row.Zip(key, (a, b) => Math.Cos(a - b)).Average() / keys.Length), RandomFeatures.DenominatorFloor));
        }

        return Array.ConvertAll(queries, query => Mix(Array.ConvertAll(keys, key => Math.Exp(Dot(query, key) / Math.Sqrt(n))), 0));

        double[] Mix(double[] weights, double floor)
        {
            var sum = Math.Max(weights.Sum(), floor);
            return weights.Zip(values, (w, v) => Array.ConvertAll(v, x => x * w / sum)).Aggregate(Add);
        }
    }

    static double[] Apply(DenseWeights dense, double[] x)
    {
        var y = Array.ConvertAll(dense.Bias, b => (double)b);
        for (var i = 0; i < dense.In; i++)
        {
            for (var j = 0; j < dense.Out; j++)
                y[j] += x[i] * dense.Weight[i * dense.Out + j];
        }

        return y;
    }

    static double[] Norm(NormWeights norm, double[] x)
    {
        var mean = x.Average();
        var scale = 1 / Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + UseLiteModel.NormEpsilon);
        return [.. x.Select((v, i) => norm.Scale[i] * (v - mean) * scale + norm.Bias[i])];
    }

    static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (u, v) => u + v)];
}
