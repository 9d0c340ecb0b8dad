using MpcActors.Data;
using MpcActors.Models.Private;
using MpcActors.Models.Transformers.Training;
using MpcActors.Protocols;
using MpcActors.Protocols.Hybrid;
using MpcActors.Protocols.Published;
using MpcActors.Protocols.Training;
using MpcActors.Ring;
using Xunit.Abstractions;

namespace MpcActors.Models.Tests;

/// <summary>Each layer's way back on shares against central differences of the same function in the clear, by input and by every tensor.</summary>
/// <remarks>Values and gradients are of the size of one, so a unit of 2^−16 is 1.5e−5 of them.</remarks>
public sealed class LayerGradientTests(ITestOutputHelper output)
{
    const int Width = 6;

    static readonly int[] Lengths = [5, 3];

    /// <summary>|g − g'|/|g|: ours with comparisons in rounds or by keys, and the published suite's.</summary>
    [Theory]
    [InlineData("dense", 1e-4, 2e-4)] // a truncation or two of values of the size of one
    [InlineData("norm", 3e-4, 5e-3)] // inverse roots within 2^−13 (Newton's within 5e−3) that meet the gradient twice
    [InlineData("gelu", 6e-4, 0.06)] // a fit's slope is within 6e−4; SecFormer's is 0.06 off at its break points
    [InlineData("relu", 1e-4, 1e-4)] // the bit is exact
    [InlineData("tanh", 3e-4, 1e-2)] // 1 − y² has twice the error of y, 1.1e−4 (CrypTen's: a few 1e−3), and is small where y is large
    [InlineData("attention", 3e-4, 1e-2)] // softmax within 2^−13 of itself, the exponential by its limit within a few 1e−3
    [InlineData("causal attention", 3e-4, 1e-2)]
    [InlineData("frequencies", 1e-4, 2e-4)]
    [InlineData("random features by states", 1e-3, 2e-3)] // quotients of sums of cosines within 1e−4 each, half cancelled; the published cosine is ours but for a truncation
    [InlineData("random features by weights", 1e-3, 2e-3)]
    [InlineData("causal random features", 1e-3, 2e-3)]
    [InlineData("pooling", 1e-4, 1e-4)] // linear; 1/n has 24 bits
    [InlineData("pooling behind a prompt", 1e-4, 1e-4)]
    [InlineData("unit", 2e-4, 5e-3)] // the inverse root meets the gradient twice, with 16 fraction bits
    [InlineData("words", 1e-4, 2e-4)]
    [InlineData("prompt", 1e-4, 1e-4)]
    [InlineData("answers", 1e-4, 1e-4)]
    public void A_layers_way_back_is_the_slope_of_its_function_and_costs_what_was_planned(string name, double fused, double published)
    {
        foreach (var (suite, bound) in new (Func<ITrainingSuite>, double)[] { (() => new FusedTraining(), fused), (() => new PriFftTraining(), fused), (() => new PublishedTraining(), published) })
        {
            var errors = LayerErrors.Of(Case(name), suite);

            output.WriteLine($"{name}, {suite().Forward.Name}: value {errors.Value:G2}, input {errors.Input:G2}, {string.Join(", ", errors.Tensors.Select(tensor => $"{tensor.Key} {tensor.Value:G2}"))}");
            Assert.Equal(errors.Planned, errors.Cost);
            Assert.InRange(errors.Value, 0, bound);
            Assert.InRange(errors.Largest, 0, bound);
        }
    }

    [Theory]
    [InlineData("relu")]
    [InlineData("tanh")]
    [InlineData("unit")]
    [InlineData("pooling")]
    [InlineData("features")]
    [InlineData("causal_features")]
    public void In_the_clear_the_layers_and_their_ways_back_are_those_of_PyTorch(string name)
    {
        var golden = Safetensors.Read(Path.Combine(AppContext.BaseDirectory, "golden", "layers", "expected.safetensors"));

        var traced = name switch
        {
            "relu" => ClearLayers.Relu(Golden("x")),
            "tanh" => ClearLayers.Tanh(Golden("x")),
            "unit" => ClearLayers.Unit(Golden("x"), Width),
            "pooling" => ClearLayers.Pool(Golden("x"), [0, 5, 8], Width, 0),
            _ => ClearRandomFeatures.Attend(Golden("x"), [0, 5, 11], 2, 4, 3, isCausal: name == "causal_features"),
        };

        foreach (var (expected, actual) in Golden("y").Zip(traced.Value)) Assert.Equal(expected, actual, 1e-5);
        foreach (var (expected, actual) in Golden("dx").Zip(traced.Backward(Golden("g")))) Assert.Equal(expected, actual, 1e-5);

        double[] Golden(string part) => Array.ConvertAll(golden[$"{name}.{part}"].Values, value => (double)value);
    }

    [Fact]
    public void The_way_back_of_a_rectifier_costs_what_is_declared()
    {
        var count = Lengths.Sum() * Width;

        Assert.Equal(Rectification.CostOf(count, truncates: false) + Rectification.CostOfBackward(count), LayerErrors.Of(Case("relu"), () => new FusedTraining()).Cost);
        Assert.Equal(
            Rectification.CostOf(count, truncates: false, byKeys: true) + Rectification.CostOfBackward(count), LayerErrors.Of(Case("relu"), () => new PriFftTraining()).Cost);
        Assert.Equal(SignedSelection.CostOfRelu(count) + SignedSelection.CostOfReluBackward(count), LayerErrors.Of(Case("relu"), () => new PublishedTraining()).Cost);
    }

    static LayerCase Case(string name)
    {
        var rows = Lengths.Sum();
        int[] starts = [0, Lengths[0], rows];
        var x = Numbers.Of(1, rows * Width, 1);
        var shape = new Shape(rows, Width);
        return name switch
        {
            "dense" => new(of => new DenseLayer(of("map.weight"), of("map.bias")), (clear, v) => clear.Dense("map", v, Width, 5).Value, x, shape, Lengths,
                ("map.weight", Numbers.Of(2, Width * 5, 0.5), new(Width, 5)), ("map.bias", Numbers.Of(3, 5, 0.5), Shape.Vector(5))),
            "norm" => new(of => new NormLayer(of("norm.scale"), of("norm.bias"), 1e-5), (clear, v) => clear.Norm("norm", v, Width, 1e-5).Value, x, shape, Lengths,
                ("norm.scale", Numbers.Of(4, Width, 0.2, 1), Shape.Vector(Width)), ("norm.bias", Numbers.Of(5, Width, 0.2), Shape.Vector(Width))),
            "gelu" => new(_ => new GeluLayer(), (_, v) => ClearLayers.Gelu(v).Value, x, shape, Lengths),
            "relu" => new(_ => new ReluLayer(), (_, v) => ClearLayers.Relu(v).Value, x, shape, Lengths),
            "tanh" => new(_ => new TanhLayer(), (_, v) => ClearLayers.Tanh(v).Value, x, shape, Lengths),
            "attention" or "causal attention" => new(
                _ => new AttentionLayer(new(Width, Width, 2, 3, 3, 1, false, 1e-5) { IsCausal = name != "attention" }),
                (_, v) => ClearLayers.Attention(v, starts, 2, 3, name != "attention").Value, Numbers.Of(6, rows * 18, 1), new(rows, 18), Lengths),
            "frequencies" => new(of => new FrequencyLayer(Features(4), of("omega")), (clear, v) => clear.Frequencies("omega", v, 2, 3, 4).Value, Numbers.Of(6, rows * 18, 1), new(rows, 18), Lengths,
                ("omega", Numbers.Of(10, 6 * 4, 0.3), new(6, 4))),
            "random features by states" => OfFeatures(2, false),
            "random features by weights" => OfFeatures(8, false),
            "causal random features" => OfFeatures(5, true),
            "pooling" => new(_ => new PoolingLayer(0), (_, v) => ClearLayers.Pool(v, starts, Width, 0).Value, x, shape, Lengths),
            "pooling behind a prompt" => new(_ => new PoolingLayer(2), (_, v) => ClearLayers.Pool(v, starts, Width, 2).Value, x, shape, Lengths),
            "unit" => new(_ => new UnitLayer(), (_, v) => ClearLayers.Unit(v, Width).Value, x, shape, Lengths),
            "words" => new(of => new WordLayer(of("words"), of("positions"), 1, null, 2), Embedded, OneHot(rows), new(rows, 7), Lengths,
                ("words", Numbers.Of(7, 7 * Width, 0.5), new(7, Width)), ("positions", Numbers.Of(8, 6 * Width, 0.5), new(6, Width))) { InputBits = 0, IsFirst = true },
            "prompt" => new(of => new PromptLayer(of("prompt")), Prompted, x, shape, [.. Lengths.Select(length => length + 2)], ("prompt", Numbers.Of(9, 2 * Width, 1), new(2, Width))),
            "answers" => new(_ => new AnswerRows(), (_, v) => ClearLayers.Rows(v, Width, [2, Lengths[0] + 1]).Value, x, shape, Lengths) { Answers = [2, 1] },
            _ => throw new ArgumentException(name),
        };
    }

    static LayerOutline Features(int count) => new(Width, Width, 2, count, 3, 1, false, 1e-5);

    /// <summary>Phases within a tenth of a turn, so that no denominator is far below one; the order of the products follows from how many features there are.</summary>
    static LayerCase OfFeatures(int count, bool isCausal)
    {
        int[] lengths = [5, 6];
        var width = 2 * (2 * count + 3);
        var x = Numbers.Of(11, 11 * width, 0.1);
        for (var i = 0; i < x.Length; i++)
            if (i % width >= 4 * count) x[i] *= 10;
        Assert.Equal(count == 2, LinearRandomFeatureAttention.IsCheaper(Features(count), new(lengths, 1)));
        return new(
            _ => new RandomFeatureLayer(Features(count) with { IsCausal = isCausal }), (_, v) => ClearRandomFeatures.Attend(v, [0, 5, 11], 2, count, 3, isCausal).Value, x, new(11, width), lengths);
    }

    static double[] OneHot(int rows)
    {
        var result = new double[rows * 7];
        for (var row = 0; row < rows; row++) result[row * 7 + row * row % 7] = 1;
        return result;
    }

    static double[] Embedded(ClearLayers clear, double[] tokens)
    {
        var (words, positions) = (clear.Tensor("words"), clear.Tensor("positions"));
        var result = new double[tokens.Length / 7 * Width];
        for (var i = 0; i < result.Length; i++)
        {
            var row = i / Width;
            for (var token = 0; token < 7; token++) result[i] += 2 * tokens[row * 7 + token] * words[token * Width + i % Width];
            result[i] += positions[((row < Lengths[0] ? row : row - Lengths[0]) + 1) * Width + i % Width];
        }

        return result;
    }

    static double[] Prompted(ClearLayers clear, double[] rows) =>
        [.. clear.Tensor("prompt"), .. rows[..(Lengths[0] * Width)], .. clear.Tensor("prompt"), .. rows[(Lengths[0] * Width)..]];
}
