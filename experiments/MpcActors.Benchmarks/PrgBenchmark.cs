using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using MpcActors.Ring;

namespace MpcActors.Benchmarks;

/// <summary>The stream of a seed against the platform's own generator, by size of the buffer.</summary>
public class PrgBenchmark
{
    readonly Prg _prg = new(Seed.FromNumber(1));
    ulong[] _words = [];

    [Params(2048, 1 << 20)]
    public int Words { get; set; }

    [GlobalSetup]
    public void Setup() => _words = new ulong[Words];

    [Benchmark(Baseline = true)]
    public void Stream() => _prg.Fill(_words.AsSpan(), 0);

    [Benchmark]
    public void Platform() => RandomNumberGenerator.Fill(System.Runtime.InteropServices.MemoryMarshal.AsBytes(_words.AsSpan()));
}
