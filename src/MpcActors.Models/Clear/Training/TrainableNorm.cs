using MpcActors.Data;

namespace MpcActors.Models.Clear.Training;

/// <summary>Layer normalisation, γ(x − mean)/√(variance + ε) + β, and its way back.</summary>
internal sealed class TrainableNorm(TrainableTensor scale, TrainableTensor bias)
{
    private readonly int width = scale.Value.Length;

    /// <param name="Normalised">(x − mean)/√(variance + ε).</param>
    /// <param name="Inverse">1/√(variance + ε), one a row.</param>
    public sealed record Trace(float[] Output, float[] Normalised, float[] Inverse);

    public Trace Forward(float[] x)
    {
        var trace = new Trace(new float[x.Length], new float[x.Length], new float[x.Length / width]);
        SingleRows.Share(trace.Inverse.Length, (first, count) =>
        {
            for (var row = first; row < first + count; row++)
            {
                var source = x.AsSpan(row * width, width);
                var normalised = trace.Normalised.AsSpan(row * width, width);
                var output = trace.Output.AsSpan(row * width, width);
                var mean = SingleRows.Sum(source) / width;
                for (var i = 0; i < source.Length; i++) normalised[i] = source[i] - mean;
                var inverse = 1 / MathF.Sqrt(SingleRows.Dot(normalised, normalised) / width + UseLiteModel.NormEpsilon);
                trace.Inverse[row] = inverse;
                for (var i = 0; i < source.Length; i++)
                {
                    normalised[i] *= inverse;
                    output[i] = normalised[i] * scale.Value[i] + bias.Value[i];
                }
            }
        });
        return trace;
    }

    /// <summary>dx = (g − mean(g) − n·mean(g n))/√(variance + ε) with g = dy·γ, added to <paramref name="dx"/>.</summary>
    public void Backward(Trace trace, float[] dy, float[] dx)
    {
        SingleRows.Share(trace.Inverse.Length, (first, count) =>
        {
            var g = new float[width];
            for (var row = first; row < first + count; row++)
            {
                var normalised = trace.Normalised.AsSpan(row * width, width);
                var source = dy.AsSpan(row * width, width);
                var target = dx.AsSpan(row * width, width);
                for (var i = 0; i < g.Length; i++) g[i] = source[i] * scale.Value[i];
                var (mean, along, inverse) = (SingleRows.Sum(g) / width, SingleRows.Dot(g, normalised) / width, trace.Inverse[row]);
                for (var i = 0; i < g.Length; i++) target[i] += (g[i] - mean - normalised[i] * along) * inverse;
            }
        });
        if (bias.IsTrained) SingleRows.AddRows(dy, bias.Gradient);
        if (!scale.IsTrained) return;
        var products = new float[dy.Length];
        for (var i = 0; i < products.Length; i++) products[i] = dy[i] * trace.Normalised[i];
        SingleRows.AddRows(products, scale.Gradient);
    }
}
