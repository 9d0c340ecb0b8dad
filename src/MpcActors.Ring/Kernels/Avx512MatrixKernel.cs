using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MpcActors.Ring.Kernels;

/// <summary>Tiles of 5 × 32 with vpmullq, half of the multiplications traded for additions.</summary>
/// <remarks>
/// <para>
/// Winograd's inner product (IEEE Transactions on Computers 1968), exact in any commutative ring:
/// Σ a_k b_k = Σ_j (a_2j + b_2j+1)(a_2j+1 + b_2j) − Σ_j a_2j a_2j+1 − Σ_j b_2j b_2j+1. The last two sums belong to a row of the
/// left and a column of the right factor, so packing makes them. Additions run on every vector unit and multiplications on
/// half of them or fewer.
/// </para>
/// <para>5 × 4 sums, 8 right vectors, 2 left values and 2 temporaries are just the 32 registers.</para>
/// <para>Written in the portable <see cref="Vector512"/>, so that its tests run, slowly, on any processor.</para>
/// </remarks>
sealed unsafe class Avx512MatrixKernel : IMatrixKernel
{
    const int Rows = 5;
    const int Columns = 32;

    public string Name => "avx512";

    public bool IsSupported => Vector512.IsHardwareAccelerated && Avx512DQ.IsSupported;

    public int TileRows => Rows;

    public int TileColumns => Columns;

    public int Depth => 128;

    public int BlockRows => 320;

    public int LeftLength(int inner) => Rows * (inner + (inner & 1)) + 8;

    public int RightLength(int inner) => Columns * (inner + (inner & 1) + 1);

    /// <summary>Pairs of a row's values, [inner / 2][row][2], then the sums of their products, row by row.</summary>
    public void PackLeft(ulong* source, MatrixStride stride, int rows, int inner, ulong* packed)
    {
        var pairs = (inner + 1) / 2;
        var sums = packed + Rows * 2 * pairs;
        if (rows == Rows && (inner & 1) == 0)
        {
            PackWholeLeft(source, stride, pairs, packed);
            return;
        }

        for (var row = 0; row < Rows; row++, source += stride.Row)
        {
            var target = packed + 2 * row;
            var sum = 0UL;
            for (var k = 0; k < inner; k += 2, target += 2 * Rows)
            {
                var x = row < rows ? source[k * stride.Column] : 0;
                var y = row < rows && k + 1 < inner ? source[(k + 1) * stride.Column] : 0;
                (target[0], target[1]) = (x, y);
                sum += x * y;
            }

            sums[row] = sum;
        }
    }

    /// <summary>The same without edges, by pairs: a transposed factor's column then goes through the cache once.</summary>
    static void PackWholeLeft(ulong* source, MatrixStride stride, int pairs, ulong* packed)
    {
        var (r1, r2, r3, r4) = (stride.Row, 2 * stride.Row, 3 * stride.Row, 4 * stride.Row);
        ulong sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0, sum4 = 0;
        for (; pairs > 0; pairs--, source += 2 * stride.Column, packed += 2 * Rows)
        {
            var next = source + stride.Column;
            (packed[0], packed[2], packed[4], packed[6], packed[8]) = (source[0], source[r1], source[r2], source[r3], source[r4]);
            (packed[1], packed[3], packed[5], packed[7], packed[9]) = (next[0], next[r1], next[r2], next[r3], next[r4]);
            sum0 += packed[0] * packed[1];
            sum1 += packed[2] * packed[3];
            sum2 += packed[4] * packed[5];
            sum3 += packed[6] * packed[7];
            sum4 += packed[8] * packed[9];
        }

        (packed[0], packed[1], packed[2], packed[3], packed[4]) = (sum0, sum1, sum2, sum3, sum4);
    }

    /// <summary>Rows of 32 columns, then the sums of the products of their pairs, column by column.</summary>
    public void PackRight(ulong* source, MatrixStride stride, int inner, int columns, ulong* packed)
    {
        var even = inner + (inner & 1);
        RightPanel.Pack(source, stride, inner, columns, packed, Columns);
        if (even > inner) new Span<ulong>(packed + Columns * inner, Columns).Clear();

        var sums = new Span<ulong>(packed + Columns * even, Columns);
        sums.Clear();
        for (var pair = packed; pair < packed + Columns * even; pair += 2 * Columns)
            TensorPrimitives.MultiplyAdd(new ReadOnlySpan<ulong>(pair, Columns), new ReadOnlySpan<ulong>(pair + Columns, Columns), sums, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void MultiplyTile(ulong* left, ulong* right, int inner, ulong* result, nint stride, bool accumulate)
    {
        // The result's lines travel while the sums are made.
        if (Sse.IsSupported)
            for (var row = 0; row < Rows; row++)
                for (var column = 0; column < Columns; column += 8)
                    Sse.Prefetch0(result + row * stride + column);

        Vector512<ulong> s00 = default, s01 = default, s02 = default, s03 = default;
        Vector512<ulong> s10 = default, s11 = default, s12 = default, s13 = default;
        Vector512<ulong> s20 = default, s21 = default, s22 = default, s23 = default;
        Vector512<ulong> s30 = default, s31 = default, s32 = default, s33 = default;
        Vector512<ulong> s40 = default, s41 = default, s42 = default, s43 = default;
        for (var pairs = (inner + 1) / 2; pairs > 0; pairs--)
        {
            var b0 = Vector512.Load(right);
            var b1 = Vector512.Load(right + 8);
            var b2 = Vector512.Load(right + 16);
            var b3 = Vector512.Load(right + 24);
            var d0 = Vector512.Load(right + 32);
            var d1 = Vector512.Load(right + 40);
            var d2 = Vector512.Load(right + 48);
            var d3 = Vector512.Load(right + 56);

            var x = Vector512.Create(left[0]);
            var y = Vector512.Create(left[1]);
            s00 += (x + d0) * (y + b0);
            s01 += (x + d1) * (y + b1);
            s02 += (x + d2) * (y + b2);
            s03 += (x + d3) * (y + b3);
            x = Vector512.Create(left[2]);
            y = Vector512.Create(left[3]);
            s10 += (x + d0) * (y + b0);
            s11 += (x + d1) * (y + b1);
            s12 += (x + d2) * (y + b2);
            s13 += (x + d3) * (y + b3);
            x = Vector512.Create(left[4]);
            y = Vector512.Create(left[5]);
            s20 += (x + d0) * (y + b0);
            s21 += (x + d1) * (y + b1);
            s22 += (x + d2) * (y + b2);
            s23 += (x + d3) * (y + b3);
            x = Vector512.Create(left[6]);
            y = Vector512.Create(left[7]);
            s30 += (x + d0) * (y + b0);
            s31 += (x + d1) * (y + b1);
            s32 += (x + d2) * (y + b2);
            s33 += (x + d3) * (y + b3);
            x = Vector512.Create(left[8]);
            y = Vector512.Create(left[9]);
            s40 += (x + d0) * (y + b0);
            s41 += (x + d1) * (y + b1);
            s42 += (x + d2) * (y + b2);
            s43 += (x + d3) * (y + b3);
            left += 2 * Rows;
            right += 2 * Columns;
        }

        Write(s00, s01, s02, s03, left[0], right, result, accumulate);
        Write(s10, s11, s12, s13, left[1], right, result + stride, accumulate);
        Write(s20, s21, s22, s23, left[2], right, result + 2 * stride, accumulate);
        Write(s30, s31, s32, s33, left[3], right, result + 3 * stride, accumulate);
        Write(s40, s41, s42, s43, left[4], right, result + 4 * stride, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Write(
        Vector512<ulong> s0, Vector512<ulong> s1, Vector512<ulong> s2, Vector512<ulong> s3,
        ulong rowSum, ulong* columnSums, ulong* result, bool accumulate)
    {
        var own = Vector512.Create(rowSum);
        s0 -= own + Vector512.Load(columnSums);
        s1 -= own + Vector512.Load(columnSums + 8);
        s2 -= own + Vector512.Load(columnSums + 16);
        s3 -= own + Vector512.Load(columnSums + 24);
        if (accumulate)
        {
            s0 += Vector512.Load(result);
            s1 += Vector512.Load(result + 8);
            s2 += Vector512.Load(result + 16);
            s3 += Vector512.Load(result + 24);
        }

        s0.Store(result);
        s1.Store(result + 8);
        s2.Store(result + 16);
        s3.Store(result + 24);
    }
}
