using System.Buffers;
using System.Runtime.Intrinsics.X86;

namespace MpcActors.Ring.Kernels;

/// <summary>Matrix products over Z_2^64, cut into the blocks and tiles of a kernel.</summary>
/// <remarks>
/// A packed right factor is [block of the inner length][panel][<see cref="IMatrixKernel.RightLength"/>]. For each block the left
/// rows are packed into the second-level cache, and each panel, from the first-level cache, meets all of them.
/// </remarks>
static unsafe class BlockedProduct
{
    const int WordsOfALine = 8;
    const int ColumnsPackedTogether = 128;

    public static int PackedLength(IMatrixKernel kernel, int inner, int columns)
    {
        var panels = Panels(kernel, columns);
        var (whole, rest) = Math.DivRem(inner, kernel.Depth);
        return checked(panels * (whole * kernel.RightLength(kernel.Depth) + (rest > 0 ? kernel.RightLength(rest) : 0)));
    }

    public static void PackRight(IMatrixKernel kernel, ulong* source, MatrixStride stride, int inner, int columns, ulong* packed, int workers)
    {
        // Neighbouring panels together, because a row of one is a small part of a page.
        var panels = Panels(kernel, columns);
        var together = Math.Max(1, ColumnsPackedTogether / kernel.TileColumns);
        var groups = (panels + together - 1) / together;
        Share((inner + kernel.Depth - 1) / kernel.Depth * groups, workers, piece =>
        {
            var (block, group) = Math.DivRem(piece, groups);
            var first = block * kernel.Depth;
            var depth = Math.Min(kernel.Depth, inner - first);
            var target = packed + (nint)block * panels * kernel.RightLength(kernel.Depth);
            for (var panel = group * together; panel < Math.Min(panels, (group + 1) * together); panel++)
            {
                var column = panel * kernel.TileColumns;
                kernel.PackRight(
                    source + first * stride.Row + column * stride.Column, stride, depth,
                    Math.Min(kernel.TileColumns, columns - column), target + (nint)panel * kernel.RightLength(depth));
            }
        });
    }

    /// <summary>Writes left · right, or adds it if <paramref name="accumulate"/>; <paramref name="right"/> is packed.</summary>
    public static void Multiply(
        IMatrixKernel kernel, ulong* left, MatrixStride stride, int rows, int inner, ulong* right, int columns,
        ulong* result, nint resultStride, bool accumulate, int workers)
    {
        if (rows == 0 || columns == 0) return;
        var tiles = (rows + kernel.TileRows - 1) / kernel.TileRows;
        var blocks = (rows + kernel.BlockRows - 1) / kernel.BlockRows;

        // As many blocks for one core as for another.
        blocks = Math.Min(tiles, (blocks + workers - 1) / workers * workers);
        Share(blocks, workers, block =>
        {
            var first = (int)((long)tiles * block / blocks) * kernel.TileRows;
            var end = Math.Min(rows, (int)((long)tiles * (block + 1) / blocks) * kernel.TileRows);
            MultiplyRows(
                kernel, left + first * stride.Row, stride, end - first, inner, right, columns,
                result + first * resultStride, resultStride, accumulate);
        });
    }

    static void MultiplyRows(
        IMatrixKernel kernel, ulong* left, MatrixStride stride, int rows, int inner, ulong* right, int columns,
        ulong* result, nint resultStride, bool accumulate)
    {
        var tiles = (rows + kernel.TileRows - 1) / kernel.TileRows;
        var panels = Panels(kernel, columns);
        var rented = ArrayPool<ulong>.Shared.Rent(tiles * kernel.LeftLength(Math.Min(kernel.Depth, inner)));
        fixed (ulong* packed = rented)
        {
            for (var k = 0; k < inner; k += kernel.Depth)
            {
                var depth = Math.Min(kernel.Depth, inner - k);
                var leftLength = kernel.LeftLength(depth);
                var rightLength = kernel.RightLength(depth);
                for (var tile = 0; tile < tiles; tile++)
                {
                    var row = tile * kernel.TileRows;
                    kernel.PackLeft(
                        left + row * stride.Row + k * stride.Column, stride, Math.Min(kernel.TileRows, rows - row), depth,
                        packed + tile * leftLength);
                }

                for (var panel = 0; panel < panels; panel++, right += rightLength)
                {
                    var column = panel * kernel.TileColumns;
                    MultiplyPanel(
                        kernel, packed, leftLength, rows, depth, right, rightLength, Math.Min(kernel.TileColumns, columns - column),
                        result + column, resultStride, accumulate || k > 0);
                }
            }
        }

        ArrayPool<ulong>.Shared.Return(rented);
    }

    static void MultiplyPanel(
        IMatrixKernel kernel, ulong* left, int leftLength, int rows, int depth, ulong* right, int rightLength, int columns,
        ulong* result, nint resultStride, bool accumulate)
    {
        // The next panel is fetched in even portions, one a tile, while this one is in use.
        var tiles = (rows + kernel.TileRows - 1) / kernel.TileRows;
        var portion = (rightLength / tiles + WordsOfALine) / WordsOfALine * WordsOfALine;
        var next = right + rightLength;
        var edge = stackalloc ulong[kernel.TileRows * kernel.TileColumns];
        for (var row = 0; row < rows; row += kernel.TileRows, left += leftLength, result += kernel.TileRows * resultStride, next += portion)
        {
            if (Sse.IsSupported)
                for (var word = 0; word < portion; word += WordsOfALine)
                    Sse.Prefetch1(next + word);

            if (row + kernel.TileRows <= rows && columns == kernel.TileColumns)
            {
                kernel.MultiplyTile(left, right, depth, result, resultStride, accumulate);
                continue;
            }

            kernel.MultiplyTile(left, right, depth, edge, kernel.TileColumns, accumulate: false);
            for (var i = 0; i < Math.Min(kernel.TileRows, rows - row); i++)
                for (var j = 0; j < columns; j++)
                    result[i * resultStride + j] = edge[i * kernel.TileColumns + j] + (accumulate ? result[i * resultStride + j] : 0);
        }
    }

    static int Panels(IMatrixKernel kernel, int columns) => (columns + kernel.TileColumns - 1) / kernel.TileColumns;

    static void Share(int count, int workers, Action<int> body)
    {
        if (workers > 1) Parallelism.For(count, body);
        else
            for (var i = 0; i < count; i++) body(i);
    }
}
