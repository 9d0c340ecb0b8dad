using MpcActors.Ring;

namespace MpcActors.Protocols.Published;

/// <summary>The outer product of two vectors element by element, each factor expanded to the size of the result and opened in it: one round, 128 bits a result.</summary>
public static class ExpandedProducts
{
    public static Cost CostOf(long left, long right) => FreshProducts.CostOfMultiplying(left * right);

    /// <summary>x_i y_j, truncated locally.</summary>
    public static ValueTask<Share> OuterProductAnew(this Party party, Share x, Share y)
    {
        var shape = new Shape(x.Shape.Count, y.Shape.Count);
        int[] rows = [.. Enumerable.Range(0, shape.Count).Select(i => i / shape.Columns)];
        int[] columns = [.. Enumerable.Range(0, shape.Count).Select(i => i % shape.Columns)];
        return party.MultiplyAnew(x with { Value = x.Value.Gather(rows, shape) }, y with { Value = y.Value.Gather(columns, shape) });
    }
}
