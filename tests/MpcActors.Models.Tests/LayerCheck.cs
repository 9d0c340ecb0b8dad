using MpcActors.Models.Private;
using MpcActors.Models.Transformers.Training;
using MpcActors.Protocols;
using MpcActors.Protocols.Training;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Models.Tests;

/// <summary>One layer with numbers to try it on, on shares and in the clear.</summary>
/// <param name="Build">The layer, whose tensors are made by what it is given.</param>
/// <param name="Clear">The same function in the clear.</param>
/// <param name="Tensors">Values of the layer's tensors, with their shapes.</param>
internal sealed record LayerCase(
    Func<Func<string, Parameter>, ILayer> Build, Func<ClearLayers, double[], double[]> Clear, double[] Input, Shape Shape, int[] Lengths,
    params (string Name, double[] Values, Shape Shape)[] Tensors)
{
    public int[] Answers { get; init; } = new int[Lengths.Length];

    public int InputBits { get; init; } = FixedPoint.FractionBits;

    /// <summary>A model's first layer, whose input is the data owner's: no gradient by that is made, and what is handed back is the gradient by the rows that leave it.</summary>
    public bool IsFirst { get; init; }
}

/// <summary>Relative errors |g − g'|/|g| of what a layer gives on shares, against central differences of the same function in the clear.</summary>
internal sealed record LayerErrors(double Value, double Input, IReadOnlyDictionary<string, double> Tensors, Cost Cost, Cost Planned)
{
    const double Step = 1e-5;

    public static LayerErrors Of(LayerCase layer, Func<ITrainingSuite> suite)
    {
        var clear = layer.Clear(ClearOf(layer, null, []), layer.Input);
        var gradient = Numbers.Of(77, clear.Length, 1);
        var inputs = layer.Tensors.Select(tensor => TwoParty.Encode(tensor.Values, tensor.Shape, suite().ParameterBits))
            .Append(TwoParty.Encode(layer.Input, layer.Shape, layer.InputBits)).Append(TwoParty.Encode(gradient)).ToArray();
        var run = TwoParty.Run(Seed.FromNumber(9), inputs, async (party, shares) =>
        {
            var parameters = layer.Tensors.Select((tensor, i) => new Parameter(tensor.Name, shares[i], isTrained: true)).ToArray();
            var built = layer.Build(name => parameters.Single(parameter => parameter.Name == name));
            var sequences = new Sequences(layer.Lengths, 1);
            await Parameter.Open(party, suite(), [built]);
            var traced = await built.Forward(new PassContext(party, suite(), sequences, [.. layer.Answers.Select((answer, text) => sequences.Starts[text] + answer)]), shares[^2]);
            var back = await traced.Backward(shares[^1].Reshape(traced.Value.Shape));
            return [traced.Value, back, .. parameters.Select(parameter => parameter.Gradient!)];
        });

        double Along(double[] values) => values.Zip(gradient, (y, g) => y * g).Sum();
        var ofInput = layer.IsFirst ? gradient : Differences(layer.Input, x => Along(layer.Clear(ClearOf(layer, null, []), x)));
        return new(
            Error(clear, run.DecodedAt(0)), Error(ofInput, run.DecodedAt(1)),
            layer.Tensors.Select((tensor, i) => (tensor.Name, Error(Differences(tensor.Values, values => Along(layer.Clear(ClearOf(layer, tensor.Name, values), layer.Input))), run.DecodedAt(i + 2))))
                .ToDictionary(one => one.Name, one => one.Item2),
            run.Cost, run.Planned);
    }

    public double Largest => Tensors.Values.Append(Input).Max();

    /// <summary>The tensors as they are, but for one.</summary>
    static ClearLayers ClearOf(LayerCase layer, string? changed, double[] values) =>
        new(name => name == changed ? values : layer.Tensors.Single(tensor => tensor.Name == name).Values);

    static double[] Differences(double[] at, Func<double[], double> function) => [.. Enumerable.Range(0, at.Length).Select(i =>
    {
        double With(double step)
        {
            var moved = at.ToArray();
            moved[i] += step;
            return function(moved);
        }

        return (With(Step) - With(-Step)) / (2 * Step);
    })];

    static double Error(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        return Math.Sqrt(expected.Zip(actual, (x, y) => (x - y) * (x - y)).Sum() / Math.Max(1e-12, expected.Sum(x => x * x)));
    }
}

/// <summary>Seeded normal numbers.</summary>
internal static class Numbers
{
    public static double[] Of(ulong stream, int count, double deviation, double mean = 0)
    {
        var numbers = new double[count];
        Data.CounterGaussian.Fill(31, stream, numbers);
        return Array.ConvertAll(numbers, number => mean + deviation * number);
    }
}
