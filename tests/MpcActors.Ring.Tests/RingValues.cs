namespace MpcActors.Ring.Tests;

/// <summary>Ring values for tests, spread over all 64 bits.</summary>
static class RingValues
{
    public static ulong[] Words(int count, ulong seed = 1)
    {
        var words = new ulong[count];
        new Prg(Seed.FromNumber(seed)).Fill(words.AsSpan(), 0);
        return words;
    }

    public static RingTensor Tensor(int rows, int columns, ulong seed = 1) => RingTensor.Of(new Shape(rows, columns), Words(rows * columns, seed));

    public static ulong[] NaiveProduct(ReadOnlySpan<ulong> left, ReadOnlySpan<ulong> right, int rows, int inner, int columns)
    {
        var result = new ulong[rows * columns];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
                for (var k = 0; k < inner; k++)
                    result[i * columns + j] += left[i * inner + k] * right[k * columns + j];
        return result;
    }

    public static ulong[] Transpose(ReadOnlySpan<ulong> matrix, int rows, int columns)
    {
        var result = new ulong[matrix.Length];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
                result[j * rows + i] = matrix[i * columns + j];
        return result;
    }
}
