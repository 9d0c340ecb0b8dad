using MpcActors.Data;

namespace MpcActors.Models.Transformers;

/// <summary>Which functions of a phase t are a head's random features.</summary>
public enum FeatureForm
{
    /// <summary>cos 2πt and sin 2πt: two features a frequency (Peng et al., ICLR 2021), the more accurate for the same number of angles.</summary>
    CosineAndSine,

    /// <summary>√2 cos 2π(t + b), b uniform: one feature a frequency (Rahimi and Recht, NIPS 2007), the form that a cosine protocol alone serves.</summary>
    ShiftedCosine,
}

/// <summary>Public random frequencies in the place of softmax's exponential: E[f(q)·f(k)] = exp(−|q − k|²/2d), a Gaussian kernel (Rahimi and Recht, NIPS 2007).</summary>
/// <remarks>
/// A head's frequencies are independent normal vectors of standard deviation 1/√d, wide enough a kernel that no denominator comes near zero. The
/// kernel of exp(q·k/√d) itself would take d^(−1/4) and, by its variance, far more features than anybody pays for: a trained model needs its
/// frequencies learned to keep its accuracy. These serve to run and count. They are drawn from a seed, a function of the place alone, so that
/// everybody has the same.
/// </remarks>
public sealed class RandomFrequencies(int heads, int headWidth, int features, FeatureForm form, ulong seed)
{
    const ulong ShiftStream = 1UL << 32;

    /// <summary>A layer's frequencies in turns, [heads · headWidth, features].</summary>
    public double[] Turns(int layer)
    {
        var frequencies = new double[heads * headWidth * features];
        CounterGaussian.Fill(seed, (ulong)layer, frequencies);
        var deviation = 1 / (Math.Sqrt(headWidth) * Math.Tau);
        for (var i = 0; i < frequencies.Length; i++) frequencies[i] *= deviation;
        return frequencies;
    }

    /// <summary>x → x_h·Ω_h/2π for every head h, the shift in the bias: radians become turns.</summary>
    public Affine Phases(Affine map, int layer)
    {
        var frequencies = Turns(layer);
        var weight = new double[map.In * heads * features];
        var bias = new double[heads * features];
        Parallel.For(0, map.In, row => Project(map.Weight.AsSpan(row * map.Out, map.Out), weight.AsSpan(row * heads * features, heads * features)));
        Project(map.Bias, bias);

        // Queries and keys have the same shifts: they cancel in the product, and only then.
        if (form == FeatureForm.ShiftedCosine)
            for (var i = 0; i < bias.Length; i++) bias[i] += CounterGaussian.Uniform(seed, ShiftStream + (ulong)layer, (ulong)i);
        return new(weight, bias, map.In, heads * features);

        void Project(ReadOnlySpan<double> source, Span<double> phases)
        {
            for (var head = 0; head < heads; head++)
                for (var d = 0; d < headWidth; d++)
                {
                    var value = source[head * headWidth + d];
                    var row = frequencies.AsSpan((head * headWidth + d) * features, features);
                    for (var f = 0; f < row.Length; f++) phases[head * features + f] += value * row[f];
                }
        }
    }
}
