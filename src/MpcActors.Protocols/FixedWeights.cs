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
        return Array.ConvertAll(wires, wire => party.Seat switch
        {
            // The dealer multiplies by the mask, and keeps nothing else.
            Seat.Dealer => new FixedWeights(new(RingTensor.Hollow(wire.Shape)), new(wire.Mask), wire.Shape, wire.FractionBits),
            Seat.One => new(new(wire.Public), new(wire.Public - wire.Mask), wire.Shape, wire.FractionBits),
            _ => new(new(wire.Public), new(-wire.Mask), wire.Shape, wire.FractionBits),
        });
    }

    /// <summary>wire · W; the fraction bits of both add up.</summary>
    public Share Multiply(Party party, Masked wire)
    {
        var shape = new Shape(wire.Shape.Rows, Shape.Columns);
        var online = (long)wire.Shape.Rows * Shape.Count;
        party.Meter.CountMultiplications(party.Seat == Seat.Dealer ? online : 2 * online);
        var dealt = party.Correlations.Derived(shape, () => MatrixProduct.Of(wire.Mask, _half));
        var fractionBits = wire.FractionBits + FractionBits;
        if (wire.Public.IsHollow || dealt.IsHollow) return new(RingTensor.Hollow(shape), fractionBits);

        RingTensor prepared;
        using (party.Meter.Offline()) prepared = dealt - MatrixProduct.Of(wire.Mask, _open);
        return new(MatrixProduct.Of(wire.Public, _half) + prepared, fractionBits);
    }
}
