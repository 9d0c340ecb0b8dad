using MpcActors.Models;
using MpcActors.Models.Tests;

namespace MpcActors.Tuning.Tests;

public sealed class ClearForwardPassTests
{
    [Theory]
    [InlineData(AttentionKind.Softmax)]
    [InlineData(AttentionKind.RandomFeatures)]
    [InlineData(AttentionKind.Uniform)]
    public async Task Two_tunings_of_one_seed_end_in_the_same_bytes(AttentionKind attention)
    {
        var clear = new ClearEncoder(Tiny.Encoder(attention));
        var labels = LabelMatrix.From(new ClearEncoder(Tiny.Encoder(AttentionKind.Softmax)), Tiny.Texts(3, 4));
        var texts = Tiny.Texts(5, 9, 3, 7, 6, 2, 8, 4);
        var form = new PromptForm.KeyValuePrefix(2);
        var projection = new PromptProjection(2, form, clear.Encoder, ActivationScales.Measure(clear, texts).For(form), latent: 10);
        var pass = new ClearForwardPass(clear, labels, projection, new PromptBase(clear.KeyValueMeans(texts)));
        var settings = new TuningSettings { LatentDimension = 10, Population = 6, Queries = 60, DevEvery = 30 };
        TextSet Set(string name) => new(name, texts, [0, 1, 0, 1, 0, 1, 0, 1]);

        async Task<TuningResult> Run() => await new ForwardOnlyTuning(pass, Set("train"), Set("dev"), Set("test"), settings, TimeProvider.System).RunAsync();
        var (first, second) = (await Run(), await Run());

        Assert.Equal(first.Latent, second.Latent);
        Assert.Equal(first.Losses, second.Losses);
        Assert.Equal(first.TestLogits, second.TestLogits);
        Assert.True(first.Losses.Min() < first.Checks[0].TrainLoss);
        Assert.Equal(clear.Logits(texts, labels), first.ZeroShotTestLogits);
    }
}
