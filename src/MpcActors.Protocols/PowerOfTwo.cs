using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MpcActors.Protocols;

/// <summary>2^f of public fractions, in integers: the same bits on every machine.</summary>
static class PowerOfTwo
{
    /// <summary>Within this of the truth: the series' first left-out term and eight roundings.</summary>
    public const double Error = 1.5e-8;

    // √2 (ln 2 / 2)^k / k! with 30 fraction bits.
    const long C0 = 1518500250, C1 = 526272083, C2 = 91196003, C3 = 10535375, C4 = 912821, C5 = 63272, C6 = 3655, C7 = 181, C8 = 8;

    /// <summary>2^f in [1, 2) with 30 fraction bits.</summary>
    /// <param name="fraction">f with 64 fraction bits.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Of(Vector256<ulong> fraction)
    {
        // t = 2f − 1 in [−1, 1), and 2^f = √2 · 2^(t/2).
        var t = (fraction >>> 33) - Vector256.Create(1UL << 30);
        var sum = Lanes.Multiply30(Constant(C8), t) + Constant(C7);
        sum = Lanes.Multiply30(sum, t) + Constant(C6);
        sum = Lanes.Multiply30(sum, t) + Constant(C5);
        sum = Lanes.Multiply30(sum, t) + Constant(C4);
        sum = Lanes.Multiply30(sum, t) + Constant(C3);
        sum = Lanes.Multiply30(sum, t) + Constant(C2);
        sum = Lanes.Multiply30(sum, t) + Constant(C1);
        sum = Lanes.Multiply30(sum, t) + Constant(C0);
        return sum & Vector256.Create(0xffff_ffffUL);
    }

    static Vector256<ulong> Constant(long value) => Vector256.Create((ulong)value);
}
