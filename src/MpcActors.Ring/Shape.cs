namespace MpcActors.Ring;

/// <summary>Rows and columns of a tensor stored row by row. A vector is one row.</summary>
public readonly record struct Shape
{
    public Shape(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        (Rows, Columns) = (rows, columns);
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <exception cref="OverflowException">More values than an array can hold.</exception>
    public int Count => checked(Rows * Columns);

    /// <summary>The same for shapes that are only planned.</summary>
    public long PlannedCount => (long)Rows * Columns;

    /// <summary>A vector of <paramref name="count"/> values.</summary>
    public static Shape Vector(int count) => new(1, count);

    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static void RequireEqual(Shape left, Shape right)
    {
        if (left != right) throw new ArgumentException($"shapes {left} and {right} differ");
    }

    public override string ToString() => $"{Rows}×{Columns}";
}
