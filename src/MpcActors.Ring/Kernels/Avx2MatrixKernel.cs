using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MpcActors.Ring.Kernels;

/// <summary>Tiles of 2 × 8 with one and a half 32-bit multiplications a product.</summary>
/// <remarks>
/// <para>
/// With halves a = 2³²h + l: ab = ll' + 2³²(lh' + hl') mod 2^64. A vpmuludq makes ll'. The cross products are needed mod 2³²
/// only, and (l + l')(h + h') = lh' + hl' + lh + l'h', whose last two terms belong to a row of the left and a column of the
/// right factor: packing sums them, as in Winograd's inner product. So one vpmulld makes the cross products of two steps.
/// </para>
/// <para>
/// Multiplications run on two of the vector units and additions on all: a product takes as many instructions as with two
/// multiplications, but they no longer queue for the same two units.
/// </para>
/// </remarks>
sealed unsafe class Avx2MatrixKernel : IMatrixKernel
{
    const int Rows = 2;
    const int Columns = 8;
    const int LeftWordsOfAPair = 2;

    public string Name => "avx2";

    public bool IsSupported => Avx2.IsSupported;

    public int TileRows => Rows;

    public int TileColumns => Columns;

    public int Depth => 256;

    public int BlockRows => 60;

    public int LeftLength(int inner) => Rows * LeftWordsOfAPair * ((inner + 1) / 2) + Rows;

    public int RightLength(int inner) => Columns * (inner + (inner & 1) + 1);

    /// <summary>For each pair of values and each row: the low halves, then the high halves; at the end the sums of low times high, row by row.</summary>
    public void PackLeft(ulong* source, MatrixStride stride, int rows, int inner, ulong* packed)
    {
        var sums = packed + Rows * LeftWordsOfAPair * ((inner + 1) / 2);
        for (var row = 0; row < Rows; row++, source += stride.Row)
        {
            var target = packed + LeftWordsOfAPair * row;
            var sum = Vector128<ulong>.Zero;
            for (var k = 0; k < inner; k += 2, target += LeftWordsOfAPair * Rows)
            {
                var pair = row >= rows ? Vector128<ulong>.Zero
                    : k + 1 == inner ? Vector128.CreateScalar(source[k * stride.Column])
                    : stride.Column == 1 ? Vector128.Load(source + k)
                    : Vector128.Create(source[k * stride.Column], source[(k + 1) * stride.Column]);
                Halve(pair).Store(target);
                sum += Sse2.Multiply(pair.AsUInt32(), (pair >>> 32).AsUInt32());
            }

            sums[row] = Vector128.Sum(sum);
        }
    }

    /// <summary>For each pair of rows: their low halves, then their high halves; at the end the sums of low times high, column by column.</summary>
    public void PackRight(ulong* source, MatrixStride stride, int inner, int columns, ulong* packed)
    {
        if (stride.Row == 1 && stride.Column != 1)
        {
            PackTransposedRight(source, stride.Column, inner, columns, packed);
            return;
        }

        // A ragged panel is first made whole where it will lie.
        var rowStride = stride.Row;
        if (columns < Columns || stride.Column != 1)
        {
            RightPanel.Pack(source, stride, inner, columns, packed, Columns);
            source = packed;
            rowStride = Columns;
        }

        Vector256<ulong> left = default, right = default;
        for (var k = 0; k < inner; k += 2, source += 2 * rowStride, packed += 2 * Columns)
        {
            var (x, y) = (Vector256.Load(source), Vector256.Load(source + 4));
            var (nextX, nextY) = k + 1 < inner ? (Vector256.Load(source + rowStride), Vector256.Load(source + rowStride + 4)) : default;
            left += Halve(x, nextX, packed);
            right += Halve(y, nextY, packed + 4);
        }

        left.Store(packed);
        right.Store(packed + 4);
    }

    static void PackTransposedRight(ulong* source, nint stride, int inner, int columns, ulong* packed)
    {
        if (columns < Columns) new Span<ulong>(packed, Columns * (inner + (inner & 1) + 1)).Clear();
        for (var column = 0; column < columns; column++, source += stride, packed++)
        {
            var target = packed;
            var sum = Vector128<ulong>.Zero;
            for (var k = 0; k < inner; k += 2, target += 2 * Columns)
            {
                var pair = k + 1 < inner ? Vector128.Load(source + k) : Vector128.CreateScalar(source[k]);
                var halves = Halve(pair);
                (target[0], target[Columns]) = (halves.GetElement(0), halves.GetElement(1));
                sum += Sse2.Multiply(pair.AsUInt32(), (pair >>> 32).AsUInt32());
            }

            target[0] = Vector128.Sum(sum);
        }
    }

    /// <summary>The low halves of two values, and their high halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<ulong> Halve(Vector128<ulong> pair) => Sse2.Shuffle(pair.AsUInt32(), 0b11_01_10_00).AsUInt64();

    /// <summary>Stores the halves of four pairs, and returns their products of low times high.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<ulong> Halve(Vector256<ulong> x, Vector256<ulong> y, ulong* packed)
    {
        var (highX, highY) = (x >>> 32, y >>> 32);
        Avx2.Blend(x.AsUInt32(), (y << 32).AsUInt32(), 0b10101010).AsUInt64().Store(packed);
        Avx2.Blend(highX.AsUInt32(), y.AsUInt32(), 0b10101010).AsUInt64().Store(packed + Columns);
        return Avx2.Multiply(x.AsUInt32(), highX.AsUInt32()) + Avx2.Multiply(y.AsUInt32(), highY.AsUInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void MultiplyTile(ulong* left, ulong* right, int inner, ulong* result, nint stride, bool accumulate)
    {
        // The result's lines travel while the sums are made.
        Sse.Prefetch0(result);
        Sse.Prefetch0(result + Columns - 1);
        Sse.Prefetch0(result + stride);
        Sse.Prefetch0(result + stride + Columns - 1);

        Vector256<ulong> low00 = default, low01 = default, low10 = default, low11 = default;
        Vector256<uint> cross00 = default, cross01 = default, cross10 = default, cross11 = default;
        for (var pairs = (inner + 1) / 2; pairs > 0; pairs--)
        {
            var b0 = Vector256.Load(right).AsUInt32();
            var b1 = Vector256.Load(right + 4).AsUInt32();
            var a0 = Vector256.Create(left[0]).AsUInt32();
            low00 += Avx2.Multiply(a0, b0);
            low01 += Avx2.Multiply(a0, b1);
            var a1 = Vector256.Create(left[2]).AsUInt32();
            low10 += Avx2.Multiply(a1, b0);
            low11 += Avx2.Multiply(a1, b1);
            var l00 = a0 + b0;
            var l01 = a0 + b1;
            var l10 = a1 + b0;
            var l11 = a1 + b1;

            a0 = Vector256.Create(left[1]).AsUInt32();
            a1 = Vector256.Create(left[3]).AsUInt32();
            b0 = Vector256.Load(right + Columns).AsUInt32();
            cross00 += l00 * (a0 + b0);
            cross10 += l10 * (a1 + b0);
            b1 = Vector256.Load(right + Columns + 4).AsUInt32();
            cross01 += l01 * (a0 + b1);
            cross11 += l11 * (a1 + b1);

            // Half a word further on, the second low halves stand where the multiplication looks.
            b0 = Vector256.Load((uint*)right + 1);
            b1 = Vector256.Load((uint*)right + 9);
            a0 = Vector256.Create(*(ulong*)((uint*)left + 1)).AsUInt32();
            low00 += Avx2.Multiply(a0, b0);
            low01 += Avx2.Multiply(a0, b1);
            a1 = Vector256.Create(*(ulong*)((uint*)left + 5)).AsUInt32();
            low10 += Avx2.Multiply(a1, b0);
            low11 += Avx2.Multiply(a1, b1);
            left += Rows * LeftWordsOfAPair;
            right += 2 * Columns;
        }

        Write(low00, cross00, left[0], right, result, accumulate);
        Write(low01, cross01, left[0], right + 4, result + 4, accumulate);
        Write(low10, cross10, left[1], right, result + stride, accumulate);
        Write(low11, cross11, left[1], right + 4, result + stride + 4, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Write(Vector256<ulong> low, Vector256<uint> cross, ulong rowSum, ulong* columnSums, ulong* result, bool accumulate)
    {
        var halves = cross.AsUInt64();
        low += (halves + (halves >>> 32) - Vector256.Create(rowSum) - Vector256.Load(columnSums)) << 32;
        if (accumulate) low += Vector256.Load(result);
        low.Store(result);
    }
}
