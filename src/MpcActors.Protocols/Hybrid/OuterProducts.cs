using MpcActors.Ring;

namespace MpcActors.Protocols.Hybrid;

/// <summary>Tensor (outer) products of open wires, added up over the rows: what the gradient of a matrix is. Local, one dealt word a result.</summary>
/// <remarks>
/// Opening two vectors takes m + n words where products element by element open 2·m·n (PriFFT, arXiv 2503.03146, has such a protocol; how it works is not published).
/// Wires that a forward pass has opened cost nothing more.
/// </remarks>
public static class OuterProducts
{
    public static Cost CostOf(Shape x, Shape y) => MatrixMultiplication.CostOf(new(x.Columns, y.Columns));

    /// <summary>Σ_i x_iᵀ y_i over the rows i of both: [columns of x, columns of y].</summary>
    /// <exception cref="ArgumentException">The wires have different numbers of rows.</exception>
    public static Share OuterProduct(this Party party, Masked x, Masked y)
    {
        if (x.Shape.Rows != y.Shape.Rows) throw new ArgumentException($"an outer product needs rows of equal number, not {x.Shape} and {y.Shape}");
        var result = new Shape(x.Shape.Columns, y.Shape.Columns);
        var block = new Block(Whole(x.Shape), Whole(y.Shape), Whole(result), LeftIsTransposed: true);
        return party.MultiplyBlocks(result, new BlockFactors(x, y, [block]));
    }

    static MatrixView Whole(Shape shape) => new(0, shape.Columns, shape.Rows, shape.Columns);
}
