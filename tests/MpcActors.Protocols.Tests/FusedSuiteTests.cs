using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests;

public sealed class FusedSuiteTests
{
    static readonly FusedSuite Suite = new FusedSuite();

    /// <summary>Arguments as they come out of a product, with 32 fraction bits.</summary>
    static readonly (RingTensor, int) Product = TwoParty.Encode([0.25, 1, 2.5, 7], 32);

    public static TheoryData<string> Operations => [.. Table.Keys];

    static readonly Dictionary<string, (Func<Party, Share, ValueTask<Share>> Run, Func<double, double> Clear, int FractionBits)> Table = new()
    {
        ["relu"] = (Suite.Relu, x => Math.Max(x, 0), 16),
        ["tanh"] = (Suite.Tanh, Math.Tanh, 16),
        ["gelu"] = (Suite.Gelu, Clear.Gelu, 16),
        ["reciprocal"] = ((party, x) => Suite.Reciprocal(party, x, 0.25, 8, 20), x => 1 / x, 20),
        ["inverse square root"] = ((party, x) => Suite.InverseSquareRoot(party, x, 20), x => 1 / Math.Sqrt(x), 20),
        ["at least"] = ((party, x) => Suite.AtLeast(party, x, 2), x => Math.Max(x, 2), 32),
        ["cosine"] = (async (party, x) => (await Suite.CosineAndSineOfTurns(party, x)).Cosine, x => Math.Cos(2 * Math.PI * x), 28),
        ["softmax"] = ((party, x) => Suite.Softmax(party, x, [0, 1, 2, 3, 4]), _ => 1, 16),
        ["normalize"] = ((party, x) => Suite.Normalize(party, x, 1e-5), x => (x - 2.6875) / Math.Sqrt(6.85546875 + 1e-5), 16),
    };

    [Theory]
    [MemberData(nameof(Operations))]
    public void Takes_untruncated_products_and_returns_the_fraction_bits_it_promises(string operation)
    {
        var (program, clear, fractionBits) = Table[operation];
        var run = TwoParty.Run(Seed.FromNumber(1), [Product], async (party, inputs) => [await program(party, inputs[0])]);
        Assert.Equal(fractionBits, run.Zero[0].FractionBits);
        var expected = FixedPoint.Decode(Product.Item1, 32).Select(clear).ToArray();
        for (var i = 0; i < expected.Length; i++) Assert.InRange(run.Decoded[i] - expected[i], -3e-4, 3e-4);
    }
}
