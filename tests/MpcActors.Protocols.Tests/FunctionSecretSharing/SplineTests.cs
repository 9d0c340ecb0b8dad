using MpcActors.Protocols.FunctionSecretSharing;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests.FunctionSecretSharing;

public sealed class SplineTests
{
    /// <summary>A rough GELU: 0, a parabola, x.</summary>
    static readonly SplineFunction Parabola = new([-2, 2], [[0], [0.5, 0.5, 0.125], [0, 1]]);

    /// <summary>A hard sigmoid.</summary>
    static readonly SplineFunction Lines = new([-3, 0.5, 3], [[0], [0.5, 1 / 6.0], [0.25, 0.25], [1]]);

    public static TheoryData<int> Splines => [1, 2];

    [Theory, MemberData(nameof(Splines))]
    public void The_value_is_that_of_the_piece(int degree)
    {
        var spline = degree == 1 ? Lines : Parabola;
        double[] values = [-100, -3, -2, -1.9999, 0, 0.5, 0.49999, 1.999, 2, 2.0001, 3, 100, .. Integers.Random(500, 20).Select(x => x / 65536.0)];
        var run = TwoParty.Run(Seed.FromNumber(1), values, async (party, x) => await party.EvaluateSpline(await party.Mask(x), spline));

        Assert.Equal(degree * 16 + 16, run.Zero[0].FractionBits);
        for (var i = 0; i < values.Length; i++)
        {
            // The input is rounded to 2^-16, the coefficients of higher powers of it too: that of x to 2^-16 or finer.
            var x = FixedPoint.Decode(FixedPoint.Encode(values[i]));
            Assert.Equal(spline.At(x), run.Decoded[i], 1e-5 * Math.Max(1, Math.Abs(x)));
        }

        Assert.Equal(Cost.Masking(values.Length) + Spline.CostOf(values.Length, spline.Knots.Length, degree), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
        Assert.Equal(2, run.Cost.Rounds);
    }

    [Theory]
    [InlineData(-50)]
    [InlineData(0)]
    public void What_crosses_the_link_is_uniform_whatever_the_input(double value)
    {
        var run = TwoParty.Run(Seed.FromNumber(2), [.. Enumerable.Repeat(value, 20_480)], static async (party, x) => await party.EvaluateSpline(await party.Mask(x), Lines));

        var (zero, one) = (run.Sent(Role.PartyZero, Role.PartyOne).ToArray(), run.Sent(Role.PartyOne, Role.PartyZero).ToArray());
        UniformView.Check(zero[0].Zip(one[0], (a, b) => a + b));
        UniformView.Check(zero[1].Zip(one[1], (a, b) => a ^ b));
    }

    [Fact]
    public void Pieces_that_do_not_fit_their_knots_are_refused()
    {
        Refused("2 knots part 3 pieces, not 2", new([0, 1], [[1, 1], [1, 1]]));
        Refused("degree 1 or 2, not 3", new([0], [[1, 1, 1, 1], [1]]));
        Refused("must rise", new([1, 0], [[1, 1], [1], [2]]));
    }

    static void Refused(string message, SplineFunction spline)
    {
        var thrown = Assert.ThrowsAny<ArgumentException>(() =>
            TwoParty.Run(Seed.Zero, [1.0], async (party, x) => await party.EvaluateSpline(await party.Mask(x), spline)));
        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
    }
}
