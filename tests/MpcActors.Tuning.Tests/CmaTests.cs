using Xunit.Abstractions;

namespace MpcActors.Tuning.Tests;

public sealed class CmaTests(ITestOutputHelper output)
{
    private static double Sphere(double[] x) => x.Sum(value => value * value);

    private static double Ellipsoid(double[] x) => x.Select((value, i) => Math.Pow(1e6, i / (x.Length - 1.0)) * value * value).Sum();

    private static double Rosenbrock(double[] x) =>
        Enumerable.Range(0, x.Length - 1).Sum(i => 100 * Math.Pow(x[i] * x[i] - x[i + 1], 2) + Math.Pow(x[i] - 1, 2));

    // The evaluations are about one and a half times what these seeds need, and those are within the usual figures of the method.
    [Theory]
    [InlineData("sphere", 10, 1.0, 2_500)]
    [InlineData("sphere", 20, 1.0, 4_500)]
    [InlineData("ellipsoid", 10, 1.0, 8_000)]
    [InlineData("ellipsoid", 20, 1.0, 24_000)]
    [InlineData("rosenbrock", 10, 0.0, 9_000)]
    public void Known_functions_are_solved_in_about_the_known_number_of_evaluations(string name, int dimension, double start, int evaluations)
    {
        Func<double[], double> function = name switch { "sphere" => Sphere, "ellipsoid" => Ellipsoid, _ => Rosenbrock };
        for (var seed = 1UL; seed <= 3; seed++)
        {
            var population = 4 + (int)(3 * Math.Log(dimension));
            var cma = new Cma([.. Enumerable.Repeat(start, dimension)], 0.5, population, seed);
            var best = double.PositiveInfinity;
            var used = 0;
            while (used < evaluations && best > 1e-9)
            {
                var losses = cma.Ask().Select(function).ToArray();
                cma.Tell(losses);
                best = Math.Min(best, losses.Min());
                used += population;
            }

            output.WriteLine($"{name} d={dimension} seed {seed}: {best:E1} after {used}");
            Assert.InRange(best, 0, 1e-9);
        }
    }

    [Fact]
    public void Only_the_order_of_the_losses_counts()
    {
        var plain = new Cma(new double[6], 1, 8, 3);
        var squashed = new Cma(new double[6], 1, 8, 3);
        for (var generation = 0; generation < 40; generation++)
        {
            plain.Tell([.. plain.Ask().Select(Rosenbrock)]);
            squashed.Tell([.. squashed.Ask().Select(x => Math.Sqrt(Math.Sqrt(Rosenbrock(x))) - 7)]);
        }

        Assert.Equal(plain.Save(), squashed.Save());
    }

    [Fact]
    public void Moving_the_problem_moves_the_search()
    {
        var shift = Enumerable.Range(0, 6).Select(i => 0.25 * i).ToArray();
        var here = new Cma(new double[6], 1, 8, 3);
        var there = new Cma(shift, 1, 8, 3);
        for (var generation = 0; generation < 30; generation++)
        {
            here.Tell([.. here.Ask().Select(Ellipsoid)]);
            there.Tell([.. there.Ask().Select(x => Ellipsoid([.. x.Zip(shift, (a, b) => a - b)]))]);
        }

        Assert.All(here.Mean.Zip(there.Mean.Zip(shift, (a, b) => a - b)), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.Equal(here.Sigma, there.Sigma, 1e-6);
    }

    [Fact]
    public void Ties_go_to_the_earlier_point_and_a_flat_function_does_no_harm()
    {
        var cma = new Cma(new double[5], 1, 6, 1);
        for (var generation = 0; generation < 200; generation++) cma.Tell([.. cma.Ask().Select(_ => 1.0)]);
        Assert.All(cma.Mean, value => Assert.True(double.IsFinite(value)));
    }

    [Fact]
    public void Losses_that_are_missing_or_not_numbers_are_refused()
    {
        var cma = new Cma(new double[5], 1, 6, 1);
        Assert.Contains("5 losses", Assert.Throws<ArgumentException>(() => cma.Tell(new double[5])).Message, StringComparison.Ordinal);
        Assert.Contains("individual 2", Assert.Throws<ArgumentException>(() => cma.Tell([1, 2, double.NaN, 4, 5, 6])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Cma(new double[5], 0, 6, 1));
        Assert.Throws<ArgumentException>(() => new Cma(new double[1], 1, 6, 1));
        Assert.Throws<ArgumentException>(() => new Cma(new double[5], 1, 3, 1));
    }
}
