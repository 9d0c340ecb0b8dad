namespace MpcActors.Ring;

/// <summary>Where a matrix lies in a tensor: its first element, and the distance from row to row.</summary>
public readonly record struct MatrixView(int Offset, int Stride, int Rows, int Columns)
{
    /// <exception cref="ArgumentException">The matrix does not lie within <paramref name="length"/> words.</exception>
    internal void RequireWithin(int length)
    {
        var fits = Rows >= 0 && Columns >= 0 && Offset >= 0 && Stride >= 0
            && (Rows == 0 || Columns == 0 || Offset + (Rows - 1) * (long)Stride + Columns <= length);
        if (!fits) throw new ArgumentException($"{this} does not lie within {length} values");
    }
}
