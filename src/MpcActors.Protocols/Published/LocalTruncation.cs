using System.Runtime.Intrinsics;
using MpcActors.Ring;

namespace MpcActors.Protocols.Published;

/// <summary>Division by a public integer, each party its own share, as CrypTen does for two parties (mpc/primitives/arithmetic.py, div_). Local.</summary>
/// <remarks>
/// Both signed shares are divided, rounding towards zero. The result is within a unit unless the shares' sum passes 2^64, which
/// happens with probability |z|/2^64 a value; then it is off by 2^64 over the divisor. That is this suite's weakness, kept on
/// purpose, and <see cref="GrossErrors"/> counts it; <see cref="Truncation"/> has no such case.
/// </remarks>
public static class LocalTruncation
{
    /// <summary>Drops the last <paramref name="bits"/> fraction bits.</summary>
    public static Share TruncateLocally(this Share share, int bits) => bits == 0
        ? share
        : new(share.Value.Map((source, destination) => Shift(source, destination, bits)), share.FractionBits - bits);

    /// <summary>Divides by <paramref name="divisor"/>; the fraction bits stay.</summary>
    public static Share DivideLocally(this Share share, int divisor) => share with
    {
        Value = int.IsPow2(divisor)
            ? share.Value.Map((source, destination) => Shift(source, destination, int.Log2(divisor)))
            : share.Value.Map((source, destination) =>
            {
                for (var i = 0; i < source.Length; i++) destination[i] = (ulong)((long)source[i] / divisor);
            }),
    };

    /// <summary>Times a public number of 16 fraction bits, which are dropped again.</summary>
    public static Share TimesPublic(this Share share, double factor) =>
        TruncateInPlace(new Share(share.Value * FixedPoint.Encode(factor), share.FractionBits + FixedPoint.FractionBits), FixedPoint.FractionBits);

    /// <summary>The same in the memory of the share, which its caller has just made and nobody else has seen.</summary>
    internal static Share TruncateInPlace(Share share, int bits)
    {
        if (bits == 0) return share;
        if (!share.Value.IsHollow)
        {
            var values = share.Value.Values;
            Parallelism.ForChunks(values.Length, (start, length) => Shift(values.AsSpan(start, length), values.AsSpan(start, length), bits));
        }

        return share with { FractionBits = share.FractionBits - bits };
    }

    static void Shift(ReadOnlySpan<ulong> source, Span<ulong> destination, int bits)
    {
        var remainder = Vector512.Create((1L << bits) - 1);
        var i = 0;
        for (; i + Vector512<ulong>.Count <= source.Length; i += Vector512<ulong>.Count)
        {
            // Rounding towards zero: what would be rounded down below zero is raised first.
            var x = Vector512.Create(source[i..]).AsInt64();
            ((x + ((x >> 63) & remainder)) >> bits).AsUInt64().CopyTo(destination[i..]);
        }

        for (; i < source.Length; i++) destination[i] = (ulong)((long)source[i] / (1L << bits));
    }
}
