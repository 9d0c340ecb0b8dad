using MpcActors.Data;

namespace MpcActors.Tuning.Tests;

public sealed class OptimizerTests
{
    private const int Dimension = 12;

    private static double Rosenbrock(double[] x) =>
        Enumerable.Range(0, x.Length - 1).Sum(i => 100 * Math.Pow(x[i] * x[i] - x[i + 1], 2) + Math.Pow(x[i] - 1, 2));

    /// <summary>Distance to the point (1, 1, …), as a loss as shallow as a prompt's: SPSA goes down slopes as they are.</summary>
    private static double Bowl(double[] x) => x.Sum(value => (value - 1) * (value - 1)) / (20 * x.Length);

    private static IOptimizer Start(OptimizerKind kind, int population = 10, ulong seed = 5) =>
        new TuningSettings { Optimizer = kind, LatentDimension = Dimension, Population = population, Seed = seed }.Start();

    [Theory]
    [InlineData(OptimizerKind.Cma)]
    [InlineData(OptimizerKind.Nes)]
    [InlineData(OptimizerKind.Spsa)]
    [InlineData(OptimizerKind.RandomSearch)]
    public void A_restored_state_continues_with_the_same_bytes(OptimizerKind kind)
    {
        var whole = Start(kind);
        for (var generation = 0; generation < 15; generation++)
        {
            var restored = Start(kind);
            restored.Restore(whole.Save());
            var points = whole.Ask();
            Assert.Equal(10, points.Count);
            Assert.Equal(points, restored.Ask());
            Assert.Equal(points, whole.Ask());
            whole.Tell([.. points.Select(Bowl)]);
            restored.Tell([.. points.Select(Bowl)]);
            Assert.Equal(whole.Save(), restored.Save());
            Assert.Equal(whole.Mean, restored.Mean);
        }

        var state = whole.Save();
        Assert.Contains("seed=6", Assert.Throws<InvalidDataException>(() => Start(kind, seed: 6).Restore(state)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => Start(kind, population: 12).Restore(state));
        Assert.Throws<InvalidDataException>(() => Start(kind).Restore(state[..^3]));
        Assert.Throws<InvalidDataException>(() => Start(kind).Restore([.. state, 1]));
    }

    [Theory]
    [InlineData(OptimizerKind.Cma)]
    [InlineData(OptimizerKind.Nes)]
    [InlineData(OptimizerKind.Spsa)]
    public void Learning_goes_where_random_search_does_not(OptimizerKind kind)
    {
        var luck = LossAfter(OptimizerKind.RandomSearch, 600);
        var learned = LossAfter(kind, 600);
        Assert.True(learned < 0.1 * luck, $"{kind} ends at {learned}, random search at {luck}");
    }

    [Theory]
    [InlineData(OptimizerKind.Nes)]
    [InlineData(OptimizerKind.Spsa)]
    public void Points_stand_in_pairs_on_either_side_of_the_mean(OptimizerKind kind)
    {
        var optimizer = Start(kind);
        optimizer.Tell([.. optimizer.Ask().Select(Bowl)]);
        var (mean, points) = (optimizer.Mean, optimizer.Ask());
        Assert.Contains(mean, value => value != 0);
        for (var k = 0; k < points.Count; k += 2)
        {
            Assert.All(Enumerable.Range(0, Dimension), i => Assert.Equal(mean[i], (points[k][i] + points[k + 1][i]) / 2, 1e-12));
            Assert.NotEqual(points[k], points[k + 1]);
        }
    }

    [Fact]
    public void Of_losses_nes_sees_the_order_alone_and_spsa_the_difference_alone()
    {
        var (ranked, squashed) = (Start(OptimizerKind.Nes), Start(OptimizerKind.Nes));
        var (sloped, lifted) = (Start(OptimizerKind.Spsa), Start(OptimizerKind.Spsa));
        for (var generation = 0; generation < 20; generation++)
        {
            ranked.Tell([.. ranked.Ask().Select(Rosenbrock)]);
            squashed.Tell([.. squashed.Ask().Select(x => Math.Sqrt(Math.Sqrt(Rosenbrock(x))) - 7)]);
            sloped.Tell([.. sloped.Ask().Select(Bowl)]);
            lifted.Tell([.. lifted.Ask().Select(x => Bowl(x) + 3)]);
        }

        Assert.Equal(ranked.Save(), squashed.Save());
        Assert.All(sloped.Mean.Zip(lifted.Mean), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }

    [Fact]
    public void One_direction_of_spsa_is_the_published_step()
    {
        var spsa = new Spsa([0.5, -0.5, 0.25], 0.01, 0.3, 2, 9);
        var direction = new double[3];
        CounterGaussian.Fill(9, 0, direction);
        var points = spsa.Ask();
        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal(0.01 * direction[i], points[0][i] - spsa.Mean[i], 1e-15));
        double[] before = spsa.Mean;
        spsa.Tell([0.7, 0.6]);
        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal(before[i] - 0.3 * (0.7 - 0.6) / (2 * 0.01) * direction[i], spsa.Mean[i], 1e-12));
    }

    [Fact]
    public void What_cannot_be_a_pair_a_step_or_a_loss_is_refused()
    {
        Assert.Contains("even", Assert.Throws<ArgumentException>(() => new Nes(new double[5], 1, 1, 7, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("SPSA", Assert.Throws<ArgumentException>(() => new Spsa(new double[5], 0, 1, 6, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("learning rate", Assert.Throws<ArgumentException>(() => new Spsa(new double[5], 1, double.NaN, 6, 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Nes([], 1, 1, 6, 1));
        var spsa = new Spsa(new double[5], 1, 1, 6, 1);
        Assert.Contains("5 losses", Assert.Throws<ArgumentException>(() => spsa.Tell(new double[5])).Message, StringComparison.Ordinal);
        Assert.Contains("individual 2", Assert.Throws<ArgumentException>(() => spsa.Tell([1, 2, double.NaN, 4, 5, 6])).Message, StringComparison.Ordinal);
    }

    private static double LossAfter(OptimizerKind kind, int queries)
    {
        var optimizer = Start(kind);
        for (var used = 0; used < queries; used += 10) optimizer.Tell([.. optimizer.Ask().Select(Bowl)]);
        return Bowl(optimizer.Mean);
    }
}
