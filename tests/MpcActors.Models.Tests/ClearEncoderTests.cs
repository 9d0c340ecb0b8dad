using System.IO.Compression;
using System.Text.Json;
using MpcActors.Data;
using Xunit.Abstractions;

namespace MpcActors.Models.Tests;

public sealed class ClearEncoderTests(ITestOutputHelper output)
{
    private sealed record Reference(string Text, int[] Ids, double[] Embedding);

    private static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true };

    [Theory]
    [InlineData(AttentionKind.Softmax, "use_lite_embeddings.json.gz")]
    [InlineData(AttentionKind.RandomFeatures, "use_lite_rfa64_embeddings.json.gz")]
    public async Task The_prepared_model_gives_the_reference_embeddings(AttentionKind attention, string fixture)
    {
        // Without a network the published model may be out of reach; the tiny models below test everything else.
        if (Environment.GetEnvironmentVariable("MPC_ACTORS_OFFLINE") == "1")
            return;
        var published = await UseLite.EnsureAsync(new ModelCache());
        var model = attention == AttentionKind.RandomFeatures ? published with { Model = published.Model.ApplyPatch(UseLite.ReadRandomFeaturePatch()) } : published;
        var references = Read(fixture);

        var batch = new TokenEmbedding(model.Model).Embed([.. references.Select(reference => reference.Ids)]);
        var embeddings = new ClearEncoder(EncoderPreparation.From(model, attention)).Embeddings(batch);

        var error = references.SelectMany(reference => reference.Embedding).Zip(embeddings, (expected, actual) => Math.Abs(expected - actual)).Max();
        output.WriteLine($"largest difference {error:E1} over {references.Length} texts");
        Assert.InRange(error, 0, 1e-5);
    }

    [Theory]
    [InlineData(AttentionKind.Softmax)]
    [InlineData(AttentionKind.RandomFeatures)]
    [InlineData(AttentionKind.Uniform)]
    public void The_fast_pass_agrees_with_the_formulas_written_out(AttentionKind attention)
    {
        var encoder = Tiny.Encoder(attention);
        var batch = Tiny.Texts(1, 2, 7, 31, 5);
        var prompt = Tiny.Prompt(encoder, new PromptForm.KeyValuePrefix(3), batch);

        var embeddings = new ClearEncoder(encoder).Embeddings(batch, prompt);
        var expected = PlainForward.Embeddings(encoder, batch, prompt);

        Assert.All(expected.Zip(embeddings), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }

    [Fact]
    public void A_text_has_the_same_bits_alone_in_company_and_on_every_run()
    {
        foreach (var attention in Enum.GetValues<AttentionKind>())
        {
            var encoder = new ClearEncoder(Tiny.Encoder(attention));
            var batch = Tiny.Texts(3, 60, 8, 50, 1, 90, 12);
            var prompts = Enumerable.Range(0, 3).Select(_ => (Prompt?)null).ToArray();
            var together = encoder.Embeddings(batch);
            for (var text = 0; text < batch.Texts; text++)
                Assert.Equal(together[(text * encoder.Encoder.Width)..((text + 1) * encoder.Encoder.Width)], encoder.Embeddings(batch.Slice(text, 1)));
            for (var run = 0; run < 20; run++)
                Assert.Equal(together, encoder.Embeddings(batch));
        }
    }

    [Fact]
    public void A_population_gives_what_its_prompts_give_one_by_one()
    {
        var encoder = Tiny.Encoder(AttentionKind.Softmax);
        var clear = new ClearEncoder(encoder);
        var batch = Tiny.Texts(4, 9, 2);
        var labels = LabelMatrix.From(clear, Tiny.Texts(3, 3));
        Prompt?[] prompts = [null, Tiny.Prompt(encoder, new PromptForm.KeyValuePrefix(2), batch), Tiny.Prompt(encoder, new PromptForm.Shift(), batch)];

        var together = clear.Logits(batch, labels, prompts);

        for (var i = 0; i < prompts.Length; i++) Assert.Equal(clear.Logits(batch, labels, prompts[i]), together[i]);
        Assert.NotEqual(together[0], together[1]);
        Assert.NotEqual(together[0], together[2]);
    }

    [Fact]
    public void A_label_sentence_scores_twenty_against_itself()
    {
        var clear = new ClearEncoder(Tiny.Encoder(AttentionKind.Softmax));
        var sentences = Tiny.Texts(4, 5);
        var logits = clear.Logits(sentences, LabelMatrix.From(clear, sentences));
        Assert.Equal(20, logits[0, 0], 1e-9);
        Assert.Equal(20, logits[1, 1], 1e-9);
        Assert.True(logits[0, 1] < 20);
    }

    [Fact]
    public void Rows_of_the_wrong_width_are_refused_with_both_widths()
    {
        var clear = new ClearEncoder(Tiny.Encoder(AttentionKind.Uniform));
        var error = Assert.Throws<ArgumentException>(() => clear.Embeddings(new TextBatch(new double[10], [2], 5)));
        Assert.Contains("5 wide", error.Message, StringComparison.Ordinal);
        Assert.Contains("8", error.Message, StringComparison.Ordinal);
    }

    private static Reference[] Read(string fixture)
    {
        using var stream = typeof(ClearEncoderTests).Assembly.GetManifestResourceStream(fixture)!;
        using var json = new GZipStream(stream, CompressionMode.Decompress);
        return JsonSerializer.Deserialize<Reference[]>(json, Options)!;
    }
}
