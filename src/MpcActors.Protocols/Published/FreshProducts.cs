namespace MpcActors.Protocols.Published;

/// <summary>Products that mask and open both factors each time anew, as Beaver's and CrypTen's do: one round, 128 bits a product, 64 a square.</summary>
/// <remarks>
/// The arithmetic is that of <see cref="Multiplication"/>; what differs is that nobody keeps a wire. As CrypTen has it
/// (mpc/primitives/beaver.py, arithmetic.py), the product of two fixed-point numbers is truncated at once, locally, and the product with an
/// integer (a comparison's result) keeps its scale.
/// </remarks>
public static class FreshProducts
{
    public static Cost CostOfMultiplying(long count) => Cost.Round + 2 * Cost.Opening(count) + Multiplication.CostOf(count);

    public static Cost CostOfSquaring(long count) => Cost.Masking(count) + Multiplication.CostOf(count);

    /// <summary>Element-wise product with the fraction bits of the factor that has more.</summary>
    public static async ValueTask<Share> MultiplyAnew(this Party party, Share x, Share y)
    {
        var wires = await party.Mask(x, y);
        var product = party.Multiply(wires[0], wires[1]);
        wires[0].Release();
        wires[1].Release();
        return LocalTruncation.TruncateInPlace(product, Math.Min(x.FractionBits, y.FractionBits));
    }

    /// <summary>Element-wise square with the fraction bits of its root.</summary>
    public static async ValueTask<Share> SquareAnew(this Party party, Share x)
    {
        var wire = await party.Mask(x);
        var square = party.Square(wire);
        wire.Release();
        return LocalTruncation.TruncateInPlace(square, x.FractionBits);
    }
}
