using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>A wire that has been opened under a mask: x = Public − r, where both parties know Public and share r.</summary>
/// <remarks>
/// A wire is opened once, and every gate that reads it uses the same opening (function secret sharing evaluates gates this
/// way; Boyle, Gilboa, Ishai, TCC 2019). A party's <see cref="Mask"/> is its share of r; the dealer's is r itself.
/// </remarks>
public sealed record Masked(RingTensor Public, RingTensor Mask, int FractionBits)
{
    public Shape Shape => Public.Shape;

    /// <summary>Whether the mask is one draw as it was drawn, and no part of it nor a rearrangement.</summary>
    internal bool IsWhole { get; init; }

    /// <summary>At the dealer's, of a whole mask: party zero's share of it, made again when it is asked for.</summary>
    internal Func<RingTensor>? ZeroHalf { get; init; }

    /// <summary>Minus the wire: local, since both halves change sign.</summary>
    public static Masked operator -(Masked wire) => new(-wire.Public, -wire.Mask, wire.FractionBits);

    /// <summary>The wire plus a public integer: the mask does not know of it.</summary>
    public Masked Plus(ulong publicAddend) => this with { Public = Public + publicAddend };

    public Masked Reshape(Shape shape) => new(Public.Reshape(shape), Mask.Reshape(shape), FractionBits);

    /// <summary>The wire whose element i is element <paramref name="indices"/>[i] of this one, under <paramref name="shape"/>.</summary>
    public Masked Gather(int[] indices, Shape shape) =>
        new(Public.Gather(indices, shape), Mask.Gather(indices, shape), FractionBits);

    /// <summary>The columns from <paramref name="start"/> on, as a wire of their own.</summary>
    public Masked Columns(int start, int count) => new(Public.Columns(start, count), Mask.Columns(start, count), FractionBits);

    /// <summary>Gives both tensors' memory to others; for the only holder of the wire, who has done with it.</summary>
    internal void Release()
    {
        Public.Release();
        Mask.Release();
    }

    public override string ToString() => $"masked wire {Shape} with {FractionBits} fraction bits";
}
