using System.Security.Cryptography;

namespace MpcActors.Data.Tests;

public sealed class TinyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void The_tiny_model_is_clearly_better_than_chance_and_not_perfect(int seed)
    {
        var model = TinyModel.Create((ulong)seed);
        var patched = model.ApplyPatch(TinyModel.CreateRandomFeaturePatch((ulong)seed));
        Assert.InRange(Accuracy(model), 0.7, 0.95);
        Assert.InRange(Accuracy(patched), 0.7, 0.95);
    }

    [Fact]
    public void The_tiny_model_has_the_documented_shapes()
    {
        var model = TinyModel.Create(1).ApplyPatch(TinyModel.CreateRandomFeaturePatch(1));
        Assert.Equal((TinyVocabulary.All.Length + 1, 16, 32), (model.Vocabulary, model.Width, model.EmbeddingWidth));
        Assert.Equal([(2, 8, 8), (2, 16, 8)], model.Layers.Select(layer => (layer.Features!.Heads, layer.Features.HeadWidth, layer.Features.Features)));
    }

    [Fact]
    public void A_seed_gives_the_same_bytes_on_every_machine()
    {
        using var stream = new MemoryStream();
        Safetensors.Write(stream, TinyModel.Create(1).ApplyPatch(TinyModel.CreateRandomFeaturePatch(1)).ToTensors());
        Assert.Equal("2656fea93e91a3370bb9d8c07ef4a9fe1de589c92f6b8bbd0b991ab0fea7c4e2", Convert.ToHexStringLower(SHA256.HashData(stream.ToArray())));
        Assert.NotEqual(TinyModel.Create(1).Head.Weight, TinyModel.Create(2).Head.Weight);
    }

    [Fact]
    public void The_tiny_task_has_200_and_100_different_sentences_of_known_words()
    {
        var task = TinyTask.Create();
        Assert.Equal((200, 100), (task.Pool.Count, task.Test.Count));
        Assert.Equal((100, 50), (task.Pool.Count(text => text.Label == 1), task.Test.Count(text => text.Label == 1)));
        Assert.Equal(300, task.Pool.Concat(task.Test).Select(text => text.Text).Distinct().Count());
        Assert.All(task.Pool.Concat(task.Test), text => Assert.DoesNotContain(0, TinyModel.Tokenizer.Encode(text.Text)));
        Assert.All(task.LabelSentences, text => Assert.DoesNotContain(0, TinyModel.Tokenizer.Encode(text)));
        Assert.Equal(task.Test, TinyTask.Create().Test);
    }

    [Fact]
    public void The_tiny_tokenizer_ignores_case_and_marks_and_gives_unknown_words_id_0()
    {
        Assert.Equal(TinyModel.Tokenizer.Encode("the soup was good"), TinyModel.Tokenizer.Encode("The SOUP, was... good!"));
        Assert.Equal(0, Assert.Single(TinyModel.Tokenizer.Encode("Zürich")));
        Assert.Empty(TinyModel.Tokenizer.Encode("... 42"));
    }

    static double Accuracy(UseLiteModel model)
    {
        var task = TinyTask.Create();
        double[] Embed(string text) => PlainEncoder.Embed(model, TinyModel.Tokenizer.Encode(text));
        var (bad, good) = (Embed(task.LabelSentences[0]), Embed(task.LabelSentences[1]));
        return task.Test.Average(text => Embed(text.Text) is var x && PlainEncoder.Dot(x, good) > PlainEncoder.Dot(x, bad) == (text.Label == 1) ? 1.0 : 0);
    }
}
