namespace MpcActors.Models.Clear.Training;

/// <summary>Queries and keys as the attention multiplies them: themselves, or cosines and sines of t = x_h Ω_h for each head h.</summary>
/// <param name="omega">[heads, head width, D] in radians; null takes queries and keys as they are.</param>
internal sealed class FeatureMap(TrainableTensor? omega, int heads, int headWidth)
{
    private readonly int frequencies = omega?.Shape[2] ?? 0;

    /// <summary>Numbers of one head after the map.</summary>
    public int Width => omega is null ? headWidth : 2 * frequencies;

    /// <summary>A head's columns of <paramref name="x"/> begin at <paramref name="first"/> + head·headWidth. The result is [rows, heads·Width].</summary>
    public float[] Forward(SingleMatrix x, int first)
    {
        if (omega is null)
        {
            var copy = new float[x.Rows * heads * headWidth];
            for (var row = 0; row < x.Rows; row++)
                x.Values.AsSpan(row * x.RowStride + first, heads * headWidth).CopyTo(copy.AsSpan(row * heads * headWidth));
            return copy;
        }

        var phases = new float[x.Rows * heads * frequencies];
        for (var head = 0; head < heads; head++) SingleProduct.Multiply(Head(x, first, head), Omega(omega.Value, head), Phases(phases, head));
        return Features(phases);
    }

    /// <summary>[cos t, sin t] for each head's phases t.</summary>
    private float[] Features(float[] phases)
    {
        var features = new float[2 * phases.Length];
        SingleRows.Share(phases.Length / frequencies, (from, count) =>
        {
            for (var part = from; part < from + count; part++)
                for (var i = 0; i < frequencies; i++)
                {
                    var (sin, cos) = MathF.SinCos(phases[part * frequencies + i]);
                    features[2 * part * frequencies + i] = cos;
                    features[(2 * part + 1) * frequencies + i] = sin;
                }
        });
        return features;
    }

    /// <summary>d/dt of [cos t, sin t].</summary>
    private float[] ByPhases(float[] features, float[] gradients)
    {
        var phases = new float[features.Length / 2];
        SingleRows.Share(phases.Length / frequencies, (from, count) =>
        {
            for (var part = from; part < from + count; part++)
                for (var i = 0; i < frequencies; i++)
                {
                    var (cos, sin) = (2 * part * frequencies + i, (2 * part + 1) * frequencies + i);
                    phases[part * frequencies + i] = features[cos] * gradients[sin] - features[sin] * gradients[cos];
                }
        });
        return phases;
    }

    /// <summary>Writes the gradient by the columns that <see cref="Forward"/> read over those of <paramref name="dx"/>, and adds to that by Ω.</summary>
    public void Backward(SingleMatrix x, int first, float[] features, float[] gradients, SingleMatrix dx)
    {
        if (omega is null)
        {
            for (var row = 0; row < x.Rows; row++)
                gradients.AsSpan(row * heads * headWidth, heads * headWidth).CopyTo(dx.Values.AsSpan(row * dx.RowStride + first));
            return;
        }

        var phases = ByPhases(features, gradients);
        for (var head = 0; head < heads; head++)
        {
            SingleProduct.Multiply(Phases(phases, head), Omega(omega.Value, head).Transposed, Head(dx, first, head));
            if (omega.IsTrained) SingleProduct.Multiply(Head(x, first, head).Transposed, Phases(phases, head), Omega(omega.Gradient, head), accumulate: true);
        }
    }

    private SingleMatrix Head(SingleMatrix x, int first, int head) => x.Slice(first + head * headWidth, headWidth);

    private SingleMatrix Phases(float[] phases, int head) => new SingleMatrix(phases, heads * frequencies).Slice(head * frequencies, frequencies);

    private SingleMatrix Omega(float[] values, int head) => new(values, headWidth, frequencies, head * headWidth * frequencies, frequencies, 1);
}
