using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>One party's additive share of a tensor over Z_2^64, with its fraction bits. The product of two shares does not exist: it is a protocol.</summary>
public sealed record Share(RingTensor Value, int FractionBits)
{
    public Shape Shape => Value.Shape;

    /// <summary>A share of zero that both parties know.</summary>
    public static Share Zeros(Shape shape, int fractionBits) => new(RingTensor.Zeros(shape), fractionBits);

    public static Share operator +(Share left, Share right) => new(left.Value + right.Value, SameScale(left, right));

    public static Share operator -(Share left, Share right) => new(left.Value - right.Value, SameScale(left, right));

    public static Share operator -(Share share) => share with { Value = -share.Value };

    /// <summary>Times a public integer; the fraction bits stay.</summary>
    public static Share operator *(Share share, long factor) => share with { Value = share.Value * (ulong)factor };

    /// <summary>Times a public tensor of <paramref name="fractionBits"/>, element by element; the fraction bits add up.</summary>
    public Share Times(RingTensor publicFactor, int fractionBits) => new(Value * publicFactor, FractionBits + fractionBits);

    public Share Reshape(Shape shape) => this with { Value = Value.Reshape(shape) };

    /// <summary>The same value with more fraction bits: exact.</summary>
    public Share WithMoreFractionBits(int fractionBits) => fractionBits >= FractionBits
        ? new(fractionBits == FractionBits ? Value : Value * (1UL << (fractionBits - FractionBits)), fractionBits)
        : throw new ArgumentException($"fewer fraction bits ({FractionBits} to {fractionBits}) need a truncation");

    /// <summary>Names the share, never its content.</summary>
    public override string ToString() => $"share {Shape} with {FractionBits} fraction bits";

    static int SameScale(Share left, Share right) => left.FractionBits == right.FractionBits
        ? left.FractionBits
        : throw new ArgumentException($"shares have {left.FractionBits} and {right.FractionBits} fraction bits");
}
