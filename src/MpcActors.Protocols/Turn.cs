using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MpcActors.Protocols;

/// <summary>Cosine and sine of public angles, in integers: the same bits on every machine.</summary>
static class Turn
{
    /// <summary>Both are within this of the truth: the series' first left-out term and ten roundings.</summary>
    public const double Error = 2e-8;

    // (π/4)^2k/(2k)! and (π/4)^(2k+1)/(2k+1)! with 30 fraction bits, signs alternating.
    const long C0 = 1073741824, C1 = -331168970, C2 = 17023473, C3 = -350031, C4 = 3856, C5 = -26;
    const long S0 = 843314857, S1 = -86699834, S2 = 2674041, S3 = -39273, S4 = 336, S5 = -2;

    /// <summary>cos and sin with 30 fraction bits.</summary>
    /// <param name="phase">The angle as a fraction of a turn, 64 fraction bits; whole turns are not representable, which is the point.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<ulong> Cosine, Vector256<ulong> Sine) CosineAndSine(Vector256<ulong> phase)
    {
        // The nearest quarter turn, and what is left: y in [−1, 1) eighths of a turn.
        var quarter = (phase + Vector256.Create(1UL << 61)) >>> 62;
        var y = (phase - (quarter << 62)) >>> 31;
        var z = Lanes.Multiply30(y, y);

        var c = Lanes.Multiply30(Constant(C5), z) + Constant(C4);
        c = Lanes.Multiply30(c, z) + Constant(C3);
        c = Lanes.Multiply30(c, z) + Constant(C2);
        c = Lanes.Multiply30(c, z) + Constant(C1);
        c = Lanes.Multiply30(c, z) + Constant(C0);

        var s = Lanes.Multiply30(Constant(S5), z) + Constant(S4);
        s = Lanes.Multiply30(s, z) + Constant(S3);
        s = Lanes.Multiply30(s, z) + Constant(S2);
        s = Lanes.Multiply30(s, z) + Constant(S1);
        s = Lanes.Multiply30(s, z) + Constant(S0);
        s = Lanes.Multiply30(s, y);

        (c, s) = (Lanes.Extend(c), Lanes.Extend(s));
        var isOdd = Vector256<ulong>.Zero - (quarter & Vector256<ulong>.One);
        var difference = (c ^ s) & isOdd;
        return (
            Negate(c ^ difference, ((quarter + Vector256<ulong>.One) >>> 1) & Vector256<ulong>.One),
            Negate(s ^ difference, quarter >>> 1));
    }

    /// <summary>The angle sum: cos and sin of x + y from those of x and y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<ulong> Cosine, Vector256<ulong> Sine) Rotate(
        (Vector256<ulong> Cosine, Vector256<ulong> Sine) x, (Vector256<ulong> Cosine, Vector256<ulong> Sine) y) => (
        Lanes.Extend(Lanes.Multiply30(x.Cosine, y.Cosine) - Lanes.Multiply30(x.Sine, y.Sine)),
        Lanes.Extend(Lanes.Multiply30(x.Sine, y.Cosine) + Lanes.Multiply30(x.Cosine, y.Sine)));

    /// <summary>Minus x where <paramref name="isNegative"/> is one.</summary>
    static Vector256<ulong> Negate(Vector256<ulong> x, Vector256<ulong> isNegative)
    {
        var ones = Vector256<ulong>.Zero - isNegative;
        return (x ^ ones) - ones;
    }

    static Vector256<ulong> Constant(long value) => Vector256.Create((ulong)value);
}
