using MpcActors.Ring;

namespace MpcActors.Protocols.Hybrid;

/// <summary>A dealt mask that drops each value with a public probability; the same mask for the way forth and back.</summary>
/// <remarks>
/// <para>1. Take shares of bits m that are 1 with probability 1 − p: the dealer draws them, and no party knows one.</para>
/// <para>2. For an open wire take shares of m·r: m·x = x̂·m − m·r, times 1/(1 − p). Local.</para>
/// The dealer, who knows every mask anyway, knows which values were dropped and none of them (PriFFT, arXiv 2503.03146, lists dropout; CrypTen draws shared
/// numbers and compares them with p: nine rounds).
/// </remarks>
public sealed class Dropout
{
    /// <summary>Of 1/(1 − p); the result has so many fraction bits more.</summary>
    public const int ScaleBits = 10;

    readonly RingTensor _kept;
    readonly ulong _scale;

    Dropout(RingTensor kept, ulong scale) => (_kept, _scale) = (kept, scale);

    public static Cost CostOfDrawing(long count) => Cost.Dealt(count);

    public static Cost CostOf(long count) => Cost.Dealt(count);

    /// <param name="rate">The probability p that a value is dropped, at least 0 and below 1.</param>
    public static Dropout Draw(Party party, Shape shape, double rate)
    {
        if (!(rate is >= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(rate), rate, "values are dropped with a probability of at least 0 and below 1");
        var least = (ulong)Math.ScaleB(rate, 32);
        var uniform = party.Correlations.Uniform(shape);
        var kept = party.Correlations.Derived(shape, () => uniform.Map((u, destination) =>
        {
            for (var i = 0; i < u.Length; i++) destination[i] = u[i] >> 32 >= least ? 1UL : 0;
        }));
        return new(kept, FixedPoint.Encode(1 / (1 - rate), ScaleBits));
    }

    /// <summary>The wire with the dropped values zero and the others over 1 − p.</summary>
    public Share Apply(Party party, Masked x)
    {
        var product = party.Correlations.Derived(x.Shape, () => _kept * x.Mask);
        party.Meter.CountElements(x.Shape.Count);
        return new((x.Public * _kept - product) * _scale, x.FractionBits + ScaleBits);
    }
}
