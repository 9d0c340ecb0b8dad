using MpcActors.Data;
using MpcActors.Models.Clear.Distillation;
using MpcActors.Models.Clear.Training;

namespace MpcActors.Models.Tests;

public sealed class DistillationTests
{
    private static readonly AdaptationSettings Settings = new(Features: 8, Steps: 20, Batch: 6, MaxTokens: 12, CheckEvery: 5, Seed: 3);

    [Fact]
    public void The_gradients_of_the_loss_are_those_of_finite_differences()
    {
        // A patch whose denominators reach below the goal of one and a half floors, so that the hinge is on.
        var teacher = TinyModel.Create(1);
        var patch = TinyModel.CreateRandomFeaturePatch(1).ToDictionary(entry => entry.Key, entry => entry.Value);
        foreach (var layer in new[] { 0, 1 })
            patch[$"rfa.{layer}.omega"] = new([.. patch[$"rfa.{layer}.omega"].Values.Select(value => 4 * value)], patch[$"rfa.{layer}.omega"].Shape);
        var student = new SingleEncoder(teacher.ApplyPatch(patch), TrainedAttention.RandomFeatures);
        var target = new SingleEncoder(teacher, TrainedAttention.Softmax).Forward(Texts(7));
        foreach (var tensor in student.Tensors) tensor.IsTrained = tensor.Name is "rfa.0.omega" or "rfa.1.omega" or "layer.0.attn.qkv.weight" or "layer.1.ffn.in.weight";

        var pass = student.Forward(Texts(7));
        Assert.Contains(pass.Layers.SelectMany(layer => layer.Attention.Denominators), value => value is > RandomFeatures.DenominatorFloor and < 1.5f * RandomFeatures.DenominatorFloor);
        var (_, embeddings, inner) = DistillationLoss.Of(pass, target);
        student.Backward(pass, embeddings, inner);

        foreach (var tensor in student.Tensors.Where(tensor => tensor.IsTrained))
        {
            var length = Math.Sqrt(tensor.Gradient.Sum(value => (double)value * value));
            var start = tensor.Value.ToArray();
            var difference = (Loss(tensor, start, length, 1e-3) - Loss(tensor, start, length, -1e-3)) / 2e-3;
            start.CopyTo(tensor.Value, 0);
            Assert.True(Math.Abs(difference - length) <= 0.05 * length + 1e-3, $"{tensor.Name}: {length:0.0000}, by differences {difference:0.0000}");
        }

        double Loss(TrainableTensor tensor, float[] start, double length, double step)
        {
            for (var i = 0; i < start.Length; i++) tensor.Value[i] = (float)(start[i] + step * tensor.Gradient[i] / length);
            return Total(student.Forward(Texts(7)), target);
        }
    }

    [Fact]
    public void A_saved_distillation_goes_on_to_the_same_bytes()
    {
        var whole = Start();
        while (!whole.IsDone) whole.Advance();

        foreach (var stop in new[] { 7, 23, 31 })
        {
            var first = Start();
            while (first.Step < stop) first.Advance();
            using var state = new MemoryStream();
            DistillationState.Save(first, "run", state);
            var second = Start();
            DistillationState.Restore(second, "run", Safetensors.Read(state, "state"), "state");
            while (!second.IsDone) second.Advance();

            Assert.Equal(Values(whole), Values(second));
            var error = Assert.Throws<InvalidDataException>(() => DistillationState.Restore(Start(), "another run", Safetensors.Read(state, "state"), "state"));
            Assert.Contains("another run", error.Message, StringComparison.Ordinal);
        }

        static float[] Values(Distiller distiller) => [.. distiller.TrainedTensors().OrderBy(entry => entry.Key, StringComparer.Ordinal).SelectMany(entry => entry.Value.Values)];
    }

    [Fact]
    public void Training_stops_when_the_held_out_texts_gain_nothing()
    {
        var distiller = Start(Settings with { Rate = 1e-9f, Steps = 200, Patience = 2 });
        while (!distiller.IsDone) distiller.Advance();
        Assert.True(distiller.Step < distiller.Steps);
    }

    [Fact]
    public void Frequencies_alone_change_nothing_else_and_the_patch_still_holds_what_they_belong_to()
    {
        var distiller = Start(Settings with { Part = TrainedPart.Features });
        var before = distiller.ToModel().ToTensors();
        while (!distiller.IsDone) distiller.Advance();

        var patch = distiller.TrainedTensors();
        Assert.Contains("layer.0.attn.qkv.weight", patch.Keys);
        Assert.All(patch.Where(entry => !entry.Key.StartsWith("rfa.", StringComparison.Ordinal)), entry => Assert.Equal(before[entry.Key].Values, entry.Value.Values));
    }

    private static Distiller Start(AdaptationSettings? settings = null) => new(TinyModel.Create(1), Texts(40), Texts(50)[40..], settings ?? Settings);

    private static double Total(EncoderPass student, EncoderPass teacher)
    {
        var total = 0.0;
        var texts = teacher.Lengths.Length;
        var width = student.Embeddings.Length / texts;
        for (var i = 0; i < texts; i++)
        {
            for (var d = 0; d < width; d++) total += ((i == 0 ? texts : 0) / (double)width - (double)student.Embeddings[i * width + d] * teacher.Embeddings[i * width + d]) / texts;
            for (var j = 0; j < texts; j++)
            {
                var product = 0.0;
                for (var d = 0; d < width; d++) product += ((double)student.Embeddings[i * width + d] - teacher.Embeddings[i * width + d]) * teacher.Embeddings[j * width + d];
                total += 5 * product * product / (texts * texts);
            }
        }

        foreach (var (mine, its) in student.Layers.Zip(teacher.Layers))
        {
            total += 0.1 * (Relative(mine.Middle, its.Middle, width) + Relative(mine.Output!, its.Output!, width));
            total += 0.2 * mine.Attention.Denominators.Average(value => Math.Pow(Math.Max(0, 1.5 / 32 - value) * 32, 2));
        }

        return total + 0.1 * Relative(student.Pooled, teacher.Pooled, width);
    }

    private static double Relative(float[] student, float[] teacher, int columns)
    {
        double[] means = [.. Enumerable.Range(0, columns).Select(column => Enumerable.Range(0, teacher.Length / columns).Average(row => (double)teacher[row * columns + column]))];
        return student.Zip(teacher, (a, b) => Math.Pow((double)a - b, 2)).Sum() / teacher.Select((value, i) => Math.Pow(value - means[i % columns], 2)).Sum();
    }

    private static int[][] Texts(int count) =>
        [.. Enumerable.Range(0, count).Select(text => Enumerable.Range(0, 2 + text % 9).Select(position => (11 * text + 17 * position + position * position) % 200).ToArray())];
}
