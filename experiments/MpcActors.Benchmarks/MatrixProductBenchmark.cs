using BenchmarkDotNet.Attributes;
using MpcActors.Ring;
using MpcActors.Ring.Kernels;

namespace MpcActors.Benchmarks;

/// <summary>Products with a packed right factor on one core, by hardware path.</summary>
public class MatrixProductBenchmark
{
    RingTensor _left = RingTensor.Zeros(default);
    PackedMatrix _right = new(RingTensor.Zeros(default));
    ulong[] _result = [];

    [Params("avx512", "avx2", "scalar")]
    public string Path { get; set; } = "";

    [Params(178, 2048)]
    public int Rows { get; set; }

    [Params(512, 1024)]
    public int Inner { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var kernel = MatrixKernels.All.Single(kernel => kernel.Name == Path);
        if (!kernel.IsSupported) throw new PlatformNotSupportedException($"this processor has no {Path}");
        var right = RingTensor.Zeros(new(Inner, 1024));
        _left = RingTensor.Zeros(new(Rows, Inner));
        new Prg(Seed.FromNumber(1)).Fill(_left.Values, 0);
        new Prg(Seed.FromNumber(2)).Fill(right.Values, 0);
        _right = new(right, kernel, workers: 1);
        _result = new ulong[Rows * 1024];
    }

    [Benchmark]
    public void Multiply() => _right.MultiplyBy(_left.Values, Rows, _result, workers: 1);
}
