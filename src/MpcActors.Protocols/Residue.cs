using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>A value modulo a power of two, opened under a mask uniform there: x = Public − Mask mod 2^Bits.</summary>
/// <param name="Public">Of which the low <paramref name="Bits"/> bits count.</param>
/// <param name="Mask">Likewise; only the dealer's has a use.</param>
public sealed record Residue(RingTensor Public, RingTensor Mask, int Bits)
{
    public Shape Shape => Public.Shape;

    /// <summary>The low bits of a wire that is open already.</summary>
    public static Residue Of(Masked wire, int bits) => new(wire.Public, wire.Mask, bits);

    public static Cost CostOf(long count, int bits) => Cost.Round + Cost.Opening(count, bits);

    /// <summary>Opens x modulo 2^<paramref name="integerBits"/>, with <paramref name="fractionBits"/>: one round.</summary>
    /// <remarks>
    /// <para>1. Each party shifts its share right by the surplus fraction bits; party one adds one.</para>
    /// <para>2. Both add their shares of a uniform r and open the low bits.</para>
    /// A sum of shares that passes 2^64 is off by a multiple of the modulus after the shift, so for once shifting each share
    /// alone is right: the two lost remainders are in [0, 2) units, and the one added makes the error less than a unit.
    /// </remarks>
    /// <param name="opensWhole">Whether whole words are opened, as the published protocols do, of which the low bits are all that is used.</param>
    public static async ValueTask<Residue> Open(Party party, Share x, int integerBits, int fractionBits, bool opensWhole = false)
    {
        var surplus = x.FractionBits - fractionBits;
        var shifted = surplus switch
        {
            0 => x.Value,
            < 0 => x.Value * (1UL << -surplus),
            _ when party.Seat == Seat.One => (x.Value >>> surplus) + 1,
            _ => x.Value >>> surplus,
        };
        if (surplus > 0 && surplus + fractionBits + integerBits > 64)
            throw new ArgumentException($"a residue of {integerBits} integer bits does not fit beside {x.FractionBits} fraction bits");
        var mask = party.Correlations.Uniform(x.Shape);
        var opening = new Opening(party);
        var bits = integerBits + fractionBits;
        var slot = opensWhole ? opening.Add(shifted, mask) : opening.AddLow(shifted, mask, bits);
        await opening.Exchange();
        return new(slot.Opened, mask, bits);
    }
}
