using MpcActors.Ring;

namespace MpcActors.Protocols.Hybrid;

/// <summary>The way back through a function y = f(x): the gradient of x from that of y, both open wires. Local but for the softmax.</summary>
/// <remarks>All are polynomials of y, so nothing is approximated: tanh' = 1 − y², σ' = y − y², exp' = y, (1/x)' = −y². None is truncated.</remarks>
public static class Derivatives
{
    public static Cost CostOfTanh(long count) => Multiplication.CostOfBySquare(count);

    public static Cost CostOfSigmoid(long count) => Multiplication.CostOf(count) + Multiplication.CostOfBySquare(count);

    public static Cost CostOfSoftmax(Shape rows) =>
        Multiplication.CostOf(rows.Count) + Cost.Masking(rows.Rows) + SegmentMultiplication.CostOf(rows.Count, rows.Rows);

    public static Share TanhBackward(this Party party, Masked gradient, Masked y)
    {
        var product = party.MultiplyBySquare(gradient, y);
        return party.Unmask(gradient).WithMoreFractionBits(product.FractionBits) - product;
    }

    public static Share SigmoidBackward(this Party party, Masked gradient, Masked y)
    {
        var product = party.Multiply(gradient, y);
        var square = party.MultiplyBySquare(gradient, y);
        return product.WithMoreFractionBits(square.FractionBits) - square;
    }

    public static Share ExponentialBackward(this Party party, Masked gradient, Masked y) => party.Multiply(gradient, y);

    public static Share ReciprocalBackward(this Party party, Masked gradient, Masked y) => -party.MultiplyBySquare(gradient, y);

    /// <summary>s_j (g_j − Σ_k g_k s_k) of each row: one round, that of the sums.</summary>
    /// <param name="gradient">As <paramref name="y"/>, with at most 20 fraction bits.</param>
    public static async ValueTask<Share> SoftmaxBackward(this Party party, Masked gradient, Masked y)
    {
        int[] starts = [.. Enumerable.Range(0, y.Shape.Rows + 1).Select(row => row * y.Shape.Columns)];
        var products = party.Multiply(gradient, y);
        var sums = await party.Mask(products with { Value = products.Value.SumRows() });
        var common = party.MultiplySegments(y, sums, y.FractionBits, starts);
        return products - common;
    }
}
