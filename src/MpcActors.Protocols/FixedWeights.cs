using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>A shared matrix that is opened under its mask once for a model, and multiplied any number of times.</summary>
/// <remarks>
/// <para>1. Once: open Ŵ = W + S, 64 bits an element.</para>
/// <para>2. A product XW of an open X = X̂ − R: take a share of RS and compute, before X is known, [T]_b = [RS]_b − [R]_b Ŵ.</para>
/// <para>3. Online: [XW]_b = X̂(bŴ − [S]_b) + [T]_b, one matrix product with a constant right factor, no message.</para>
/// The dealer knows S and must never see Ŵ. S is used for this W alone; each X has a fresh R, so Ŵ may serve for good.
/// </remarks>
public sealed class FixedWeights
{
    readonly PackedMatrix _open;
    readonly PackedMatrix _half;

    FixedWeights(PackedMatrix open, PackedMatrix half, Shape shape, int fractionBits) =>
        (_open, _half, Shape, FractionBits) = (open, half, shape, fractionBits);

    public Shape Shape { get; }

    public int FractionBits { get; }

    public static Cost CostOfOpening(Shape weights) => Cost.Masking(weights.Count);

    /// <param name="rows">Rows of the left factor.</param>
    public static Cost CostOf(int rows, Shape weights) => Cost.Dealt((long)rows * weights.Columns);

    /// <summary>Opens the weights: one round for all of them.</summary>
    public static async ValueTask<FixedWeights[]> Open(Party party, params Share[] weights)
    {
        var wires = await party.Mask(weights);
        return Array.ConvertAll(wires, wire => Of(party, wire));
    }

    /// <summary>Weights that are open already. Local.</summary>
    public static FixedWeights Of(Party party, Masked wire) => party.Seat switch
    {
        // The dealer multiplies by the mask, and keeps nothing else.
        Seat.Dealer => new FixedWeights(new(RingTensor.Hollow(wire.Shape)), new(wire.Mask), wire.Shape, wire.FractionBits),
        Seat.One => new(new(wire.Public), new(wire.Public - wire.Mask), wire.Shape, wire.FractionBits),
        _ => new(new(wire.Public), new(-wire.Mask), wire.Shape, wire.FractionBits),
    };

    /// <summary>wire · W, plus <paramref name="bias"/> in each row; the fraction bits of both factors add up.</summary>
    /// <param name="bias">A row of as many fraction bits as the product has.</param>
    public Share Multiply(Party party, Masked wire, Share? bias = null)
    {
        var shape = new Shape(wire.Shape.Rows, Shape.Columns);
        var fractionBits = wire.FractionBits + FractionBits;
        if (bias is not null && bias.FractionBits != fractionBits)
            throw new ArgumentException($"a bias of {bias.FractionBits} fraction bits does not fit a product of {fractionBits}");
        var online = (long)wire.Shape.Rows * Shape.Count;
        party.Meter.CountMultiplications(party.Seat == Seat.Dealer ? online : 2 * online);
        var product = party.Correlations.Derived(shape, () => MatrixProduct.Of(wire.Mask, _half));
        if (wire.Public.IsHollow || product.IsHollow)
        {
            product.Release();
            return new(RingTensor.Hollow(shape), fractionBits);
        }

        // The dealt tensor is this party's own copy and nobody else's, so the sum grows in it.
        using (party.Meter.Offline())
        {
            var minusMask = -wire.Mask;
            MatrixProduct.AddTo(product, minusMask, _open);
            minusMask.Release();
            if (bias is not null) product.AddToEachRow(bias.Value);
        }

        MatrixProduct.AddTo(product, wire.Public, _half);
        return new(product, fractionBits);
    }
}
