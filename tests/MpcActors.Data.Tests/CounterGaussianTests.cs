namespace MpcActors.Data.Tests;

public sealed class CounterGaussianTests
{
    [Fact]
    public void Numbers_depend_on_their_place_alone_and_stay_what_they_were()
    {
        var stream = new double[100];
        CounterGaussian.Fill(1, 2, stream);
        Assert.Equal(stream[57], CounterGaussian.Normal(1, 2, 57));
        Assert.NotEqual(stream[57], CounterGaussian.Normal(1, 3, 57));
        Assert.NotEqual(stream[57], CounterGaussian.Normal(2, 2, 57));

        // Checkpoints and projections made by an earlier version must keep their meaning; the values are another implementation's.
        Assert.Equal(-0.4177841938225652, CounterGaussian.Normal(0, 0, 0), 1e-15);
        Assert.Equal(-0.04911895635625175, CounterGaussian.Normal(42, 7, 123), 1e-15);
        Assert.Equal(0xBFDABCF9EA503BAF, BitConverter.DoubleToUInt64Bits(CounterGaussian.Normal(0, 0, 0)));
    }

    [Fact]
    public void The_distribution_is_standard_normal()
    {
        const int count = 200_000;
        var numbers = new double[count];
        CounterGaussian.Fill(9, 4, numbers);

        // Five standard errors each: 1/√n, √(2/n), √(96/n) for mean, variance, fourth moment.
        Assert.InRange(numbers.Average(), -5 / Math.Sqrt(count), 5 / Math.Sqrt(count));
        Assert.InRange(numbers.Average(x => x * x) - 1, -5 * Math.Sqrt(2.0 / count), 5 * Math.Sqrt(2.0 / count));
        Assert.InRange(numbers.Average(x => x * x * x * x) - 3, -5 * Math.Sqrt(96.0 / count), 5 * Math.Sqrt(96.0 / count));
        double Beyond(double limit) => numbers.Count(x => Math.Abs(x) > limit) / (double)count;
        Assert.InRange(Beyond(1.959963984540054), 0.0475, 0.0525);
        Assert.InRange(Beyond(3.290526731491926), 0.0006, 0.0014);
    }

    [Fact]
    public void Streams_and_seeds_are_uncorrelated()
    {
        const int count = 50_000;
        var streams = new[] { (1UL, 1UL), (1UL, 2UL), (2UL, 1UL), (2UL, 2UL) }.Select(place =>
        {
            var numbers = new double[count];
            CounterGaussian.Fill(place.Item1, place.Item2, numbers);
            return numbers;
        }).ToArray();
        for (var i = 0; i < streams.Length; i++)
            for (var j = 0; j < i; j++)
                Assert.InRange(streams[i].Zip(streams[j], (a, b) => a * b).Sum() / count, -5 / Math.Sqrt(count), 5 / Math.Sqrt(count));
    }
}
