namespace MpcActors.Models;

/// <summary>
/// Standard deviations of activations over the tokens (pooled: over the texts) of public sentences, per dimension: keys and values of
/// each layer, input rows, and the mean before the head. The model owner publishes them, and a prompt's strength is measured in them.
/// </summary>
public sealed record ActivationScales(IReadOnlyList<double[]> Keys, IReadOnlyList<double[]> Values, double[] Inputs, double[] Pooled)
{
    public static ActivationScales Measure(ClearEncoder encoder, TextBatch calibration)
    {
        var trace = encoder.Trace(calibration);
        var layers = encoder.Encoder.Layers;
        return new ActivationScales(
            [.. layers.Select((layer, index) => Deviations(trace.Layers[index].QueryKeyValue, layer.QueryKeyValue.Out, layer.KeysWidth, layer.KeysWidth))],
            [.. layers.Select((layer, index) => Deviations(trace.Layers[index].QueryKeyValue, layer.QueryKeyValue.Out, 2 * layer.KeysWidth, layer.ValuesWidth))],
            Deviations(calibration.Rows, calibration.Width, 0, calibration.Width),
            Deviations(trace.Pooled, encoder.Encoder.Width, 0, encoder.Encoder.Width));
    }

    /// <summary>One scale a parameter of the form, in the form's layout.</summary>
    public double[] For(PromptForm form) => form switch
    {
        PromptForm.KeyValuePrefix => [.. Keys.Zip(Values).SelectMany(layer => Repeat(layer.First, form.Rows).Concat(Repeat(layer.Second, form.Rows)))],
        PromptForm.InputRows or PromptForm.AddedRows => [.. Repeat(Inputs, form.Rows)],
        PromptForm.Shift => Pooled,
        _ => throw new ArgumentException($"{form} is no known prompt form", nameof(form)),
    };

    private static IEnumerable<double> Repeat(double[] row, int times) => Enumerable.Repeat(row, times).SelectMany(copy => copy);

    private static double[] Deviations(double[] rows, int stride, int first, int width)
    {
        var count = rows.Length / stride;
        var result = new double[width];
        for (var column = 0; column < width; column++)
        {
            double sum = 0, squares = 0;
            for (var row = 0; row < count; row++) sum += rows[row * stride + first + column];
            var mean = sum / count;
            for (var row = 0; row < count; row++) squares += Math.Pow(rows[row * stride + first + column] - mean, 2);
            result[column] = Math.Sqrt(squares / count);
        }

        return result;
    }
}
