using MpcActors.Protocols.Published;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests.Published;

public sealed class PublishedSuiteTests
{
    static readonly PublishedSuite Suite = new();

    /// <summary>Arguments as they come out of a product, with 32 fraction bits.</summary>
    static readonly (RingTensor, int) Product = TwoParty.Encode([0.25, 1, 2.5, 7], 32);

    public static TheoryData<string> Operations => [.. Table.Keys];

    static readonly Dictionary<string, (Func<Party, Share, ValueTask<Share>> Run, Func<double, double> Clear, int FractionBits)> Table = new()
    {
        ["relu"] = (Suite.Relu, x => Math.Max(x, 0), 16),
        ["tanh"] = (Suite.Tanh, PublishedFunctions.Tanh, 16),
        ["gelu"] = (Suite.Gelu, PublishedFunctions.Gelu, 16),
        ["reciprocal"] = ((party, x) => Suite.Reciprocal(party, x, 0.25, 8, 20), PublishedFunctions.Reciprocal, 20),
        ["reciprocal of something large"] = ((party, x) => Suite.Reciprocal(party, x * 64, 16, 512, 12), x => 1 / (64 * x), 12),
        ["inverse square root"] = ((party, x) => Suite.InverseSquareRoot(party, x, 20), PublishedFunctions.InverseSquareRoot, 20),
        ["at least"] = ((party, x) => Suite.AtLeast(party, x, 2), x => Math.Max(x, 2), 32),
        ["cosine in one round"] = (async (party, x) => (await Suite.CosineAndSineOfTurns(party, x)).Cosine, x => Math.Cos(2 * Math.PI * x), 16),
        ["stock cosine"] = (async (party, x) => (await new PublishedSuite(PublishedCosine.Stock).CosineAndSineOfTurns(party, x)).Cosine,
            x => PublishedFunctions.CosineAndSine(2 * Math.PI * x).Cosine, 16),
        ["softmax"] = ((party, x) => Suite.Softmax(party, x, [0, 1, 2, 3, 4]), _ => 1, 16),
        ["normalize"] = ((party, x) => Suite.Normalize(party, x, 1e-5), x => (x - 2.6875) * PublishedFunctions.InverseSquareRoot(6.85546875 + 1e-5), 16),
    };

    [Theory]
    [MemberData(nameof(Operations))]
    public void Takes_untruncated_products_and_returns_the_fraction_bits_it_promises(string operation)
    {
        var (program, clear, fractionBits) = Table[operation];
        var run = TwoParty.Run(Seed.FromNumber(1), [Product], async (party, inputs) => [await program(party, inputs[0])]);
        Assert.Equal(fractionBits, run.Zero[0].FractionBits);
        var expected = FixedPoint.Decode(Product.Item1, 32).Select(clear).ToArray();
        for (var i = 0; i < expected.Length; i++) Assert.InRange(run.Decoded[i] - expected[i], -0.1, 0.1);
        if (operation != "stock cosine") Assert.InRange(run.Decoded.Zip(expected, (x, y) => Math.Abs(x - y)).Max(), 0, 4e-3);
        Assert.Equal(run.Cost, run.Planned);
    }

    [Fact]
    public void The_stock_cosine_takes_its_28_rounds_and_the_other_one()
    {
        Assert.Equal(28, TwoParty.Run(Seed.FromNumber(1), [Product], Cosine(PublishedCosine.Stock)).Cost.Rounds);
        Assert.Equal(1, TwoParty.Run(Seed.FromNumber(1), [Product], Cosine(PublishedCosine.OneRound)).Cost.Rounds);
        static TwoParty.Program Cosine(PublishedCosine kind) => async (party, inputs) => [(await new PublishedSuite(kind).CosineAndSineOfTurns(party, inputs[0])).Sine];
    }

    [Fact]
    public void Weights_are_opened_and_so_is_x_at_each_product_and_part()
    {
        var (x, w) = (Values(3 * 4), Values(4 * 6));
        double[] scale = [1, 2, -1, 0.5], bias = [1, 2, 3, 4, 5, 6];
        var run = TwoParty.Run(Seed.FromNumber(2),
            [TwoParty.Encode(x, new Shape(3, 4), 32), TwoParty.Encode(w, new Shape(4, 6)), TwoParty.Encode(scale), TwoParty.Encode(bias)],
            static async (party, inputs) =>
            {
                var kept = await Suite.Keep(party, inputs[1], inputs[2]);
                return await Suite.Linear(party, inputs[0], new LinearMap(kept[0], inputs[3], 1, 2, 3), new LinearMap(kept[1], null), new LinearMap(kept[0], null));
            });

        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 6; column++)
            {
                var exact = Enumerable.Range(0, 4).Sum(k => x[4 * row + k] * w[6 * k + column]);
                Assert.InRange(run.DecodedAt(0)[6 * row + column] - exact - bias[column], -3e-4, 3e-4);
                Assert.InRange(run.DecodedAt(2)[6 * row + column] - exact, -3e-4, 3e-4);
            }

            for (var column = 0; column < 4; column++)
                Assert.InRange(run.DecodedAt(1)[4 * row + column] - x[4 * row + column] * scale[column], -1e-4, 1e-4);
        }

        Assert.Equal(
            3 * FreshMatrixProducts.CostOfMultiplying(new(3, 4), new(4, 2)) + BroadcastProducts.CostOfColumns(new(3, 4))
                + FreshMatrixProducts.CostOfMultiplying(new(3, 4), new(4, 6)),
            run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }

    static double[] Values(int count) => [.. Enumerable.Range(1, count).Select(i => 2 * Math.Sin(0.37 * i * i))];
}
