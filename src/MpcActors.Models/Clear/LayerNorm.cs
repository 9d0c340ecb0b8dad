using System.Numerics.Tensors;
using MpcActors.Data;

namespace MpcActors.Models.Clear;

/// <summary>(x − mean) / √(variance + ε) · scale + bias, row by row, in double precision.</summary>
internal sealed class LayerNorm(NormWeights weights, double epsilon)
{
    private readonly double[] scale = Array.ConvertAll(weights.Scale, value => (double)value);
    private readonly double[] bias = Array.ConvertAll(weights.Bias, value => (double)value);

    public double[] Apply(double[] x)
    {
        var width = scale.Length;
        var result = new double[x.Length];
        for (var first = 0; first < x.Length; first += width)
        {
            var source = x.AsSpan(first, width);
            var target = result.AsSpan(first, width);
            TensorPrimitives.Subtract(source, FixedOrder.Sum(source) / width, target);
            var deviation = Math.Sqrt(FixedOrder.Dot(target, target) / width + epsilon);
            for (var i = 0; i < width; i++) target[i] = target[i] / deviation * scale[i] + bias[i];
        }

        return result;
    }
}
