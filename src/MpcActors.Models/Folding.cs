using MpcActors.Data;

namespace MpcActors.Models;

/// <summary>Maps put together in the clear, so that fewer are left to do on shares.</summary>
static class Folding
{
    public static Affine Double(DenseWeights dense) =>
        new(Array.ConvertAll(dense.Weight, weight => (double)weight), Array.ConvertAll(dense.Bias, bias => (double)bias), dense.In, dense.Out);

    /// <summary>n·diag(γ)W + βW + b for the normalised n that the norm would scale; the map itself where there is no norm.</summary>
    public static Affine Fold(NormWeights? norm, DenseWeights dense)
    {
        var result = Double(dense);
        if (norm is null) return result;
        for (var i = 0; i < dense.In; i++)
        {
            var row = result.Weight.AsSpan(i * dense.Out, dense.Out);
            for (var j = 0; j < dense.Out; j++)
            {
                result.Bias[j] += norm.Bias[i] * row[j];
                row[j] *= norm.Scale[i];
            }
        }

        return result;
    }

    public static Affine Scale(Affine map, double factor) =>
        new(Array.ConvertAll(map.Weight, weight => weight * factor), Array.ConvertAll(map.Bias, bias => bias * factor), map.In, map.Out);

    public static Affine AddToBias(Affine map, float[]? addend) => addend is null
        ? map
        : new(map.Weight, [.. map.Bias.Zip(addend, (bias, more) => bias + more)], map.In, map.Out);

    /// <summary>Maps of one input side by side.</summary>
    public static Affine Join(params ReadOnlySpan<Affine> maps)
    {
        var width = 0;
        foreach (var map in maps) width += map.Out;
        var weight = new double[maps[0].In * width];
        var bias = new double[width];
        var first = 0;
        foreach (var map in maps)
        {
            for (var row = 0; row < map.In; row++) map.Weight.AsSpan(row * map.Out, map.Out).CopyTo(weight.AsSpan(row * width + first));
            map.Bias.CopyTo(bias, first);
            first += map.Out;
        }

        return new(weight, bias, maps[0].In, width);
    }

    /// <summary>The map to some rows of a decoder [vocabulary, width].</summary>
    public static DenseWeights Rows(float[] decoder, float[]? bias, int[] rows, int width)
    {
        var weight = new float[width * rows.Length];
        for (var row = 0; row < rows.Length; row++)
            for (var i = 0; i < width; i++) weight[i * rows.Length + row] = decoder[(long)rows[row] * width + i];
        return new(weight, Array.ConvertAll(rows, row => bias?[row] ?? 0), width, rows.Length);
    }
}
