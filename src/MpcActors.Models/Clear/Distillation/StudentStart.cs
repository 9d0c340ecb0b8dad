using MpcActors.Data;
using MpcActors.Models.Clear.Training;

namespace MpcActors.Models.Clear.Distillation;

/// <summary>What the student starts as: the teacher, and where random features are asked for, with frequencies drawn for a softened softmax.</summary>
/// <remarks>
/// E cos(ω·(q − k)) = exp(−|q − k|²/2) for Gaussian ω. Queries and keys are scaled so that their product is γ q·k/√dh; keys are centred,
/// which softmax does not notice, and each dimension is balanced between queries and keys, both to make |q|² + |k|², which the kernel sees
/// and softmax does not, as small as it can be. γ is small because a sharp kernel drowns in the noise of few frequencies.
/// </remarks>
internal static class StudentStart
{
    private const double Softening = 0.2;

    public static UseLiteModel Of(UseLiteModel teacher, AdaptationSettings settings, IReadOnlyList<int[]> texts)
    {
        if (settings.Attention != TrainedAttention.RandomFeatures) return teacher;
        var pass = new SingleEncoder(teacher, TrainedAttention.Softmax).Forward(texts);
        return teacher with
        {
            Layers = [.. teacher.Layers.Select((layer, index) => layer with
            {
                Qkv = Scaled(layer, pass.Layers[index].Projected),
                Features = new RandomFeatures(Frequencies(layer, index, settings), layer.Heads, layer.HeadWidth, settings.Features),
            })],
        };
    }

    private static DenseWeights Scaled(Data.EncoderLayer layer, float[] projected)
    {
        var width = layer.Heads * layer.HeadWidth;
        var scale = Math.Sqrt(Softening) / Math.Pow(layer.HeadWidth, 0.25);
        var (weight, bias) = ((float[])[.. layer.Qkv.Weight], (float[])[.. layer.Qkv.Bias]);
        for (var column = 0; column < width; column++)
        {
            var (_, queryDeviation) = Moments(projected, layer.Qkv.Out, column);
            var (keyMean, keyDeviation) = Moments(projected, layer.Qkv.Out, width + column);
            var balance = queryDeviation > 0 && keyDeviation > 0 ? Math.Sqrt(keyDeviation / queryDeviation) : 1;
            bias[width + column] -= (float)keyMean;
            Scale(column, scale * balance);
            Scale(width + column, scale / balance);
        }

        return layer.Qkv with { Weight = weight, Bias = bias };

        void Scale(int column, double factor)
        {
            bias[column] = (float)(bias[column] * factor);
            for (var row = 0; row < layer.Qkv.In; row++) weight[row * layer.Qkv.Out + column] = (float)(weight[row * layer.Qkv.Out + column] * factor);
        }
    }

    private static (double Mean, double Deviation) Moments(float[] rows, int stride, int column)
    {
        double sum = 0, squares = 0;
        for (var at = column; at < rows.Length; at += stride) sum += rows[at];
        var (count, mean) = (rows.Length / stride, sum / (rows.Length / stride));
        for (var at = column; at < rows.Length; at += stride) squares += (rows[at] - mean) * (rows[at] - mean);
        return (mean, Math.Sqrt(squares / count));
    }

    /// <summary>Gaussian directions, orthogonal in blocks of the head's width, with the lengths of independent Gaussian vectors.</summary>
    private static float[] Frequencies(Data.EncoderLayer layer, int index, AdaptationSettings settings)
    {
        var (width, count) = (layer.HeadWidth, settings.Features);
        var omega = new float[layer.Heads * width * count];
        for (var head = 0; head < layer.Heads; head++)
        {
            var numbers = new double[2 * width * count];
            CounterGaussian.Fill(settings.Seed, (ulong)(index * layer.Heads + head), numbers);
            var directions = new double[count][];
            for (var r = 0; r < count; r++)
            {
                var direction = numbers[(r * width)..((r + 1) * width)];
                var length = Math.Sqrt(FixedOrder.Dot(numbers.AsSpan((count + r) * width, width), numbers.AsSpan((count + r) * width, width)));
                foreach (var earlier in directions[(r / width * width)..r])
                {
                    var along = FixedOrder.Dot(direction, earlier) / FixedOrder.Dot(earlier, earlier);
                    for (var d = 0; d < width; d++) direction[d] -= along * earlier[d];
                }

                var scale = length / Math.Sqrt(FixedOrder.Dot(direction, direction));
                directions[r] = Array.ConvertAll(direction, value => value * scale);
                for (var d = 0; d < width; d++) omega[(head * width + d) * count + r] = (float)directions[r][d];
            }
        }

        return omega;
    }
}
