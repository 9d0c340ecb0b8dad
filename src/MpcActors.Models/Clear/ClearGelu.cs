using MpcActors.Data.Transformers;

namespace MpcActors.Models.Clear;

/// <summary>Gaussian error linear units in double precision, one number at a time.</summary>
public static class ClearGelu
{
    private const double RootTwoOverPi = 0.7978845608028654;
    private const double RootHalf = 0.7071067811865476;

    /// <summary>x·Φ(x) = x/2 · erfc(−x/√2).</summary>
    public static double Exact(double x) => 0.5 * x * ErrorFunction.Erfc(-x * RootHalf);

    /// <summary>x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))).</summary>
    public static double Tanh(double x) => 0.5 * x * (1 + Math.Tanh(RootTwoOverPi * (x + 0.044715 * x * x * x)));

    /// <summary>In place.</summary>
    public static void Apply(GeluForm form, Span<double> values)
    {
        if (form == GeluForm.Exact)
            foreach (ref var value in values) value = Exact(value);
        else
            foreach (ref var value in values) value = Tanh(value);
    }
}
