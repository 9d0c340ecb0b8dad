using MpcActors.Models.Clear;

namespace MpcActors.Models.Transformers.Training;

/// <summary>Matrix products in double precision, fast enough for a model of some million weights. A sum is added up in the order of a plain loop, whatever the cores.</summary>
static class ClearProducts
{
    /// <summary>Columns of a matrix that one work item transposes.</summary>
    const int Together = 16;

    /// <summary>result += left · right, [rows, inner] and [inner, columns].</summary>
    public static void Add(double[] left, double[] right, double[] result, int inner, int columns) => new PackedAffine(right, inner, columns).AddInParallel(left, result);

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
