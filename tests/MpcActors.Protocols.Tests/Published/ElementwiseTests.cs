using MpcActors.Protocols.Published;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests.Published;

public sealed class ElementwiseTests
{
    const int Count = 3001;

    public static TheoryData<string> Operations => [.. CrypTenFigures.All.Keys];

    [Theory]
    [MemberData(nameof(Operations))]
    public void Costs_what_CrypTen_counts_and_computes_what_its_formula_says(string operation)
    {
        var figures = CrypTenFigures.All[operation];

        // On the grid of 16 fraction bits, with zero among them where that is allowed.
        var x = new double[Count];
        for (var i = 0; i < Count; i++) x[i] = Math.ScaleB(Math.Round(Math.ScaleB(figures.Low + (figures.High - figures.Low) * i / (Count - 1), 16)), -16);
        if (operation == "reciprocal") x = Array.ConvertAll(x, value => Math.Abs(value) < 0.2 ? 0.5 : value);

        var run = TwoParty.Run(Seed.FromNumber(1), x, figures.Program);

        var (results, worst) = (run.Decoded, 0.0);
        for (var i = 0; i < Count; i++)
        {
            var exact = figures.Clear(x[i]);
            var error = Math.Abs(results[i] - exact);
            worst = Math.Max(worst, error);
            Assert.True(error <= figures.AbsoluteError + figures.RelativeError * Math.Abs(exact), $"{operation} of {x[i]}: {results[i]} instead of {exact}");
        }

        if (figures.AbsoluteError > 0) Assert.True(worst > figures.AbsoluteError / 50, $"the bound of {operation} is far too loose: errors reach {worst} only");
        Assert.Equal(figures.Rounds, run.Cost.Rounds);
        Assert.Equal(figures.LoggedBytes * Count, 2 * run.Cost.SentBytes);
        Assert.Equal(figures.CostOf(Count), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Works_on_one_value_as_on_many(string operation)
    {
        var figures = CrypTenFigures.All[operation];
        var run = TwoParty.Run(Seed.FromNumber(2), [1.5], figures.Program);
        Assert.InRange(run.Decoded[0] - figures.Clear(1.5), -3e-2, 3e-2);
        Assert.Equal(figures.CostOf(1), run.Cost);
    }

    [Fact]
    public void A_choice_takes_two_products_one_after_the_other()
    {
        double[] condition = [0, 1, 1, 0], x = [1.25, -2, 3, 4], y = [-7.5, 6, 5, 1e6];
        var run = TwoParty.Run(Seed.FromNumber(3), [TwoParty.Encode(condition, 0), TwoParty.Encode(x), TwoParty.Encode(y)],
            static async (party, inputs) => [await party.Where(inputs[0], inputs[1], inputs[2])]);

        Assert.Equal([-7.5, -2, 3, 1e6], run.Decoded);
        Assert.Equal(SignedSelection.CostOfWhere(4), run.Cost);
        Assert.Equal((2, 64 * 4), (run.Cost.Rounds, 2 * run.Cost.SentBytes));
        Assert.Equal(run.Cost, run.Planned);
    }

    [Fact]
    public void What_crosses_the_link_is_uniform_whatever_the_input()
    {
        foreach (var operation in (string[])["x < 0", "x = 3", "cosine in one round", "exponential"])
        {
            foreach (var value in (double[])[0, -0.75])
            {
                var run = TwoParty.Run(Seed.FromNumber(4), [.. Enumerable.Repeat(value, 1000)], CrypTenFigures.All[operation].Program);
                foreach (var (zero, one) in run.Sent(Role.PartyZero, Role.PartyOne).Zip(run.Sent(Role.PartyOne, Role.PartyZero)))
                {
                    UniformView.Check(zero);
                    UniformView.Check(one);
                    UniformView.Check(zero.Zip(one, (a, b) => operation is "x < 0" or "x = 3" ? a ^ b : a + b));
                }
            }
        }
    }
}
