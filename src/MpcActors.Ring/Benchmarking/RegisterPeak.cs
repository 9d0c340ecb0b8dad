using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MpcActors.Ring.Benchmarking;

/// <summary>What one core multiplies in registers alone: products of 64-bit values a call, if each took its own multiplication.</summary>
/// <remarks>Twelve independent chains hide the latency of every multiplication here.</remarks>
static class RegisterPeak
{
    const int Chains = 12;
    const int Rounds = 100_000;
    const ulong Odd = 0x9E3779B97F4A7C15;

    public static double GmacPerSecond(string path, TimeSpan atLeast)
    {
        var (action, products) = path switch
        {
            "avx512" => ((Action)Avx512, Chains * Vector512<ulong>.Count),
            "avx2" => ((Action)Avx2Pairs, Chains / 2 * Vector256<ulong>.Count),
            _ => ((Action)Scalar, Chains),
        };
        action();
        return (double)products * Rounds / ProcessorTime.BestOnThread(atLeast, action).TotalSeconds / 1e9;
    }

    static ulong Sink { get; set; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Avx512()
    {
        var factor = Vector512.Create(Odd);
        Vector512<ulong> a = factor, b = factor, c = factor, d = factor, e = factor, f = factor;
        Vector512<ulong> g = factor, h = factor, i = factor, j = factor, k = factor, l = factor;
        for (var round = 0; round < Rounds; round++)
        {
            a *= factor; b *= factor; c *= factor; d *= factor; e *= factor; f *= factor;
            g *= factor; h *= factor; i *= factor; j *= factor; k *= factor; l *= factor;
        }

        Sink = (a + b + c + d + e + f + g + h + i + j + k + l)[0];
    }

    /// <summary>A product takes a vpmuludq and a vpmulld.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Avx2Pairs()
    {
        var factor = Vector256.Create(Odd).AsUInt32();
        Vector256<uint> a = factor, b = factor, c = factor, d = factor, e = factor, f = factor;
        Vector256<uint> g = factor, h = factor, i = factor, j = factor, k = factor, l = factor;
        for (var round = 0; round < Rounds; round++)
        {
            a = Avx2.Multiply(a, factor).AsUInt32(); b = Avx2.Multiply(b, factor).AsUInt32(); c = Avx2.Multiply(c, factor).AsUInt32();
            d = Avx2.Multiply(d, factor).AsUInt32(); e = Avx2.Multiply(e, factor).AsUInt32(); f = Avx2.Multiply(f, factor).AsUInt32();
            g *= factor; h *= factor; i *= factor; j *= factor; k *= factor; l *= factor;
        }

        Sink = (a + b + c + d + e + f + g + h + i + j + k + l).AsUInt64()[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Scalar()
    {
        // The factor is read again, lest the compiler turn the multiplication by a constant into shifts.
        Sink = Odd;
        var factor = Sink;
        ulong a = factor, b = factor, c = factor, d = factor, e = factor, f = factor;
        ulong g = factor, h = factor, i = factor, j = factor, k = factor, l = factor;
        for (var round = 0; round < Rounds; round++)
        {
            a *= factor; b *= factor; c *= factor; d *= factor; e *= factor; f *= factor;
            g *= factor; h *= factor; i *= factor; j *= factor; k *= factor; l *= factor;
        }

        Sink = a + b + c + d + e + f + g + h + i + j + k + l;
    }
}
