using MpcActors.Ring;

namespace MpcActors.Protocols.Tests.FunctionSecretSharing;

/// <summary>Inputs of gates that take ring integers.</summary>
static class Integers
{
    public static readonly long[] Edges =
    [
        0, 1, -1, 2, -2, 1L << 62, -(1L << 62), (1L << 62) - 1, (1L << 62) + 1, -(1L << 62) - 1, long.MaxValue, long.MinValue,
        long.MaxValue - 1, long.MinValue + 1, 1L << 32, -(1L << 32), 0xF0F0F0F0F0F0F0F, -0xF0F0F0F0F0F0F0F,
    ];

    public static long[] Repeat(long[] values, int times) => [.. Enumerable.Range(0, times).SelectMany(_ => values)];

    /// <param name="bits">Values lie in −2^(bits−1) to 2^(bits−1).</param>
    public static long[] Random(int count, int bits = 64, ulong seed = 9)
    {
        var words = new ulong[count];
        new Prg(Seed.FromNumber(seed)).Fill(words, 0);
        return Array.ConvertAll(words, word => (long)word >> (64 - bits));
    }

    public static (RingTensor Value, int FractionBits) Input(long[] values) =>
        (RingTensor.Of(Shape.Vector(values.Length), Array.ConvertAll(values, x => (ulong)x)), 0);

    public static ulong[] Bits(long[] values, Func<long, bool> predicate) => Array.ConvertAll(values, x => predicate(x) ? 1UL : 0);
}
