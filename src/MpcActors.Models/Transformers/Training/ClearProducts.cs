using System.Numerics.Tensors;

namespace MpcActors.Models.Transformers.Training;

/// <summary>Matrix products in double precision, fast enough for a model of some million weights. A sum is added up in the order of a plain loop, whatever the cores.</summary>
static class ClearProducts
{
    /// <summary>Rows of the result that one work item takes: they stay in the second-level cache while a row of the right factor is added to each.</summary>
    const int Together = 16;

    /// <summary>result += left · right, [rows, inner] and [inner, columns].</summary>
    public static void Add(double[] left, double[] right, double[] result, int rows, int inner, int columns) => Parallel.For(0, (rows + Together - 1) / Together, block =>
    {
        for (var i = 0; i < inner; i++)
        {
            var factor = right.AsSpan(i * columns, columns);
            for (var r = block * Together; r < Math.Min(rows, (block + 1) * Together); r++)
            {
                var sum = result.AsSpan(r * columns, columns);
                TensorPrimitives.MultiplyAdd(factor, left[r * inner + i], sum, sum);
            }
        }
    });

    public static double[] Transposed(double[] values, int rows, int columns)
    {
        var result = new double[values.Length];
        Parallel.For(0, (columns + Together - 1) / Together, block =>
        {
            for (var r = 0; r < rows; r++)
                for (var c = block * Together; c < Math.Min(columns, (block + 1) * Together); c++) result[c * rows + r] = values[r * columns + c];
        });
        return result;
    }
}
