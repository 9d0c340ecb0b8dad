using MpcActors.Ring;

namespace MpcActors.Protocols.Published;

/// <summary>Layer normalisation as it is written with CrypTen's functions: mean, squares, <see cref="NewtonRoot"/>, a product with each row's own factor.</summary>
/// <remarks>CrypTen has none of its own. Holds for a variance between 0.1 and 160, like the inverse root.</remarks>
public static class NewtonLayerNorm
{
    /// <summary>19 rounds.</summary>
    public static Cost CostOfNormalizing(Shape rows) =>
        FreshProducts.CostOfSquaring(rows.Count) + NewtonRoot.CostOfInverse(rows.Rows) + BroadcastProducts.CostOfRows(rows);

    /// <summary>20 rounds, 48 bytes logged a value and 384 more a row.</summary>
    public static Cost CostOf(Shape rows) => CostOfNormalizing(rows) + BroadcastProducts.CostOfColumns(rows);

    /// <summary>(x − mean)/√(variance + <paramref name="epsilon"/>) of each row.</summary>
    public static async ValueTask<Share> NormalizeAnew(this Party party, Share rows, double epsilon) => (await party.NormalizeWithRootAnew(rows, epsilon)).Normalised;

    /// <summary>The same, and the inverse roots, one a row.</summary>
    internal static async ValueTask<(Share Normalised, Share Root)> NormalizeWithRootAnew(this Party party, Share rows, double epsilon)
    {
        var width = rows.Shape.Columns;
        var mean = (rows with { Value = rows.Value.SumRows() }).DivideLocally(width);
        var centred = rows with { Value = rows.Value.MinusColumn(mean.Value) };
        var squares = await party.SquareAnew(centred);
        var variance = (squares with { Value = squares.Value.SumRows() }).DivideLocally(width);
        var root = await party.InverseSquareRoot(party.AddPublic(variance, epsilon));
        return (await party.RowwiseProduct(centred, root), root);
    }

    /// <summary>The same times a shared weight for each column, plus a shared bias.</summary>
    /// <param name="weight">One a column.</param>
    /// <param name="bias">One a column, with the fraction bits of <paramref name="rows"/>.</param>
    public static async ValueTask<Share> LayerNorm(this Party party, Share rows, Share weight, Share bias, double epsilon)
    {
        var scaled = await party.ColumnwiseProduct(await party.NormalizeAnew(rows, epsilon), weight);
        if (!scaled.Value.IsHollow) scaled.Value.AddToEachRow(bias.Value);
        return scaled;
    }
}
