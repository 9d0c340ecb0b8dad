using MpcActors.Data;
using MpcActors.Data.Transformers;
using MpcActors.Models.Clear;
using Xunit.Abstractions;

namespace MpcActors.Models.Tests;

/// <summary>The gradients that tests/tools/make_golden.py wrote are those of our own pass: a step along them changes its loss as they say.</summary>
public sealed class GoldenGradientTests(ITestOutputHelper output) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mpc-actors-").FullName;

    public void Dispose() => Directory.Delete(folder, true);

    [Theory]
    [InlineData("roberta")]
    [InlineData("bert")]
    [InlineData("gpt2")]
    public void A_step_along_the_parameters_gradient_changes_the_loss_by_its_square(string name)
    {
        var golden = Path.Combine(AppContext.BaseDirectory, "golden", name);
        var expected = Safetensors.Read(Path.Combine(golden, "expected.safetensors"));
        var gradients = Safetensors.Read(Path.Combine(golden, "gradients.safetensors"));
        string[] parameters = [.. gradients.Keys.Except(["inputs_embeds", "embedding"])];
        File.Copy(Path.Combine(golden, "config.json"), Path.Combine(folder, "config.json"));
        using var file = new SafetensorsFile(Path.Combine(golden, "model.safetensors"));

        Assert.Equal(expected["loss"].Values[0], Loss(0, parameters), 1e-6);
        foreach (var group in parameters.GroupBy(parameter => parameter.Split('.')[^2]))
            Check(group.Key, [.. group]);
        Check("all", parameters);

        void Check(string what, string[] names)
        {
            var square = names.Sum(parameter => gradients[parameter].Values.Sum(value => (double)value * value));
            // The step changes the loss by about 0.01: far above the rounding of float32, and short enough for a straight line.
            var step = 0.01 / square;
            var slope = (Loss(step, names) - Loss(-step, names)) / (2 * step);
            output.WriteLine($"{name} {what}: |g|² = {square:G4}, the slope is {slope / square:F5} of it");
            Assert.InRange(slope / square, 0.999, 1.001);
        }

        double Loss(double step, string[] names)
        {
            var tensors = parameters.ToDictionary(parameter => parameter, parameter => new FloatTensor(file.Read(parameter), [.. file.ShapeOf(parameter)!]));
            foreach (var parameter in names)
                for (var i = 0; i < tensors[parameter].Values.Length; i++) tensors[parameter].Values[i] += (float)(step * gradients[parameter].Values[i]);
            using (var stream = File.Create(Path.Combine(folder, "model.safetensors"))) Safetensors.Write(stream, tensors);
            using var weights = new HuggingFaceFolder(folder);
            var model = new ClearTransformer(weights);
            return CrossEntropy(model, expected, [.. Texts(expected).SelectMany(model.Embed)]);
        }
    }

    [Theory]
    [InlineData("roberta")]
    [InlineData("bert")]
    [InlineData("gpt2")]
    public void A_step_along_the_embeddings_gradient_changes_the_loss_by_its_square(string name)
    {
        var golden = Path.Combine(AppContext.BaseDirectory, "golden", name);
        var expected = Safetensors.Read(Path.Combine(golden, "expected.safetensors"));
        var gradient = Safetensors.Read(Path.Combine(golden, "gradients.safetensors"))["embedding"].Values;
        using var weights = new HuggingFaceFolder(golden);
        var model = new ClearTransformer(weights);
        var embedding = Texts(expected).SelectMany(model.Embed).ToArray();

        var square = gradient.Sum(value => (double)value * value);
        var step = 1e-4 / square;
        double Loss(double along) => CrossEntropy(model, expected, [.. embedding.Zip(gradient, (x, g) => x + along * g)]);
        Assert.InRange((Loss(step) - Loss(-step)) / (2 * step) / square, 0.9999, 1.0001);
    }

    private static IEnumerable<int[]> Texts(IReadOnlyDictionary<string, FloatTensor> expected) =>
        Enumerable.Range(0, 3).Select(text => Integers(expected[$"tokens.{text}"]));

    private static double CrossEntropy(ClearTransformer model, IReadOnlyDictionary<string, FloatTensor> expected, double[] hidden)
    {
        int[] lengths = [.. Texts(expected).Select(text => text.Length)];
        for (var layer = 0; layer < model.Config.Layers; layer++) hidden = model.Layer(layer, hidden, lengths);
        var width = model.Config.Width;
        return Integers(expected["positions"]).Zip(Integers(expected["targets"]), (row, target) =>
        {
            var logits = model.Head(hidden[(row * width)..((row + 1) * width)]);
            return Math.Log(logits.Sum(Math.Exp)) - logits[target];
        }).Average();
    }

    private static int[] Integers(FloatTensor tensor) => Array.ConvertAll(tensor.Values, value => (int)value);
}
