using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>A shared matrix that is opened under its mask once for a model, and multiplied any number of times.</summary>
/// <remarks>
/// <para>1. Once: open Ŵ = W + S, 64 bits an element, and keep the half W_b = Ŵ − 2[S]_b (<see cref="Halved"/>).</para>
/// <para>2. A product XW of an open X = X̂ − R: take a share of −2([R]_0 − [R]_1)([S]_0 − [S]_1).</para>
/// <para>3. Online: [2XW]_b = X_b W_b + that share with X_b = X̂ − 2[R]_b, one matrix product with a constant right factor, no message.</para>
/// The dealer knows S and must never see Ŵ. S is used for this W alone; each X has a fresh R, so Ŵ may serve for good.
/// </remarks>
public sealed class FixedWeights
{
    readonly PackedMatrix _half;

    FixedWeights(PackedMatrix half, int fractionBits) => (_half, FractionBits) = (half, fractionBits);

    public Shape Shape => _half.Shape;

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
    /// <param name="wire">Nobody may read it again.</param>
    public static FixedWeights Of(Party party, Masked wire)
    {
        var halved = Halved.Of(party, wire);
        wire.Release();
        var weights = new FixedWeights(new(halved.Half), wire.FractionBits);
        halved.Release();
        return weights;
    }

    /// <summary>Fraction bits of a product with <paramref name="wire"/>: those of both factors, and one more.</summary>
    public int BitsOfProduct(Masked wire) => wire.FractionBits + FractionBits + 1;

    /// <summary>wire · W, plus <paramref name="bias"/> in each row.</summary>
    /// <param name="bias">A row of as many fraction bits as the product has.</param>
    /// <exception cref="ArgumentException">The wire is a part of what was opened, or the bias has other fraction bits.</exception>
    public Share Multiply(Party party, Masked wire, Share? bias = null)
    {
        var shape = new Shape(wire.Shape.Rows, Shape.Columns);
        var fractionBits = BitsOfProduct(wire);
        if (bias is not null && bias.FractionBits != fractionBits)
            throw new ArgumentException($"a bias of {bias.FractionBits} fraction bits does not fit a product of {fractionBits}");
        var multiplications = (long)wire.Shape.Rows * Shape.Count;
        party.Meter.CountMultiplications(party.Seat == Seat.Dealer ? multiplications : 2 * multiplications);
        var product = party.Correlations.Derived(shape, () =>
        {
            var difference = Halved.Of(party, wire);
            var scaled = difference.MinusTwice();
            difference.Release();
            var masks = MatrixProduct.Of(scaled, _half);
            scaled.Release();
            return masks;
        });
        if (party.Seat is Seat.Dealer or Seat.Planner)
        {
            product.Release();
            return new(RingTensor.Hollow(shape), fractionBits);
        }

        // The dealt tensor is this party's own copy and nobody else's, so the sum grows in it.
        if (bias is not null)
        {
            using var offline = party.Meter.Offline();
            product.AddToEachRow(bias.Value);
        }

        var own = Halved.Of(party, wire);
        MatrixProduct.AddTo(product, own.Half, _half);
        own.Release();
        return new(product, fractionBits);
    }
}
