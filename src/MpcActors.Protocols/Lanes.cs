using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MpcActors.Protocols;

/// <summary>Four values at a time, and fixed-point numbers of 30 fraction bits in them: the arithmetic behind public factors.</summary>
/// <remarks>
/// A public factor multiplies a share that is uniform in the ring, so a factor that differs by one bit between the parties
/// makes noise, not a small error. Hence integers only: no library cosine or exponential, whose last bit a platform may choose.
/// </remarks>
static class Lanes
{
    public const int Width = 4;

    /// <summary>Fraction bits of the numbers that <see cref="Multiply30"/> multiplies.</summary>
    public const int Bits = 30;

    /// <summary>Loads <paramref name="count"/> ≤ 4 values; the lanes beyond are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Load(ulong[] values, int index, int count) =>
        count == Width ? Vector256.LoadUnsafe(ref values[index]) : LoadSome(values, index, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<ulong> lanes, ulong[] values, int index, int count)
    {
        if (count == Width) lanes.StoreUnsafe(ref values[index]);
        else StoreSome(lanes, values, index, count);
    }

    /// <summary>The product of two numbers in (−2, 2), each in the low 32 bits of its lane; so is the result, and above it is whatever.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Multiply30(Vector256<ulong> x, Vector256<ulong> y) => Avx2.IsSupported
        ? Avx2.Multiply(x.AsInt32(), y.AsInt32()).AsUInt64() >>> Bits
        : (Extend(x) * Extend(y)) >>> Bits;

    /// <summary>The whole product of the signed low 32 bits of both lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> MultiplySigned(Vector256<ulong> x, Vector256<ulong> y) => Avx2.IsSupported
        ? Avx2.Multiply(x.AsInt32(), y.AsInt32()).AsUInt64()
        : Extend(x) * Extend(y);

    /// <summary>Spreads the sign of the low 32 bits over the lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Extend(Vector256<ulong> x) =>
        ((x & Vector256.Create(0xffff_ffffUL)) ^ Vector256.Create(0x8000_0000UL)) - Vector256.Create(0x8000_0000UL);

    /// <summary>Drops bits of signed numbers below 2^62 in size, rounding to the nearest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Round(Vector256<ulong> x, int bits) => bits == 0
        ? x
        : ((x + Vector256.Create((1UL << 62) + (1UL << (bits - 1)))) >>> bits) - Vector256.Create(1UL << (62 - bits));

    /// <summary>Each lane shifted right by its own count, zeros coming in; a count of 64 or more leaves zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> ShiftRight(Vector256<ulong> x, Vector256<ulong> counts)
    {
        if (Avx2.IsSupported) return Avx2.ShiftRightLogicalVariable(x, counts);
        var result = Vector256<ulong>.Zero;
        for (var i = 0; i < Width; i++) result = result.WithElement(i, counts[i] < 64 ? x[i] >> (int)counts[i] : 0);
        return result;
    }

    /// <summary>A ring value times a factor below 2^32, in two multiplications instead of three.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> MultiplySmall(Vector256<ulong> value, Vector256<ulong> factor) => Avx2.IsSupported
        ? Avx2.Multiply(value.AsUInt32(), factor.AsUInt32()) + (Avx2.Multiply((value >>> 32).AsUInt32(), factor.AsUInt32()) << 32)
        : value * factor;

    static Vector256<ulong> LoadSome(ulong[] values, int index, int count)
    {
        var lanes = Vector256<ulong>.Zero;
        for (var i = 0; i < count; i++) lanes = lanes.WithElement(i, values[index + i]);
        return lanes;
    }

    static void StoreSome(Vector256<ulong> lanes, ulong[] values, int index, int count)
    {
        for (var i = 0; i < count; i++) values[index + i] = lanes[i];
    }
}
