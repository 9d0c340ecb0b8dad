using MpcActors.Protocols.Training;
using MpcActors.Ring;

namespace MpcActors.Protocols.Published;

/// <summary>A training step as CrypTen's autograd does it: every product on the way back opens both factors anew, and truncation is local.</summary>
/// <remarks>
/// Per map on the way back two products, g·Wᵀ and xᵀ·g; per score of a softmax two (crypten/gradients.py); GELU's derivative with what SecFormer's form
/// has computed already. CrypTen has one precision for everything, so that a learning rate below 2^−16 does nothing.
/// </remarks>
public sealed class PublishedTraining : ITrainingSuite
{
    public ISuite Forward { get; } = new PublishedSuite();

    public int ParameterBits => FixedPoint.FractionBits;

    public int SquareBits => FixedPoint.FractionBits;

    /// <summary>Opens nothing: each gate does it for itself.</summary>
    public ValueTask<Wire[]> Open(Party party, params Share[] shares) => ValueTask.FromResult(Array.ConvertAll(shares, share => (Wire)new FreshWire(Narrow(share))));

    public Wire ForProducts(Party party, Wire wire) => wire;

    public Share ValueOf(Party party, Wire wire) => Of(wire);

    public async ValueTask<Share> Product(Party party, Wire x, Wire w, int[] parts)
    {
        var products = new List<Share>();
        foreach (var part in Parts(Of(w), parts)) products.Add(await Multiply(party, Of(x), false, part, false));
        return SideBySide(products);
    }

    public async ValueTask<Share> ProductWithTransposed(Party party, Wire g, Wire w, int[] parts)
    {
        Share? sum = null;
        foreach (var (gradient, weights) in Parts(Of(g), parts).Zip(Parts(Of(w), parts)))
        {
            var product = await Multiply(party, gradient, false, weights, true);
            sum = sum is null ? product : sum + product;
        }

        return sum!;
    }

    public async ValueTask<Share> TransposedProduct(Party party, Wire x, Wire g, int[] parts)
    {
        var products = new List<Share>();
        foreach (var part in Parts(Of(g), parts)) products.Add(await Multiply(party, Of(x), true, part, false));
        return SideBySide(products);
    }

    public ValueTask<Share> MultiplyBlocks(Party party, Shape result, Wire left, Wire right, IReadOnlyList<Block> blocks) =>
        party.MultiplyBlocksAnew(result, Of(left), Of(right), blocks);

    public ValueTask<Share> Multiply(Party party, Wire x, Wire y) => party.MultiplyAnew(Of(x), Of(y));

    public ValueTask<Share> Square(Party party, Wire x) => party.SquareAnew(Of(x));

    public ValueTask<Share> ScaleColumns(Party party, Wire x, Wire row) => party.ColumnwiseProduct(Of(x), Of(row));

    public ValueTask<Share> ScaleRows(Party party, Wire x, Wire column) => party.RowwiseProduct(Of(x), Of(column));

    public ValueTask<Share> Scale(Party party, Share x, double factor, int fractionBits)
    {
        var bits = PublicFactor.BitsFor(factor);
        var product = new Share(x.Value * FixedPoint.Encode(factor, bits), x.FractionBits + bits);
        return ValueTask.FromResult(product.TruncateLocally(product.FractionBits - fractionBits));
    }

    /// <summary>m/(√v + ε) as it is written with CrypTen's root and division: 57 rounds, 1,536 bytes logged.</summary>
    /// <remarks>Within a few per cent for v from 0.1 to 150. Smaller ones have too small a root and so too large a quotient, up to seven times; above 190 it is garbage.</remarks>
    public async ValueTask<Share> DivideByRoot(Party party, Share m, Share v, double epsilon)
    {
        var denominator = party.AddPublic(await NewtonRoot.SquareRoot(party, Narrow(v)), epsilon);
        return await party.MultiplyAnew(Narrow(m), await NewtonReciprocal.Reciprocal(party, denominator));
    }

    public ValueTask<Traced> Gelu(Party party, Share x) => FourierGelu.GeluAndBackward(party, Narrow(x));

    /// <summary>Back: one product with the bit (crypten/gradients.py).</summary>
    public async ValueTask<Traced> Relu(Party party, Share x)
    {
        var (value, isPositive) = await party.ReluAndSignAnew(Narrow(x));
        return new(value, gradient => party.MultiplyAnew(Narrow(gradient), isPositive));
    }

    public async ValueTask<Share> SoftmaxBackward(Party party, Wire weights, Share gradient, int[] rowStarts)
    {
        var (p, g) = (Of(weights), Narrow(gradient));
        var products = await party.MultiplyAnew(g, p);
        var sums = products.Value.SumSegments(rowStarts);
        return await party.MultiplyAnew(new Share(g.Value - sums.SpreadOver(rowStarts, g.Shape), g.FractionBits), p);
    }

    public async ValueTask<TracedWire> Normalize(Party party, Share rows, double epsilon)
    {
        var (n, root) = await party.NormalizeWithRootAnew(Narrow(rows), epsilon);
        var width = rows.Shape.Columns;
        return new(new FreshWire(n), async gradient =>
        {
            var g = Narrow(gradient);
            var products = await party.MultiplyAnew(g, n);
            var mean = (g with { Value = g.Value.SumRows() }).DivideLocally(width);
            var meanProduct = (products with { Value = products.Value.SumRows() }).DivideLocally(width);
            var along = await party.RowwiseProduct(n, meanProduct);
            return await party.RowwiseProduct(new Share(g.Value.MinusColumn(mean.Value) - along.Value, g.FractionBits), root);
        });
    }

    static async ValueTask<Share> Multiply(Party party, Share left, bool leftIsTransposed, Share right, bool rightIsTransposed)
    {
        var (shape, blocks) = Tiles.Of(left.Shape, leftIsTransposed, right.Shape, rightIsTransposed);
        return await party.MultiplyBlocksAnew(shape, left, right, blocks);
    }

    /// <summary>Columns, part by part.</summary>
    static IEnumerable<Share> Parts(Share matrix, int[] parts)
    {
        var start = 0;
        foreach (var width in parts.Length == 0 ? [matrix.Shape.Columns] : parts)
        {
            yield return width == matrix.Shape.Columns ? matrix : matrix with { Value = matrix.Value.Columns(start, width) };
            start += width;
        }
    }

    static Share SideBySide(List<Share> parts) =>
        parts.Count == 1 ? parts[0] : parts[0] with { Value = RowBroadcast.SideBySide([.. parts.Select(part => part.Value)]) };

    static Share Narrow(Share share) => share.FractionBits > FixedPoint.FractionBits
        ? share.TruncateLocally(share.FractionBits - FixedPoint.FractionBits)
        : share.WithMoreFractionBits(FixedPoint.FractionBits);

    static Share Of(Wire wire) => ((FreshWire)wire).Share;

    sealed record FreshWire(Share Share) : Wire(Share.Shape);
}
