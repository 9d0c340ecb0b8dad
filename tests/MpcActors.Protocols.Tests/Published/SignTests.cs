using MpcActors.Protocols.Published;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests.Published;

public sealed class SignTests
{
    static readonly long[] Edges =
    [
        0, 1, -1, 2, -2, 1L << 62, -(1L << 62), (1L << 62) - 1, (1L << 62) + 1, -(1L << 62) - 1, long.MaxValue, long.MinValue,
        long.MaxValue - 1, long.MinValue + 1, 1L << 32, -(1L << 32), 0xF0F0F0F0F0F0F0F, -0xF0F0F0F0F0F0F0F,
    ];

    [Fact]
    public void The_sign_and_equality_of_every_edge_are_right_under_many_shares()
    {
        var values = Enumerable.Range(0, 500).SelectMany(_ => Edges).ToArray();
        var run = Run(values, async (party, inputs) => [await party.IsNegative(inputs[0]), await party.AreEqual(inputs[0], inputs[0] - inputs[0])]);

        Assert.Equal(values.Select(x => x < 0 ? 1.0 : 0), run.DecodedAt(0));
        Assert.Equal(values.Select(x => x == 0 ? 1.0 : 0), run.DecodedAt(1));
    }

    [Fact]
    public void The_sign_of_a_hundred_thousand_random_values_is_right()
    {
        var words = new ulong[100_000];
        new Prg(Seed.FromNumber(9)).Fill(words, 0);
        var values = words.Select((word, i) => (long)word >> (i % 63)).ToArray();

        var run = Run(values, async (party, inputs) => [await party.IsNegative(inputs[0])]);

        Assert.Equal(values.Select(x => x < 0 ? 1.0 : 0), run.DecodedAt(0));
    }

    static TwoPartyRun Run(long[] values, TwoParty.Program program) =>
        TwoParty.Run(Seed.FromNumber(5), [(RingTensor.Of(Shape.Vector(values.Length), Array.ConvertAll(values, x => (ulong)x)), 0)], program);
}
