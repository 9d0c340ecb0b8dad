using MpcActors.Data;
using MpcActors.Models.Clear;

namespace MpcActors.Models.Transformers;

/// <summary>What a suite's operations compute, in double precision: the oracle that a pass on shares is compared with.</summary>
public interface IClearFunctions
{
    /// <summary>Element by element, in place.</summary>
    void Gelu(Span<double> values);

    /// <summary>(x − mean) / √(variance + ε), in place.</summary>
    void Normalize(Span<double> row, double epsilon);

    /// <summary>In place.</summary>
    void Softmax(Span<double> row);

    /// <summary>Features of phases in turns.</summary>
    double[] Features(ReadOnlySpan<double> phases);

    /// <summary>1/x of a denominator of random feature attention, a mean of products of features.</summary>
    double Inverse(double denominator);
}

/// <summary>The functions themselves, which the suite <c>Fused</c> computes to a few units of its last place.</summary>
public sealed class ExactFunctions : IClearFunctions
{
    public void Gelu(Span<double> values)
    {
        foreach (ref var x in values) x = ClearGelu.Exact(x);
    }

    public void Normalize(Span<double> row, double epsilon)
    {
        var mean = FixedOrder.Sum(row) / row.Length;
        foreach (ref var x in row) x -= mean;
        var inverse = 1 / Math.Sqrt(FixedOrder.Dot(row, row) / row.Length + epsilon);
        foreach (ref var x in row) x *= inverse;
    }

    public void Softmax(Span<double> row)
    {
        var largest = double.NegativeInfinity;
        foreach (var x in row) largest = Math.Max(largest, x);
        foreach (ref var x in row) x = Math.Exp(x - largest);
        var inverse = 1 / FixedOrder.Sum(row);
        foreach (ref var x in row) x *= inverse;
    }

    public double[] Features(ReadOnlySpan<double> phases)
    {
        var features = new double[2 * phases.Length];
        var scale = 1 / Math.Sqrt(phases.Length);
        for (var i = 0; i < phases.Length; i++) (features[phases.Length + i], features[i]) = Math.SinCos(Math.Tau * phases[i]);
        foreach (ref var feature in features.AsSpan()) feature *= scale;
        return features;
    }

    public double Inverse(double denominator) => 1 / Math.Max(denominator, RandomFeatures.DenominatorFloor);
}
