using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>Shared bits that have been opened under masks: b = c xor m, where both parties know c = Public and share m = Mask.</summary>
/// <remarks>
/// Public holds 0 or 1 an element. Mask is a party's additive share of m, at the dealer's m itself. As an integer
/// b = c + (1 − 2c)·m, which is linear in m; so a bit is a share without another word, and its product with an open wire is
/// local.
/// </remarks>
public sealed record MaskedBits(RingTensor Public, RingTensor Mask)
{
    public Shape Shape => Public.Shape;

    /// <summary>The opposite bits: the mask does not know of it.</summary>
    public static MaskedBits operator !(MaskedBits bits) => bits with { Public = -bits.Public + 1 };

    public MaskedBits Reshape(Shape shape) => new(Public.Reshape(shape), Mask.Reshape(shape));

    public override string ToString() => $"masked bits {Shape}";
}
