using MpcActors.Ring;

namespace MpcActors.Protocols.Training;

/// <summary>Our own protocols for a training step: what the forward pass opened is not opened again on the way back, and truncation is exact.</summary>
/// <remarks>Every product with the gradient is local once that is open; a gradient by a value is truncated and opened once for all that reads it.</remarks>
public sealed class FusedTraining : ITrainingSuite
{
    public ISuite Forward { get; } = new FusedSuite();

    /// <summary>A step of 2^−32; only what is multiplied by has 16.</summary>
    public int ParameterBits => 32;

    public int SquareBits => 24;

    /// <summary>Of an inverse root that is a factor: of gradients of 1,000 it is within 2^−15 of itself. A direction has 16 more, which leaves room for a rate of 13.</summary>
    const int RootBits = 24;

    public async ValueTask<Wire[]> Open(Party party, params Share[] shares) =>
        Array.ConvertAll(await party.Mask(await Narrow(party, shares)), wire => (Wire)new OpenWire(wire));

    public Wire ForProducts(Party party, Wire wire)
    {
        var masked = Of(wire);
        var halved = Halved.Of(party, masked);
        masked.Release();
        return new FactorWire(halved);
    }

    public Share ValueOf(Party party, Wire wire) => party.Unmask(Of(wire));

    public ValueTask<Share> Product(Party party, Wire x, Wire w, int[] parts) => Product(party, x, false, w, false);

    public ValueTask<Share> ProductWithTransposed(Party party, Wire g, Wire w, int[] parts) => Product(party, g, false, w, true);

    public ValueTask<Share> TransposedProduct(Party party, Wire x, Wire g, int[] parts) => Product(party, x, true, g, false);

    public ValueTask<Share> MultiplyBlocks(Party party, Shape result, Wire left, Wire right, IReadOnlyList<Block> blocks) =>
        ValueTask.FromResult(MultiplyHalves(party, result, left, right, blocks));

    public ValueTask<Share> Multiply(Party party, Wire x, Wire y) => ValueTask.FromResult(party.Multiply(Of(x), Of(y)));

    public ValueTask<Share> Square(Party party, Wire x) => ValueTask.FromResult(party.Square(Of(x)));

    public ValueTask<Share> ScaleColumns(Party party, Wire x, Wire row) => ValueTask.FromResult(party.ScaleColumns(Of(x), Of(row)));

    public ValueTask<Share> ScaleRows(Party party, Wire x, Wire column)
    {
        var wire = Of(x);
        int[] rows = [.. Enumerable.Range(0, wire.Shape.Count).Select(i => i / wire.Shape.Columns)];
        return ValueTask.FromResult(party.Multiply(wire, Of(column).Gather(rows, wire.Shape)));
    }

    public async ValueTask<Share> Scale(Party party, Share x, double factor, int fractionBits)
    {
        var bits = PublicFactor.BitsFor(factor);
        var scaled = new Share(x.Value * FixedPoint.Encode(factor, bits), x.FractionBits + bits);
        var truncated = await party.TruncateTo(scaled, fractionBits);
        if (!ReferenceEquals(truncated, scaled)) scaled.Value.Release();
        return truncated;
    }

    /// <summary>m/√(v + ε²): one inverse root and a product. The root keeps more fraction bits than other wires, since it is small where gradients are large.</summary>
    public ValueTask<Share> DivideByRoot(Party party, Share m, Share v, double epsilon) => DivideByRoot(party, m, v, epsilon, InverseSquareRoot.HighBits);

    internal static async ValueTask<Share> DivideByRoot(Party party, Share m, Share v, double epsilon, int highBits)
    {
        var inverse = await party.InvertSquareRoot(party.AddPublic(v, epsilon * epsilon), RootBits, highBits: highBits);
        var wires = await party.Mask((await Narrow(party, m))[0], inverse);
        return party.Multiply(wires[0], wires[1]);
    }

    public ValueTask<Traced> Gelu(Party party, Share x) => Gelu(party, x, byKeys: false);

    internal async ValueTask<Traced> Gelu(Party party, Share x, bool byKeys)
    {
        var (value, derivative) = await party.GaussianErrorLinearUnitAndDerivative(x, byKeys);
        return new(value, async gradient =>
        {
            var wires = await Open(party, derivative, gradient);
            return await Multiply(party, wires[0], wires[1]);
        });
    }

    /// <summary>Back: one opening of the gradient; its product with the bit is local.</summary>
    public ValueTask<Traced> Relu(Party party, Share x) => Relu(party, x, byKeys: false);

    internal async ValueTask<Traced> Relu(Party party, Share x, bool byKeys)
    {
        var (value, isPositive) = await party.ReluAndSign(x, byKeys: byKeys);
        return new(value, async gradient => party.Select(isPositive, Of((await Open(party, gradient))[0])));
    }

    /// <summary>P ⊙ G and the products with the row sums are local: sums alone are opened in between.</summary>
    public async ValueTask<Share> SoftmaxBackward(Party party, Wire weights, Share gradient, int[] rowStarts)
    {
        var p = Of(weights);
        var open = Of((await Open(party, gradient))[0]);
        var products = party.Multiply(p, open);
        var sums = await Factors(party, products with { Value = products.Value.SumSegments(rowStarts) });
        return products - party.MultiplySegments(p, sums, 1, rowStarts);
    }

    /// <summary>Back: r(g − mean g − n·mean(g ⊙ n)) with the open n and r of the way there.</summary>
    public ValueTask<TracedWire> Normalize(Party party, Share rows, double epsilon) => Normalize(party, rows, epsilon, byKeys: false);

    internal async ValueTask<TracedWire> Normalize(Party party, Share rows, double epsilon, bool byKeys)
    {
        if (rows.FractionBits > LayerNormalisation.MostFractionBits) rows = (await Narrow(party, rows))[0];
        var (normalised, root, surplus) = await party.NormalizeWithRoot(rows, Math.Max(epsilon, LayerNormalisation.LeastEpsilon), byKeys: byKeys);
        var n = await party.Mask(normalised);
        var (shape, starts) = (rows.Shape, LayerNormalisation.RowStarts(rows.Shape));
        return new(new OpenWire(n), async gradient =>
        {
            gradient = (await Narrow(party, gradient))[0];
            var g = await party.Mask(gradient);
            var products = party.Multiply(g, n);
            var (mean, meanProduct) = (Mean(gradient, shape), Mean(products, shape));
            var narrow = await Narrow(party, mean, meanProduct);
            var factors = await party.Mask(WithSpareBit(narrow[1].Reshape(Shape.Vector(shape.Rows))));
            var along = party.MultiplySegments(n, factors, 1, starts);
            var across = new Share(gradient.Value - narrow[0].Value.SpreadOver(starts, shape), FixedPoint.FractionBits);
            var inner = (OpenWire)(await Open(party, across.WithMoreFractionBits(along.FractionBits) - along))[0];
            return party.MultiplySegments(inner.Masked, root, surplus, starts);
        });
    }

    /// <summary>Sums of rows over the width; the width's fraction of two is a matter of where the point stands.</summary>
    static Share Mean(Share rows, Shape shape)
    {
        var bits = PublicFactor.BitsFor(1.0 / shape.Columns);
        return new(rows.Value.SumRows() * FixedPoint.Encode(1.0 / shape.Columns, bits), rows.FractionBits + bits);
    }

    static async ValueTask<Masked> Factors(Party party, Share sums) => await party.Mask(WithSpareBit((await Narrow(party, sums))[0]));

    /// <summary>A factor of segments is truncated on its way, by a bit at least.</summary>
    static Share WithSpareBit(Share factors) => factors.WithMoreFractionBits(FixedPoint.FractionBits + 1);

    /// <summary>All to 16 fraction bits, in one round, or in none.</summary>
    static async ValueTask<Share[]> Narrow(Party party, params Share[] shares)
    {
        var result = Array.ConvertAll(shares, share => share.FractionBits < FixedPoint.FractionBits ? share.WithMoreFractionBits(FixedPoint.FractionBits) : share);
        int[] wide = [.. Enumerable.Range(0, result.Length).Where(i => result[i].FractionBits > FixedPoint.FractionBits)];
        if (wide.Length == 0) return result;
        var wires = await party.Mask(Array.ConvertAll(wide, i => result[i]));
        for (var i = 0; i < wide.Length; i++) result[wide[i]] = party.Truncate(wires[i], wires[i].FractionBits - FixedPoint.FractionBits);

        // Nobody else has seen the wires.
        Array.ForEach(wires, wire => wire.Release());
        return result;
    }

    static ValueTask<Share> Product(Party party, Wire left, bool leftIsTransposed, Wire right, bool rightIsTransposed)
    {
        var (shape, blocks) = Tiles.Of(left.Shape, leftIsTransposed, right.Shape, rightIsTransposed);
        return ValueTask.FromResult(MultiplyHalves(party, shape, left, right, blocks));
    }

    static Share MultiplyHalves(Party party, Shape result, Wire left, Wire right, IReadOnlyList<Block> blocks)
    {
        var (x, y) = (HalvedOf(party, left), HalvedOf(party, right));
        var product = party.MultiplyBlocks(result, x, y, blocks);
        if (left is OpenWire) x.Release();
        if (right is OpenWire) y.Release();
        return product;
    }

    static Halved HalvedOf(Party party, Wire wire) => wire is FactorWire factor ? factor.Halved : Halved.Of(party, Of(wire));

    static Masked Of(Wire wire) => ((OpenWire)wire).Masked;

    sealed record OpenWire(Masked Masked) : Wire(Masked.Shape);

    sealed record FactorWire(Halved Halved) : Wire(Halved.Shape);
}
