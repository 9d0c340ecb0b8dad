using System.Runtime.Intrinsics;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>An open wire as products of whole wires read it: X = (X_0 + X_1)/2 with X_b = X̂ − 2[R]_b, which party b alone knows.</summary>
/// <param name="Half">At party b X_b; at the dealer's [R]_0 − [R]_1.</param>
/// <remarks>One tensor where <see cref="Masked"/> has two, so that a model whose weights nothing but products reads takes half the memory.</remarks>
public sealed record Halved(RingTensor Half, int FractionBits)
{
    public Shape Shape => Half.Shape;

    /// <summary>Reads a wire so; the wire stays what it is. Local.</summary>
    /// <exception cref="ArgumentException">The wire is a part or a rearrangement of what was opened.</exception>
    public static Halved Of(Party party, Masked wire)
    {
        if (!wire.IsWhole) throw new ArgumentException($"{wire} is not a wire as it was opened");
        return new(party.Seat == Seat.Dealer ? DifferenceOfHalves(wire) : Elementwise.Map(wire.Public, wire.Mask, wire.Mask, default(OwnHalf)), wire.FractionBits);
    }

    /// <summary>At the dealer's, a factor of the masks' term of 2XY, −2([R]_0 − [R]_1)([S]_0 − [S]_1): with the −2.</summary>
    internal RingTensor MinusTwice() => Half * unchecked((ulong)-2);

    /// <summary>Gives the tensor's memory to others; for the only holder of the wire, who has done with it.</summary>
    internal void Release() => Half.Release();

    public override string ToString() => $"halved wire {Shape} with {FractionBits} fraction bits";

    /// <summary>[R]_0 − [R]_1 = 2[R]_0 − R.</summary>
    static RingTensor DifferenceOfHalves(Masked wire)
    {
        var half = wire.ZeroHalf!();
        var difference = Elementwise.Map(half, half, wire.Mask, default(Difference));
        half.Release();
        return difference;
    }

    readonly struct OwnHalf : IExpression3
    {
        public Vector512<ulong> Apply(Vector512<ulong> open, Vector512<ulong> mask, Vector512<ulong> again) => open - mask - again;
    }

    readonly struct Difference : IExpression3
    {
        public Vector512<ulong> Apply(Vector512<ulong> half, Vector512<ulong> again, Vector512<ulong> mask) => half + again - mask;
    }
}
