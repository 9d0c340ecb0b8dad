namespace MpcActors.Ring.Kernels;

/// <summary>The layout of a right factor that all kernels share: rows of a panel one after another, zeros where columns are missing.</summary>
static unsafe class RightPanel
{
    public static void Pack(ulong* source, MatrixStride stride, int inner, int columns, ulong* packed, int width)
    {
        if (columns < width) new Span<ulong>(packed, width * inner).Clear();
        if (stride.Column == 1)
        {
            for (var k = 0; k < inner; k++, source += stride.Row, packed += width)
                new ReadOnlySpan<ulong>(source, columns).CopyTo(new(packed, width));
            return;
        }

        for (var column = 0; column < columns; column++, source += stride.Column)
            for (var k = 0; k < inner; k++)
                packed[k * width + column] = source[k * stride.Row];
    }
}
