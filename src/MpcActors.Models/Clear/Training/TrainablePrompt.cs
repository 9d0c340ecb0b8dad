namespace MpcActors.Models.Clear.Training;

/// <summary>A prompt whose numbers are trained themselves, in the units of <see cref="Prompt"/>.</summary>
public sealed class TrainablePrompt
{
    private readonly TrainablePrefix[]? prefixes;

    /// <param name="encoder">Whose prompt it is.</param>
    public TrainablePrompt(Prompt start, Encoder encoder)
    {
        prefixes = start.Prefixes is null
            ? null
            :
            [
                .. start.Prefixes.Select((prefix, layer) => new TrainablePrefix(
                    Tensor($"prompt.{layer}.keys", prefix.Keys, encoder.Layers[layer].KeysWidth),
                    Tensor($"prompt.{layer}.values", prefix.Values, encoder.Layers[layer].ValuesWidth),
                    prefix.Values.Length / encoder.Layers[layer].ValuesWidth)),
            ];
        Rows = start.Rows is null ? null : Tensor("prompt.rows", start.Rows, encoder.InputWidth);
        Shift = start.Shift is null ? null : Tensor("prompt.shift", start.Shift, encoder.Width);
    }

    public IReadOnlyList<TrainableTensor> Tensors =>
    [
        .. (prefixes ?? []).SelectMany(prefix => new[] { prefix.Keys, prefix.Values }),
        .. new[] { Rows, Shift }.OfType<TrainableTensor>(),
    ];

    internal TrainableTensor? Rows { get; }

    internal TrainableTensor? Shift { get; }

    internal TrainablePrefix? Prefix(int layer) => prefixes?[layer];

    /// <summary>As the clear and the private pass take it.</summary>
    public Prompt ToPrompt() => new(prefixes is null ? null : [.. prefixes.Select(prefix => new Prefix(Double(prefix.Keys)!, Double(prefix.Values)!))], Double(Rows), Double(Shift));

    private static TrainableTensor Tensor(string name, double[] values, int width) =>
        new(name, Array.ConvertAll(values, value => (float)value), [width == 0 ? 0 : values.Length / width, width]) { IsTrained = true };

    private static double[]? Double(TrainableTensor? tensor) => tensor is null ? null : Array.ConvertAll(tensor.Value, value => (double)value);
}
