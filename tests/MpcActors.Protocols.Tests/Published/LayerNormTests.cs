using MpcActors.Protocols.Published;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests.Published;

public sealed class LayerNormTests
{
    [Theory]
    [InlineData(64)]
    [InlineData(48)]
    public void Rows_come_out_as_the_formula_says(int width)
    {
        const int rows = 9;
        var x = Enumerable.Range(0, rows * width).Select(i => 3 + (1 + i / width) * Math.Sin(i * 0.37 * i)).ToArray();
        var (weight, bias) = (Enumerable.Range(0, width).Select(i => 1 + i / 100.0).ToArray(), Enumerable.Range(0, width).Select(i => i / 10.0).ToArray());
        var run = TwoParty.Run(Seed.FromNumber(1), [TwoParty.Encode(x, new Shape(rows, width)), TwoParty.Encode(weight), TwoParty.Encode(bias)],
            static async (party, inputs) => [await party.LayerNorm(inputs[0], inputs[1], inputs[2], 1e-5)]);

        for (var row = 0; row < rows; row++)
        {
            var exact = PublishedFunctions.LayerNorm(x.AsSpan(row * width, width), 1e-5);
            for (var i = 0; i < width; i++) Assert.InRange(run.Decoded[row * width + i] - exact[i] * weight[i] - bias[i], -4e-3, 4e-3);
        }

        Assert.Equal(NewtonLayerNorm.CostOf(new(rows, width)), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }

    [Fact]
    public void Costs_what_CrypTen_counted_for_128_rows_of_1024()
    {
        var cost = NewtonLayerNorm.CostOf(new(128, 1024));
        Assert.Equal(20, cost.Rounds);
        Assert.Equal(6.4, Math.Round(2 * cost.SentBytes / 1e6, 1));
    }
}
