namespace MpcActors.Models.Clear.Training;

/// <summary>The mean over a text's rows, and the division by the length of a vector, each with its way back.</summary>
internal static class Pooling
{
    public static float[] Forward(float[] x, int[] lengths)
    {
        var width = x.Length / lengths.Sum();
        var pooled = new float[lengths.Length * width];
        for (int text = 0, row = 0; text < lengths.Length; row += lengths[text], text++)
        {
            var mean = pooled.AsSpan(text * width, width);
            for (var i = 0; i < lengths[text]; i++) SingleRows.AddScaled(mean, x.AsSpan((row + i) * width, width), 1);
            foreach (ref var value in mean) value /= lengths[text];
        }

        return pooled;
    }

    public static float[] Backward(float[] dy, int[] lengths, int width)
    {
        var dx = new float[lengths.Sum() * width];
        for (int text = 0, row = 0; text < lengths.Length; row += lengths[text], text++)
            for (var i = 0; i < lengths[text]; i++)
                SingleRows.AddScaled(dx.AsSpan((row + i) * width, width), dy.AsSpan(text * width, width), 1f / lengths[text]);
        return dx;
    }

    public static float[] Unit(float[] rows, int width)
    {
        var result = new float[rows.Length];
        for (var at = 0; at < rows.Length; at += width)
        {
            var row = rows.AsSpan(at, width);
            SingleRows.AddScaled(result.AsSpan(at, width), row, 1 / MathF.Sqrt(SingleRows.Dot(row, row)));
        }

        return result;
    }

    /// <summary>(g − u(u·g))/|x| for the unit vector u of x.</summary>
    public static float[] UnitBackward(float[] rows, float[] units, float[] gradients, int width)
    {
        var result = new float[rows.Length];
        for (var at = 0; at < rows.Length; at += width)
        {
            var row = rows.AsSpan(at, width);
            var unit = units.AsSpan(at, width);
            var gradient = gradients.AsSpan(at, width);
            var (inverse, along) = (1 / MathF.Sqrt(SingleRows.Dot(row, row)), SingleRows.Dot(unit, gradient));
            for (var i = 0; i < width; i++) result[at + i] = (gradient[i] - unit[i] * along) * inverse;
        }

        return result;
    }
}
