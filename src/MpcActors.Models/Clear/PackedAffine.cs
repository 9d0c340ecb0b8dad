using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MpcActors.Data;

namespace MpcActors.Models.Clear;

/// <summary>
/// An affine map laid out for a register-blocked product. Every output is a chain of fused multiply-adds over the inputs in order,
/// starting from the bias, whatever the number of rows, their grouping or the thread: the bits do not depend on the schedule.
/// </summary>
internal sealed unsafe class PackedAffine
{
    private const int TileRows = 4;
    private const int TileColumns = 3 * 4;

    // A panel of 12 columns and 192 inputs is 18 kB: with four rows of x it stays in a first-level cache of 32 kB.
    private const int Depth = 192;

    // Rows that one work item takes: enough to reuse a panel, few enough for the second-level cache.
    private const int ChunkRows = 96;

    private readonly double[] panels;
    private readonly double[] bias;

    public PackedAffine(Affine map)
        : this(map.Weight, map.In, map.Out) => bias = map.Bias;

    /// <summary>A linear map alone: the bias is zero.</summary>
    /// <param name="weight">[inputs, outputs], row by row.</param>
    public PackedAffine(double[] weight, int inputs, int outputs)
    {
        (In, Out, bias) = (inputs, outputs, new double[outputs]);
        var count = (Out + TileColumns - 1) / TileColumns;
        panels = new double[count * In * TileColumns];
        for (var panel = 0; panel < count; panel++)
            for (var row = 0; row < In; row++)
            {
                var first = panel * TileColumns;
                weight.AsSpan(row * Out + first, Math.Min(TileColumns, Out - first)).CopyTo(panels.AsSpan((panel * In + row) * TileColumns));
            }
    }

    public PackedAffine(DenseWeights map)
    {
        (In, Out, bias) = (map.In, map.Out, Array.ConvertAll(map.Bias, value => (double)value));
        var count = (Out + TileColumns - 1) / TileColumns;
        panels = new double[count * In * TileColumns];
        Parallel.For(0, count, panel =>
        {
            var first = panel * TileColumns;
            var columns = Math.Min(TileColumns, Out - first);
            for (var row = 0; row < In; row++)
            {
                var source = map.Weight.AsSpan(row * Out + first, columns);
                var target = panels.AsSpan((panel * In + row) * TileColumns, columns);
                for (var i = 0; i < source.Length; i++) target[i] = source[i];
            }
        });
    }

    public int In { get; }

    public int Out { get; }

    /// <summary>[rows, Out] = <paramref name="x"/> [rows, In] · W + b.</summary>
    public double[] Apply(ReadOnlySpan<double> x)
    {
        var y = Biases(x.Length / In);
        Add(x, y);
        return y;
    }

    /// <summary>The same with the rows spread over the cores; not a bit depends on how.</summary>
    public double[] ApplyInParallel(double[] x)
    {
        var y = Biases(x.Length / In);
        AddInParallel(x, y);
        return y;
    }

    /// <summary><paramref name="y"/> [rows, Out] += <paramref name="x"/> [rows, In] · W, the rows spread over the cores; not a bit depends on how.</summary>
    public void AddInParallel(double[] x, double[] y)
    {
        var rows = x.Length / In;
        var chunk = Math.Max(TileRows, Math.Min(ChunkRows, (rows + Environment.ProcessorCount - 1) / Environment.ProcessorCount));
        Parallel.For(0, (rows + chunk - 1) / chunk, part =>
        {
            var (first, count) = (part * chunk, Math.Min(chunk, rows - part * chunk));
            Add(x.AsSpan(first * In, count * In), y.AsSpan(first * Out, count * Out));
        });
    }

    private double[] Biases(int rows)
    {
        var y = new double[rows * Out];
        for (var row = 0; row < rows; row++) bias.CopyTo(y, row * Out);
        return y;
    }

    private void Add(ReadOnlySpan<double> x, Span<double> y)
    {
        var rows = x.Length / In;
        var packed = ArrayPool<double>.Shared.Rent((rows + TileRows - 1) / TileRows * TileRows * Depth);
        for (var first = 0; first < In; first += Depth)
        {
            var depth = Math.Min(Depth, In - first);
            Pack(x, rows, first, depth, packed);
            for (var column = 0; column < Out; column += TileColumns)
                for (var row = 0; row < rows; row += TileRows)
                    Block(packed.AsSpan(row * depth), y, row, Math.Min(TileRows, rows - row), column, first, depth);
        }

        ArrayPool<double>.Shared.Return(packed);
    }

    /// <summary>Four rows side by side, input by input: rows that lie a power of two apart would fight for the same cache lines.</summary>
    private void Pack(ReadOnlySpan<double> x, int rows, int first, int depth, Span<double> packed)
    {
        for (var row = 0; row < rows; row += TileRows)
            for (var i = 0; i < TileRows; i++)
            {
                var source = x.Slice(Math.Min(row + i, rows - 1) * In + first, depth);
                var target = packed.Slice(row * depth, depth * TileRows);
                for (var k = 0; k < source.Length; k++) target[k * TileRows + i] = source[k];
            }
    }

    private void Block(ReadOnlySpan<double> x, Span<double> y, int row, int rows, int column, int first, int depth)
    {
        var columns = Math.Min(TileColumns, Out - column);
        fixed (double* source = x, weights = panels, result = y)
        {
            var panel = weights + (column * (long)In) + first * TileColumns;
            var target = result + (long)row * Out + column;
            if (rows == TileRows && columns == TileColumns)
            {
                Tile(source, panel, depth, target, Out);
                return;
            }

            // An edge goes through a full tile aside.
            var aside = stackalloc double[TileRows * TileColumns];
            for (var i = 0; i < rows; i++) new Span<double>(target + (long)i * Out, columns).CopyTo(new Span<double>(aside + i * TileColumns, columns));
            Tile(source, panel, depth, aside, TileColumns);
            for (var i = 0; i < rows; i++) new Span<double>(aside + i * TileColumns, columns).CopyTo(new Span<double>(target + (long)i * Out, columns));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(double* x, double* panel, int depth, double* y, int strideY)
    {
        double* y1 = y + strideY, y2 = y1 + strideY, y3 = y2 + strideY;
        Vector256<double>
            c00 = Vector256.Load(y), c01 = Vector256.Load(y + 4), c02 = Vector256.Load(y + 8),
            c10 = Vector256.Load(y1), c11 = Vector256.Load(y1 + 4), c12 = Vector256.Load(y1 + 8),
            c20 = Vector256.Load(y2), c21 = Vector256.Load(y2 + 4), c22 = Vector256.Load(y2 + 8),
            c30 = Vector256.Load(y3), c31 = Vector256.Load(y3 + 4), c32 = Vector256.Load(y3 + 8);
        for (var end = x + depth * TileRows; x < end; x += TileRows, panel += TileColumns)
        {
            Vector256<double> w0 = Vector256.Load(panel), w1 = Vector256.Load(panel + 4), w2 = Vector256.Load(panel + 8);
            var a = Vector256.Create(x[0]);
            c00 = Vector256.FusedMultiplyAdd(a, w0, c00);
            c01 = Vector256.FusedMultiplyAdd(a, w1, c01);
            c02 = Vector256.FusedMultiplyAdd(a, w2, c02);
            a = Vector256.Create(x[1]);
            c10 = Vector256.FusedMultiplyAdd(a, w0, c10);
            c11 = Vector256.FusedMultiplyAdd(a, w1, c11);
            c12 = Vector256.FusedMultiplyAdd(a, w2, c12);
            a = Vector256.Create(x[2]);
            c20 = Vector256.FusedMultiplyAdd(a, w0, c20);
            c21 = Vector256.FusedMultiplyAdd(a, w1, c21);
            c22 = Vector256.FusedMultiplyAdd(a, w2, c22);
            a = Vector256.Create(x[3]);
            c30 = Vector256.FusedMultiplyAdd(a, w0, c30);
            c31 = Vector256.FusedMultiplyAdd(a, w1, c31);
            c32 = Vector256.FusedMultiplyAdd(a, w2, c32);
        }

        c00.Store(y); c01.Store(y + 4); c02.Store(y + 8);
        c10.Store(y1); c11.Store(y1 + 4); c12.Store(y1 + 8);
        c20.Store(y2); c21.Store(y2 + 4); c22.Store(y2 + 8);
        c30.Store(y3); c31.Store(y3 + 4); c32.Store(y3 + 8);
    }
}
