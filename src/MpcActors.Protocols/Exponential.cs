using System.Runtime.Intrinsics;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>2^y of a shared y in [−30, 1): one round, 25 bits a value, to an absolute error of a few millionths.</summary>
/// <remarks>
/// <para>1. v = y + 31 is in [1, 32). Take shares of a uniform r mod 32 with 20 fraction bits. Let j = ⌈r⌉ mod 32 and g = j − r mod 1, and
/// take shares of the 32 numbers G_i = [i = j]·2^g.</para>
/// <para>2. Open v̂ = v + r mod 32, 25 bits a value: one round. v̂ = î + f̂, whole and fraction.</para>
/// <para>3. v = î − j + f̂ + g mod 32, and since v ≥ 1 a carry out of f̂ + g never wraps:
/// 2^y = Σ_i G_i · 2^((î − i mod 32) − 31) · 2^f̂. Every factor of G is public, so this is local.</para>
/// <para>
/// Error: C = 2^(…)·2^f̂ and G are rounded to f/2 fraction bits, y to 2^−20: at most
/// 2^(−f/2) + 2^y·(2^(−f/2−1) + ln 2 · 2^−20), which with f = 36 is 6.4e−6 at y = 0. Where 2^y is below 2^(−f/2−2) the result is
/// exactly zero. CrypTen's (1 + x/256)^256 takes 8 rounds, is 3 % off at −4 and explodes below −512.
/// </para>
/// <para>
/// Any x ≤ 0 (<see cref="NaturalExponential"/>): 1. open x; 2. compare it with −20.5, three rounds; 3. select the larger, local;
/// 4. 2^(x·log₂ e) as above.
/// </para>
/// </remarks>
public static class Exponential
{
    /// <summary>Arguments of <see cref="ExponentialOfTwo"/> are at least this and below one.</summary>
    public const int Least = -30;

    const int IntegerBits = 5;
    const int Entries = 1 << IntegerBits;
    const int PhaseBits = 20;
    const int OpenedBits = IntegerBits + PhaseBits;

    /// <summary>A little above −30 · ln 2.</summary>
    const double LeastOfNatural = -20.5;

    const double Log2E = 1.4426950408889634;
    const int Log2EBits = 20;

    /// <summary>Values a piece of work, whose 32 dealt words each stay in the second-level cache.</summary>
    const int ChunkLength = 1024;

    /// <summary>Values for which dealt words are held at once: 64 MiB.</summary>
    const int ValuesOfPart = 1 << 18;

    public static Cost CostOf(long count) => Residue.CostOf(count, OpenedBits) + Cost.Dealt(Entries * count);

    /// <summary>The largest error at arguments up to <paramref name="y"/>.</summary>
    public static double ErrorOf(double y, int fractionBits) =>
        Math.ScaleB(1, -fractionBits / 2) + Math.Pow(2, y) * (Math.ScaleB(1, -fractionBits / 2 - 1) + Math.Log(2) * Math.ScaleB(1, -PhaseBits) + 4 * PowerOfTwo.Error);

    /// <summary>2^y for y in [−30, 1); anything outside gives nonsense.</summary>
    /// <param name="y">With up to 39 fraction bits, so that a product need not be truncated first.</param>
    /// <param name="fractionBits">Of the result, even and at most 48; the caller truncates when it must.</param>
    public static async ValueTask<Share> ExponentialOfTwo(this Party party, Share y, int fractionBits = 36)
    {
        if (fractionBits is < 4 or > 48 || fractionBits % 2 != 0)
            throw new ArgumentOutOfRangeException(nameof(fractionBits), fractionBits, "powers of two have an even number of fraction bits, at most 48");
        var bits = fractionBits / 2;

        // Modulo 32, −1 is 31.
        var residue = await Residue.Open(party, party.AddPublic(y, -1), IntegerBits, PhaseBits);
        var count = y.Shape.Count;
        party.Meter.CountElements((long)Entries * count);
        var result = residue.Public.IsHollow ? RingTensor.Hollow(y.Shape) : RingTensor.Uninitialized(y.Shape);

        // Part by part, since what is dealt is 32 times as large as the values.
        for (var first = 0; first < count; first += ValuesOfPart)
        {
            var start = first;
            var part = Math.Min(ValuesOfPart, count - first);
            var dealt = party.Correlations.Derived(new Shape(part, Entries), () => Deal(residue.Mask.Slice(start, Shape.Vector(part)), bits));
            if (result.IsHollow || dealt.IsHollow)
            {
                dealt.Release();
                continue;
            }

            var (open, powers, target) = (residue.Public.Values, dealt.Values, result.Values);
            Parallelism.ForChunks(part, (begin, length) =>
            {
                for (var i = begin; i < begin + length; i += Lanes.Width)
                {
                    var n = Math.Min(Lanes.Width, begin + length - i);
                    Lanes.Store(Evaluate(open, powers, start, i, n, bits), target, start + i, n);
                }
            }, ChunkLength);
            dealt.Release();
        }

        return new(result, fractionBits);
    }

    public static Cost CostOfNatural(long count) => Cost.Masking(count) + Clamping.CostOfAtLeast(count) + CostOf(count);

    /// <summary>e^x for x ≤ 0 of any size (up to 0.69 is tolerated): below −20.5 it is exactly zero.</summary>
    /// <param name="x">With up to 39 fraction bits.</param>
    public static async ValueTask<Share> NaturalExponential(this Party party, Share x, int fractionBits = 36)
    {
        var clamped = await party.AtLeast(await party.Mask(x), LeastOfNatural);
        var inTwos = new Share(clamped.Value * FixedPoint.Encode(Log2E, Log2EBits), clamped.FractionBits + Log2EBits);
        return await party.ExponentialOfTwo(inTwos, fractionBits);
    }

    static Vector256<ulong> Evaluate(ulong[] open, ulong[] powers, int start, int index, int n, int bits)
    {
        var v = Lanes.Load(open, start + index, n);
        var power = PowerOfTwo.Of(v << (64 - PhaseBits));

        // 2^f̂ has 30 fraction bits; 2^(whole − 31) of it with the wanted bits is this much to the right, rounded.
        var whole = v >>> PhaseBits;
        var least = Vector256.Create((ulong)(Lanes.Bits + Entries - 2 - bits));
        var mask = Vector256.Create((ulong)(Entries - 1));
        var sum = Vector256<ulong>.Zero;
        for (var j = 0; j < Entries; j++)
        {
            var doubled = Lanes.ShiftRight(power, least - ((whole - Vector256.Create((ulong)j)) & mask));
            var factor = (doubled + Vector256<ulong>.One) >>> 1;
            sum += Lanes.MultiplySmall(Lanes.Load(powers, index * Entries + j * n, n), factor);
        }

        return sum;
    }

    /// <summary>At the dealer's: 32 words a value, four values together as the kernel reads them, all but one in 32 zero.</summary>
    static RingTensor Deal(RingTensor mask, int bits)
    {
        var result = RingTensor.Zeros(new Shape(mask.Count, Entries));
        var (source, target) = (mask.Values, result.Values);
        Parallelism.ForChunks(mask.Count, (start, length) =>
        {
            for (var i = start; i < start + length; i += Lanes.Width)
            {
                var n = Math.Min(Lanes.Width, start + length - i);
                var r = Lanes.Load(source, i, n) & Vector256.Create((1UL << OpenedBits) - 1);
                var rounded = Lanes.Round(PowerOfTwo.Of((Vector256<ulong>.Zero - r) << (64 - PhaseBits)), Lanes.Bits - bits);
                var whole = (r + Vector256.Create((1UL << PhaseBits) - 1)) >>> PhaseBits;
                for (var k = 0; k < n; k++) target[i * Entries + (int)(whole[k] & (Entries - 1)) * n + k] = rounded[k];
            }
        }, ChunkLength);
        return result;
    }
}
