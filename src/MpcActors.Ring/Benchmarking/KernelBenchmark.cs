using System.Runtime.Intrinsics;
using MpcActors.Ring.Kernels;

namespace MpcActors.Ring.Benchmarking;

/// <summary>A matrix product of <paramref name="Shape"/> = rows, inner length, columns.</summary>
/// <param name="PeakGmacPerSecond">The cores' multiplications in registers alone (10⁹ a second), measured in the same process.</param>
/// <param name="Ratio">Of the rate to the peak. A kernel that saves multiplications may pass 1.</param>
public sealed record MatrixRate(int[] Shape, int Cores, string Path, double GmacPerSecond, double PeakGmacPerSecond, double Ratio);

/// <summary>What the kernels do on this machine.</summary>
/// <param name="NaiveGmacPerSecond">Rows of the right factor times a value, added up in 256-bit vectors: the yardstick of the AVX2 path.</param>
/// <param name="PrgBytesPerSecond">One core, into the first-level cache.</param>
public sealed record KernelRates(IReadOnlyList<MatrixRate> Gemm, double NaiveGmacPerSecond, double PrgBytesPerSecond);

/// <summary>Measures the kernels against the machine's own bounds in one process: the best of many calls, as others may use the machine.</summary>
public static class KernelBenchmark
{
    static readonly TimeSpan _enough = TimeSpan.FromSeconds(2);

    /// <summary>One layer of a large encoder on one sequence, and of a small one on a population.</summary>
    static readonly int[][] _shapes = [[178, 1024, 1024], [2048, 512, 512]];

    public static KernelRates Run() => Run(_enough, _shapes);

    internal static KernelRates Run(TimeSpan each, IEnumerable<int[]> shapes)
    {
        var gemm = new List<MatrixRate>();
        foreach (var kernel in MatrixKernels.All.Where(kernel => kernel.IsSupported))
        {
            var peak = RegisterPeak.GmacPerSecond(kernel.Name, each);
            gemm.AddRange(shapes.SelectMany(shape => new[] { Multiply(kernel, shape, 1, peak, each), Multiply(kernel, shape, Environment.ProcessorCount, peak, each) })
                .DistinctBy(rate => (rate.Shape, rate.Cores)));
        }

        return new(gemm, Naive(each), Prg(each));
    }

    /// <summary>The left factor is packed within the time, the right one before.</summary>
    static MatrixRate Multiply(IMatrixKernel kernel, int[] shape, int cores, double peakOfCore, TimeSpan each)
    {
        var (rows, inner, columns) = (shape[0], shape[1], shape[2]);
        var right = new PackedMatrix(Tensor(inner, columns), kernel, cores);
        var (left, result) = (Tensor(rows, inner), new ulong[rows * columns]);
        void Action() => right.MultiplyBy(left.Values, rows, result, cores);
        var time = cores == 1 ? ProcessorTime.BestOnThread(each, Action) : ProcessorTime.BestElapsed(each, Action);
        var rate = (double)rows * inner * columns / time.TotalSeconds / 1e9;
        return new(shape, cores, kernel.Name, rate, peakOfCore * cores, rate / (peakOfCore * cores));
    }

    static double Naive(TimeSpan each)
    {
        const int rows = 24, inner = 512, columns = 512;
        var (left, right, result) = (Tensor(rows, inner).Values, Tensor(inner, columns).Values, new ulong[rows * columns]);
        var time = ProcessorTime.BestOnThread(each, () =>
        {
            for (var i = 0; i < rows; i++)
                for (var k = 0; k < inner; k++)
                    AddScaled(right.AsSpan(k * columns, columns), left[i * inner + k], result.AsSpan(i * columns, columns));
        });
        return (double)rows * inner * columns / time.TotalSeconds / 1e9;
    }

    static void AddScaled(ReadOnlySpan<ulong> source, ulong factor, Span<ulong> destination)
    {
        for (var j = 0; j < destination.Length; j += Vector256<ulong>.Count)
            (Vector256.Create(destination[j..]) + Vector256.Create(source[j..]) * Vector256.Create(factor)).CopyTo(destination[j..]);
    }

    static double Prg(TimeSpan each)
    {
        const int repeats = 64;
        var (prg, words) = (new Prg(Seed.Zero), new ulong[2048]);
        var time = ProcessorTime.BestOnThread(each, () =>
        {
            for (var i = 0; i < repeats; i++) prg.Fill(words.AsSpan(), i * words.Length);
        });
        return (double)repeats * words.Length * sizeof(ulong) / time.TotalSeconds;
    }

    static RingTensor Tensor(int rows, int columns)
    {
        var tensor = RingTensor.Uninitialized(new(rows, columns));
        new Prg(Seed.FromNumber(1)).Fill(tensor.Values, 0);
        return tensor;
    }
}
