using MpcActors.Data;
using MpcActors.Models.Clear.Training;

namespace MpcActors.Models.Clear.Distillation;

/// <summary>How near a model with another attention is to its softmax teacher on some texts.</summary>
/// <param name="Distance">Mean 1 − cosine of the embeddings.</param>
/// <param name="WorstTwentieth">The 95th percentile of 1 − cosine.</param>
/// <param name="HiddenErrors">For each layer: relative squared error of the state after attention and of the layer's result.</param>
/// <param name="BelowFloor">Share of random features' denominators below the floor, per layer; empty for other attentions.</param>
/// <param name="LargestPhase">Of random features, in radians, per layer; empty for other attentions.</param>
public sealed record Agreement(
    int Texts, double Distance, double WorstTwentieth, IReadOnlyList<(double Middle, double Output)> HiddenErrors, IReadOnlyList<double> BelowFloor, IReadOnlyList<double> LargestPhase)
{
    private const int TextsTogether = 64;

    /// <param name="teacher">With softmax.</param>
    public static Agreement Measure(UseLiteModel teacher, UseLiteModel student, TrainedAttention attention, IReadOnlyList<int[]> texts, CancellationToken cancellation = default)
    {
        var (with, without) = (new SingleEncoder(student, attention), new SingleEncoder(teacher, TrainedAttention.Softmax));
        var layers = teacher.Layers.Count;
        List<float> found = [], expected = [];
        var (middles, outputs, below, phases) = (new double[layers], new double[layers], new double[layers], new double[layers]);
        long denominators = 0;
        foreach (var batch in texts.Chunk(TextsTogether))
        {
            cancellation.ThrowIfCancellationRequested();
            var (a, b) = (with.Forward(batch), without.Forward(batch));
            found.AddRange(a.Embeddings);
            expected.AddRange(b.Embeddings);
            var rows = a.Lengths.Sum();
            for (var layer = 0; layer < layers; layer++)
            {
                var (mine, its) = (a.Layers[layer], b.Layers[layer]);
                middles[layer] += batch.Length * DistillationLoss.Relative(mine.Middle, its.Middle, its.Middle.Length / rows, 1, out _);
                outputs[layer] += batch.Length * DistillationLoss.Relative(mine.Output!, its.Output!, its.Output!.Length / rows, 1, out _);
                if (attention != TrainedAttention.RandomFeatures) continue;
                below[layer] += mine.Attention.Denominators.Count(value => value < RandomFeatures.DenominatorFloor);
                phases[layer] = Math.Max(phases[layer], LargestPhaseOf(student.Layers[layer], mine.Projected));
            }

            denominators += rows * teacher.Layers[0].Heads;
        }

        var (mean, tail) = DistanceOf([.. found], [.. expected], with.Width);
        var isRandom = attention == TrainedAttention.RandomFeatures;
        return new(
            texts.Count, mean, tail, [.. middles.Zip(outputs, (middle, output) => (middle / texts.Count, output / texts.Count))],
            isRandom ? Array.ConvertAll(below, count => count / denominators) : [], isRandom ? phases : []);
    }

    /// <summary>Unit embeddings, row-major.</summary>
    internal static float[] Embeddings(SingleEncoder encoder, IReadOnlyList<int[]> texts) => [.. texts.Chunk(TextsTogether).SelectMany(batch => encoder.Forward(batch).Embeddings)];

    internal static (double Mean, double WorstTwentieth) DistanceOf(float[] found, float[] expected, int width)
    {
        var distances = new double[found.Length / width];
        for (var text = 0; text < distances.Length; text++) distances[text] = 1 - SingleRows.Dot(found.AsSpan(text * width, width), expected.AsSpan(text * width, width));
        var mean = FixedOrder.Sum(distances) / distances.Length;
        Array.Sort(distances);
        return (mean, distances[(distances.Length - 1) * 19 / 20]);
    }

    private static double LargestPhaseOf(Data.EncoderLayer layer, float[] projected)
    {
        var (features, width) = (layer.Features!, layer.HeadWidth);
        var rows = new SingleMatrix(projected, layer.Qkv.Out);
        var phases = new float[rows.Rows * features.Features];
        var largest = 0.0;
        for (var head = 0; head < 2 * layer.Heads; head++)
        {
            // Queries of all heads lie before keys of all heads.
            var omega = new SingleMatrix(features.Omega, width, features.Features, head % layer.Heads * width * features.Features, features.Features, 1);
            SingleProduct.Multiply(rows.Slice(head * width, width), omega, new(phases, features.Features));
            foreach (var phase in phases) largest = Math.Max(largest, Math.Abs(phase));
        }

        return largest;
    }
}
