using MpcActors.Data;

namespace MpcActors.Models.Clear.Training;

/// <summary>From the products of one query with its keys to the weights of the values, and back.</summary>
internal static class AttentionWeights
{
    private const float QuadraticShift = 5;

    /// <returns>What the products were divided by, before any floor; 1 under uniform attention.</returns>
    public static float Forward(TrainedAttention attention, ReadOnlySpan<float> products, Span<float> weights)
    {
        switch (attention)
        {
            case TrainedAttention.Softmax:
                var top = products[0];
                foreach (var product in products) top = MathF.Max(top, product);
                for (var j = 0; j < weights.Length; j++) weights[j] = MathF.Exp(products[j] - top);
                break;
            case TrainedAttention.Quadratic:
                for (var j = 0; j < weights.Length; j++) weights[j] = (products[j] + QuadraticShift) * (products[j] + QuadraticShift);
                break;
            case TrainedAttention.RandomFeatures:
                products.CopyTo(weights);
                break;
            default:
                weights.Fill(1f / weights.Length);
                return 1;
        }

        var sum = SingleRows.Sum(weights);
        var divisor = attention == TrainedAttention.RandomFeatures ? MathF.Max(sum, RandomFeatures.DenominatorFloor) : sum;
        foreach (ref var weight in weights) weight /= divisor;
        return sum;
    }

    /// <summary>Gradients by the weights become gradients by the products, in place.</summary>
    /// <param name="byDenominator">A gradient by the denominator of random features itself.</param>
    public static void Backward(
        TrainedAttention attention, ReadOnlySpan<float> products, ReadOnlySpan<float> weights, float denominator, Span<float> gradients, float byDenominator)
    {
        var along = SingleRows.Dot(weights, gradients);
        switch (attention)
        {
            case TrainedAttention.Softmax:
                for (var j = 0; j < gradients.Length; j++) gradients[j] = weights[j] * (gradients[j] - along);
                break;
            case TrainedAttention.Quadratic:
                for (var j = 0; j < gradients.Length; j++) gradients[j] = 2 * (products[j] + QuadraticShift) / denominator * (gradients[j] - along);
                break;
            case TrainedAttention.RandomFeatures when denominator > RandomFeatures.DenominatorFloor:
                for (var j = 0; j < gradients.Length; j++) gradients[j] = (gradients[j] - along) / denominator + byDenominator;
                break;
            case TrainedAttention.RandomFeatures:
                // At the floor the denominator is a constant.
                for (var j = 0; j < gradients.Length; j++) gradients[j] = gradients[j] / RandomFeatures.DenominatorFloor + byDenominator;
                break;
            default:
                gradients.Clear();
                break;
        }
    }
}
