using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests;

public sealed class MultiplicationTests
{
    static readonly double[] X = [1.5, -2, 0, 1000, -0.25, 3.75, 7, 8, 9];
    static readonly double[] Y = [2, 3.5, 17, -1000, -0.25, 1, 2, 3, -4];

    [Fact]
    public void Opens_to_the_product_at_the_declared_cost()
    {
        var run = TwoParty.Run(Seed.FromNumber(1), X, Y, static async (party, x, y) =>
        {
            var wires = await party.Mask(x, y);
            return party.Multiply(wires[0], wires[1]);
        });

        Assert.Equal(X.Zip(Y, (x, y) => x * y), run.Decoded);
        Assert.Equal(Cost.Round + 2 * Cost.Opening(X.Length) + Multiplication.CostOf(X.Length), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }

    [Fact]
    public void A_square_reads_one_wire()
    {
        var run = TwoParty.Run(Seed.FromNumber(2), X, static async (party, x) => party.Square(await party.Mask(x)));

        Assert.Equal(X.Select(x => x * x), run.Decoded);
        Assert.Equal(Cost.Masking(X.Length) + Multiplication.CostOf(X.Length), run.Cost);
    }

    [Fact]
    public void A_product_with_a_square_is_local_too()
    {
        double[] x = [1.5, -2, 0.125], y = [2, 0.5, -3];
        var run = TwoParty.Run(Seed.FromNumber(3), x, y, static async (party, x, y) =>
        {
            var wires = await party.Mask(x, y);
            return party.MultiplyBySquare(wires[0], wires[1]);
        });

        Assert.Equal(x.Zip(y, (a, b) => a * b * b), run.Decoded);
        Assert.Equal(Cost.Round + 2 * Cost.Opening(3) + Multiplication.CostOfBySquare(3), run.Cost);
    }

    [Fact]
    public void What_crosses_the_link_is_uniform_whatever_the_inputs()
    {
        foreach (var value in (double[])[0, 1, -12345.678])
        {
            var inputs = Enumerable.Repeat(value, 4096).ToArray();
            var run = TwoParty.Run(Seed.FromNumber(4), inputs, inputs, static async (party, x, y) =>
            {
                var wires = await party.Mask(x, y);
                return party.Multiply(wires[0], wires[1]);
            });
            UniformView.Check(UniformView.Opened(run));
        }
    }
}
