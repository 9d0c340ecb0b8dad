using MpcActors.Ring.Benchmarking;

namespace MpcActors.Ring.Tests;

public sealed class KernelBenchmarkTests
{
    [Fact]
    public void Every_supported_path_is_measured_on_one_core_and_on_all()
    {
        var rates = KernelBenchmark.Run(TimeSpan.FromMilliseconds(1), [[8, 16, 32]]);
        foreach (var kernel in Kernels.MatrixKernels.All.Where(kernel => kernel.IsSupported))
            Assert.Equal(new[] { 1, Environment.ProcessorCount }.Distinct(), rates.Gemm.Where(rate => rate.Path == kernel.Name).Select(rate => rate.Cores));
        Assert.All(rates.Gemm, rate => Assert.Equal(rate.GmacPerSecond / rate.PeakGmacPerSecond, rate.Ratio, 1e-9));
        Assert.All(rates.Gemm, rate => Assert.True(rate.GmacPerSecond > 0 && double.IsFinite(rate.Ratio)));
        Assert.True(rates.NaiveGmacPerSecond > 0 && rates.PrgBytesPerSecond > 0);
    }
}
