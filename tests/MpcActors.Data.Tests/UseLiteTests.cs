using Xunit.Abstractions;

namespace MpcActors.Data.Tests;

public sealed class UseLiteTests(ITestOutputHelper output)
{
    [Fact]
    public async Task All_reference_texts_are_tokenized_as_by_the_published_code()
    {
        if (Outside.IsOff(output))
            return;
        var tokenizer = (await UseLite.EnsureAsync(new ModelCache())).Tokenizer;
        var texts = Fixture.Read<Tokenization[]>("tokenizations.json.gz");
        Assert.Equal(3003, texts.Length);
        Assert.All(texts, text => Assert.Equal(text.Ids, tokenizer.Encode(text.Text)));
    }

    [Fact]
    public async Task Reference_embedding_texts_have_the_ids_they_were_computed_from()
    {
        if (Outside.IsOff(output))
            return;
        var tokenizer = (await UseLite.EnsureAsync(new ModelCache())).Tokenizer;
        var texts = Fixture.Read<ReferenceEmbedding[]>("use_lite_embeddings.json.gz").Concat(Fixture.Read<ReferenceEmbedding[]>("use_lite_rfa64_embeddings.json.gz"));
        Assert.All(texts, text => Assert.Equal(text.Ids, tokenizer.Encode(text.Text)));
    }

    [Fact]
    public async Task The_published_model_has_the_documented_shapes()
    {
        if (Outside.IsOff(output))
            return;
        var model = (await UseLite.EnsureAsync(new ModelCache())).Model;
        Assert.Equal((8002, 256, 512), (model.Vocabulary, model.Width, model.EmbeddingWidth));
        Assert.Equal([64, 128], model.Layers.Select(layer => layer.HeadWidth));
        Assert.Equal([256, 512], model.Layers.Select(layer => layer.In));
        Assert.Equal([512, 512], model.Layers.Select(layer => layer.Width));
        Assert.NotNull(model.Layers[0].Residual);
        Assert.Null(model.Layers[1].Residual);
        Assert.All(model.Layers, layer => Assert.Null(layer.Features));
        // 128 timing frequencies are not trained.
        Assert.Equal(6_975_744 + 128, model.ToTensors().Values.Sum(tensor => tensor.Values.Length));
    }

    [Fact]
    public async Task The_shipped_patch_replaces_what_it_holds_and_nothing_else()
    {
        if (Outside.IsOff(output))
            return;
        var model = (await UseLite.EnsureAsync(new ModelCache())).Model;
        var patch = UseLite.ReadRandomFeaturePatch();
        var patched = model.ApplyPatch(patch);
        Assert.Equal([(4, 64, 64), (4, 128, 64)], patched.Layers.Select(layer => (layer.Features!.Heads, layer.Features.HeadWidth, layer.Features.Features)));
        Assert.All(new[] { "token_embedding", "timing_inv", "head.weight" }, name => Assert.DoesNotContain(name, patch.Keys));
        foreach (var (name, tensor) in patched.ToTensors().Where(entry => !entry.Key.StartsWith("rfa.", StringComparison.Ordinal)))
            Assert.Equal(patch.ContainsKey(name), !tensor.Values.SequenceEqual(model.ToTensors()[name].Values));
    }

    [Fact]
    public async Task Weights_and_patch_give_the_reference_embeddings()
    {
        if (Outside.IsOff(output))
            return;
        var model = (await UseLite.EnsureAsync(new ModelCache())).Model;
        var patched = model.ApplyPatch(UseLite.ReadRandomFeaturePatch());
        var softmax = Fixture.Read<ReferenceEmbedding[]>("use_lite_embeddings.json.gz").Max(text => Error(model, text));
        var features = Fixture.Read<ReferenceEmbedding[]>("use_lite_rfa64_embeddings.json.gz").Max(text => Error(patched, text));
        output.WriteLine($"largest difference: softmax {softmax:E1}, random features {features:E1}");
        Assert.InRange(softmax, 0, 1e-5);
        Assert.InRange(features, 0, 1e-5);
    }

    static double Error(UseLiteModel model, ReferenceEmbedding text)
        => PlainEncoder.Embed(model, text.Ids).Zip(text.Embedding, (a, b) => Math.Abs(a - b)).Max();
}
