using MpcActors.Data;
using MpcActors.Models;
using MpcActors.Models.Private;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Tuning.Tests;

/// <summary>Universal Sentence Encoder Lite on shares against itself in double precision. The model is fetched on first use.</summary>
public sealed class RealModelTests
{
    static readonly string[] Texts = ["The food was wonderful and the staff even better.", "Not tasty and the texture was just nasty.", "Wow..."];

    [Theory]
    [InlineData(AttentionKind.Softmax)]
    [InlineData(AttentionKind.RandomFeatures)]
    [InlineData(AttentionKind.Uniform)]
    public async Task Each_logit_on_shares_is_within_a_hundredth_of_the_clear_one(AttentionKind attention)
    {
        // A logit is 20 times a cosine; labels differ by some units of it.
        const double bound = 0.01;
        if (Environment.GetEnvironmentVariable("MPC_ACTORS_OFFLINE") == "1") return;
        var text = await UseLite.EnsureAsync(new ModelCache());
        var model = attention == AttentionKind.RandomFeatures
            ? new TextEncoder(text.Model.ApplyPatch(UseLite.ReadRandomFeaturePatch()), text.Tokenizer)
            : text;
        var encoder = EncoderPreparation.From(model, attention);
        var clear = new ClearEncoder(encoder);
        var embedding = new TokenEmbedding(text.Model);
        var teacher = new ClearEncoder(EncoderPreparation.From(text, AttentionKind.Softmax));
        var labels = LabelMatrix.From(teacher, Embed(["This is bad.", "This is good."]));
        var texts = new TextSet("texts", Embed(Texts), [1, 0, 1]);
        var form = new PromptForm.KeyValuePrefix(4);
        var projection = new PromptProjection(5, form, encoder, ActivationScales.Measure(clear, CalibrationSentences.Batch(model)).For(form), 20);
        var z = new double[20];
        CounterGaussian.Fill(9, 1, z);
        double[]?[] latents = [null, z];

        IReadOnlyList<double[,]> opened = [];
        Pump.Run(new Dictionary<Role, Func<Port, ValueTask>>
        {
            [Role.PartyZero] = port => new ForwardService(new FusedSuite(), Revealed.Logits).Serve(new Party(Seat.Zero, port)),
            [Role.PartyOne] = port => new ForwardService(new FusedSuite(), Revealed.Logits).Serve(new Party(Seat.One, port)),
            [Role.Dealer] = port => new ForwardService(new FusedSuite(), Revealed.Logits).Serve(new Party(Seat.Dealer, port, Seed.FromNumber(3))),
            [Role.ModelOwner] = port =>
            {
                SharedEncoder.Send(port, encoder, labels, Seed.FromNumber(4));
                return ValueTask.CompletedTask;
            },
            [Role.DataOwner] = async port =>
            {
                var pass = new PrivateForwardPass(port, Seed.FromNumber(5), texts, 2, projection);
                opened = await pass.Logits(texts, latents);
                pass.Finish();
            },
        });

        var expected = await new ClearForwardPass(clear, labels, projection, new PromptBase(clear.KeyValueMeans(texts.Batch))).Logits(texts, latents);
        for (var prompt = 0; prompt < latents.Length; prompt++)
            for (var i = 0; i < Texts.Length; i++)
                for (var c = 0; c < 2; c++)
                    Assert.Equal(expected[prompt][i, c], opened[prompt][i, c], bound);

        TextBatch Embed(string[] sentences) => embedding.Embed([.. sentences.Select(text.Tokenizer.Encode)]);
    }
}
