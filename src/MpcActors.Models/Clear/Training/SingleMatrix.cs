namespace MpcActors.Models.Clear.Training;

/// <summary>Where a matrix of single-precision numbers lies: element (i, j) is Values[Offset + i·RowStride + j·ColumnStride].</summary>
internal readonly record struct SingleMatrix(float[] Values, int Rows, int Columns, int Offset, int RowStride, int ColumnStride)
{
    /// <summary>Row-major and all of it.</summary>
    public SingleMatrix(float[] values, int columns)
        : this(values, values.Length / columns, columns, 0, columns, 1)
    {
    }

    public SingleMatrix Transposed => new(Values, Columns, Rows, Offset, ColumnStride, RowStride);

    public SingleMatrix Slice(int firstColumn, int count) => this with { Columns = count, Offset = Offset + firstColumn * ColumnStride };
}
