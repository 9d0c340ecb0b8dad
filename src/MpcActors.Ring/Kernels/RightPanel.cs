namespace MpcActors.Ring.Kernels;

/// <summary>The layout of a right factor that all kernels share: rows of a panel one after another, zeros where columns are missing.</summary>
static unsafe class RightPanel
{
    const int ColumnsAtOnce = 8;

    public static void Pack(ulong* source, MatrixStride stride, int inner, int columns, ulong* packed, int width)
    {
        if (columns < width) new Span<ulong>(packed, width * inner).Clear();
        if (stride.Column == 1)
        {
            for (var k = 0; k < inner; k++, source += stride.Row, packed += width)
                new ReadOnlySpan<ulong>(source, columns).CopyTo(new(packed, width));
            return;
        }

        // Eight columns at once fill a cache line.
        var column = 0;
        for (; column + ColumnsAtOnce <= columns; column += ColumnsAtOnce, source += ColumnsAtOnce * stride.Column)
        {
            var from = source;
            var target = packed + column;
            var next = stride.Column;
            for (var k = 0; k < inner; k++, from += stride.Row, target += width)
            {
                (target[0], target[1], target[2], target[3]) = (from[0], from[next], from[2 * next], from[3 * next]);
                (target[4], target[5], target[6], target[7]) = (from[4 * next], from[5 * next], from[6 * next], from[7 * next]);
            }
        }

        for (; column < columns; column++, source += stride.Column)
            for (var k = 0; k < inner; k++)
                packed[k * width + column] = source[k * stride.Row];
    }
}
