using MpcActors.Fss.Benchmarking;

namespace MpcActors.Fss.Tests;

public sealed class BenchmarkTests
{
    [Theory]
    [InlineData(FssPayload.Word)]
    [InlineData(FssPayload.Bit)]
    public void The_benchmark_measures_every_domain(FssPayload payload)
    {
        var rates = FssBenchmark.Comparisons(payload, TimeSpan.Zero);

        Assert.Equal([16, 32, 64], rates.Select(rate => rate.Bits));
        Assert.All(rates, rate => Assert.True(rate.EvaluationsPerSecond > 0 && rate.GenerationsPerSecond > 0));
        Assert.Equal(rates.Select(rate => KeyForm.Comparison(rate.Bits, payload).KeyBits / 8), rates.Select(rate => rate.KeyBytes));
    }
}
