using MpcActors.Protocols.Published;

namespace MpcActors.Models.Transformers;

/// <summary>The approximations that the published suite stands for, without its roundings and its gross errors.</summary>
public sealed class PublishedApproximations(PublishedCosine cosine) : IClearFunctions
{
    public void Gelu(Span<double> values)
    {
        foreach (ref var x in values) x = PublishedFunctions.Gelu(x);
    }

    public void Normalize(Span<double> row, double epsilon) => PublishedFunctions.LayerNorm(row, epsilon).CopyTo(row);

    public void Softmax(Span<double> row) => PublishedFunctions.Softmax(row).CopyTo(row);

    public double[] Features(ReadOnlySpan<double> phases)
    {
        var features = new double[phases.Length];
        var scale = Math.Sqrt(2.0 / phases.Length);
        for (var i = 0; i < features.Length; i++)
        {
            var radians = Math.Tau * phases[i];
            features[i] = scale * (cosine == PublishedCosine.Stock ? PublishedFunctions.CosineAndSine(radians).Cosine : Math.Cos(radians));
        }

        return features;
    }

    public double Inverse(double denominator) => PublishedFunctions.Reciprocal(denominator);
}
