using System.Buffers;

namespace MpcActors.Models.Clear.Training;

/// <summary>
/// Matrix products in single precision. Every element of a result is one chain of fused multiply-adds over the inner dimension in its
/// order, whatever the vector width, the blocking or the number of threads: cores share out blocks of the result, never a sum.
/// </summary>
internal static unsafe class SingleProduct
{
    // A panel of 16 columns and 256 inner rows is 16 kB and stays in the first-level cache; 96 rows beside it stay in the second.
    private const int Depth = 256;
    private const int BlockRows = 96;
    private const int BlockPanels = 8;

    // Below so many multiplications a hand-over to another core costs more than it saves.
    private const long Small = 1 << 17;

    /// <summary><paramref name="c"/> = (<paramref name="accumulate"/> ? c : 0) + a·b; c lies row by row.</summary>
    public static void Multiply(SingleMatrix a, SingleMatrix b, SingleMatrix c, bool accumulate = false)
    {
        if (a.Columns != b.Rows || a.Rows != c.Rows || b.Columns != c.Columns || c.ColumnStride != 1)
            throw new ArgumentException($"a product of [{a.Rows}, {a.Columns}] and [{b.Rows}, {b.Columns}] into [{c.Rows}, {c.Columns}]");
        if (c.Rows == 0 || c.Columns == 0) return;
        var inner = a.Columns;
        var (rowPanels, columnPanels) = (Panels(a.Rows, SingleTile.Rows), Panels(b.Columns, SingleTile.Columns));
        var left = ArrayPool<float>.Shared.Rent(rowPanels * SingleTile.Rows * inner);
        var right = ArrayPool<float>.Shared.Rent(columnPanels * SingleTile.Columns * inner);
        var isSmall = (long)a.Rows * b.Columns * inner < Small;

        var leftBlocks = Panels(rowPanels, BlockRows / SingleTile.Rows);
        var rightBlocks = Panels(columnPanels, BlockPanels);
        Share(isSmall, leftBlocks + rightBlocks, block =>
        {
            if (block < leftBlocks) Pack(a, left, SingleTile.Rows, block * (BlockRows / SingleTile.Rows), BlockRows / SingleTile.Rows);
            else Pack(b.Transposed, right, SingleTile.Columns, (block - leftBlocks) * BlockPanels, BlockPanels);
        });
        Share(isSmall, leftBlocks * rightBlocks, block => Block(left, right, c, inner, block % leftBlocks * BlockRows, block / leftBlocks * BlockPanels, accumulate));

        ArrayPool<float>.Shared.Return(left);
        ArrayPool<float>.Shared.Return(right);
    }

    private static int Panels(int count, int size) => (count + size - 1) / size;

    private static void Share(bool isSmall, int count, Action<int> body)
    {
        if (isSmall || count == 1)
            for (var i = 0; i < count; i++) body(i);
        else
            Parallel.For(0, count, body);
    }

    /// <summary>Panels of <paramref name="size"/> rows, inner index by inner index; what the last panel lacks is zero.</summary>
    private static void Pack(SingleMatrix source, float[] packed, int size, int first, int count)
    {
        var inner = source.Columns;
        for (var panel = first; panel < first + count && panel * size < source.Rows; panel++)
        {
            var rows = Math.Min(size, source.Rows - panel * size);
            var target = packed.AsSpan(panel * size * inner, size * inner);
            if (rows < size) target.Clear();
            var from = source.Offset + panel * size * source.RowStride;
            if (source.RowStride == 1)
            {
                for (var k = 0; k < inner; k++) source.Values.AsSpan(from + k * source.ColumnStride, rows).CopyTo(target[(k * size)..]);
                continue;
            }

            for (var i = 0; i < rows; i++)
            {
                fixed (float* to = target, numbers = source.Values)
                {
                    var at = numbers + from + i * source.RowStride;
                    for (var k = 0; k < inner; k++) to[k * size + i] = at[k * source.ColumnStride];
                }
            }
        }
    }

    private static void Block(float[] left, float[] right, SingleMatrix c, int inner, int firstRow, int firstPanel, bool accumulate)
    {
        var aside = stackalloc float[SingleTile.Rows * SingleTile.Columns];
        var lastRow = Math.Min(firstRow + BlockRows, c.Rows);
        var lastColumn = Math.Min((firstPanel + BlockPanels) * SingleTile.Columns, c.Columns);
        fixed (float* a = left, b = right, result = c.Values)
        {
            for (var first = 0; first < inner || first == 0; first += Depth)
            {
                var depth = Math.Min(Depth, inner - first);
                for (var column = firstPanel * SingleTile.Columns; column < lastColumn; column += SingleTile.Columns)
                    for (var row = firstRow; row < lastRow; row += SingleTile.Rows)
                    {
                        var x = a + (long)row * inner + first * SingleTile.Rows;
                        var panel = b + (long)column * inner + first * SingleTile.Columns;
                        var target = result + c.Offset + (long)row * c.RowStride + column;
                        var (rows, columns) = (Math.Min(SingleTile.Rows, c.Rows - row), Math.Min(SingleTile.Columns, c.Columns - column));
                        if (rows == SingleTile.Rows && columns == SingleTile.Columns)
                        {
                            SingleTile.Add(x, panel, depth, target, c.RowStride, accumulate || first > 0);
                            continue;
                        }

                        // An edge goes through a full tile aside.
                        if (accumulate || first > 0)
                            for (var i = 0; i < rows; i++) new Span<float>(target + (long)i * c.RowStride, columns).CopyTo(new Span<float>(aside + i * SingleTile.Columns, columns));
                        SingleTile.Add(x, panel, depth, aside, SingleTile.Columns, accumulate || first > 0);
                        for (var i = 0; i < rows; i++) new Span<float>(aside + i * SingleTile.Columns, columns).CopyTo(new Span<float>(target + (long)i * c.RowStride, columns));
                    }
            }
        }
    }
}
