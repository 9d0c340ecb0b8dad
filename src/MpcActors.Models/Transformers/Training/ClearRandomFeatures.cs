using MpcActors.Data;

namespace MpcActors.Models.Transformers.Training;

/// <summary>The twin of <see cref="RandomFeatureLayer"/> in the clear, weight by weight.</summary>
public static class ClearRandomFeatures
{
    /// <param name="x">[rows, phases of queries | of keys | values of all heads].</param>
    public static ClearTraced Attend(double[] x, int[] starts, int heads, int features, int depth, bool isCausal)
    {
        var (stride, width) = (heads * (2 * features + depth), heads * depth);
        var result = new double[x.Length / stride * width];
        var pairs = new List<(int Row, int First, int Head, double[] Weights, double Denominator)>();
        for (var text = 0; text < starts.Length - 1; text++)
            for (var row = starts[text]; row < starts[text + 1]; row++)
                for (var head = 0; head < heads; head++)
                {
                    var weights = new double[isCausal ? row - starts[text] + 1 : starts[text + 1] - starts[text]];
                    for (var j = 0; j < weights.Length; j++)
                        for (var f = 0; f < features; f++)
                            weights[j] += Math.Cos(Math.Tau * (Query(row, head, f) - Key(starts[text] + j, head, f))) / (features * weights.Length);
                    var denominator = Math.Max(FixedOrder.Sum(weights), RandomFeatures.DenominatorFloor);
                    pairs.Add((row, starts[text], head, weights, denominator));
                    for (var j = 0; j < weights.Length; j++)
                        ClearLayers.AddTo(result.AsSpan(row * width + head * depth, depth), weights[j] / denominator, Value(x, starts[text] + j, head));
                }

        return new(result, gradient =>
        {
            var back = new double[x.Length];
            foreach (var (row, first, head, weights, denominator) in pairs)
            {
                var g = gradient.AsSpan(row * width + head * depth, depth);
                var o = result.AsSpan(row * width + head * depth, depth);
                var ofDenominator = FixedOrder.Sum(weights) > RandomFeatures.DenominatorFloor ? FixedOrder.Dot(g, o) : 0;
                for (var j = 0; j < weights.Length; j++)
                {
                    ClearLayers.AddTo(Value(back, first + j, head), weights[j] / denominator, g);
                    var ofWeight = (FixedOrder.Dot(g, Value(x, first + j, head)) - ofDenominator) / (denominator * features * weights.Length);
                    for (var f = 0; f < features; f++)
                    {
                        var slope = -Math.Tau * Math.Sin(Math.Tau * (Query(row, head, f) - Key(first + j, head, f))) * ofWeight;
                        back[row * stride + head * features + f] += slope;
                        back[(first + j) * stride + (heads + head) * features + f] -= slope;
                    }
                }
            }

            return back;
        });

        double Query(int row, int head, int f) => x[row * stride + head * features + f];

        double Key(int row, int head, int f) => x[row * stride + (heads + head) * features + f];

        Span<double> Value(double[] values, int row, int head) => values.AsSpan(row * stride + 2 * heads * features + head * depth, depth);
    }
}
