using MpcActors.Data;

namespace MpcActors.Models.Tests;

public sealed class PreparationTests
{
    [Fact]
    public void Random_features_need_the_patch_and_the_others_refuse_it()
    {
        var texts = Tiny.Texts(3);
        Assert.Contains("patch", Assert.Throws<ArgumentException>(() => EncoderPreparation.From(Tiny.Model(), AttentionKind.RandomFeatures, texts)).Message, StringComparison.Ordinal);
        Assert.Contains("patch", Assert.Throws<ArgumentException>(() => EncoderPreparation.From(Tiny.Model(features: true), AttentionKind.Softmax, texts)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AttentionKind.Softmax, 4, 6)]
    [InlineData(AttentionKind.RandomFeatures, 5, 5)]
    [InlineData(AttentionKind.Uniform, 0, 0)]
    public void Widths_follow_from_the_attention(AttentionKind attention, int first, int second)
    {
        var encoder = Tiny.Encoder(attention);
        Assert.Equal([first, second], encoder.Layers.Select(layer => layer.KeyWidth));
        Assert.Equal([4, 6], encoder.Layers.Select(layer => layer.ValueWidth));
        Assert.All(encoder.Layers, layer => Assert.Equal(2 * layer.KeysWidth + layer.ValuesWidth, layer.QueryKeyValue.Out));
    }

    [Fact]
    public void The_stated_variances_hold_for_the_calibration_texts_with_the_margin()
    {
        var encoder = Tiny.Encoder(AttentionKind.Softmax);
        var seen = new ClearEncoder(encoder).Trace(Tiny.Texts(9, 4, 6, 11)).Layers;
        foreach (var (layer, trace) in encoder.Layers.Zip(seen))
        {
            Assert.Equal(trace.AttentionVariances.Min(), layer.AttentionNorm.Low * EncoderPreparation.RangeMargin, 1e-12);
            Assert.Equal(trace.FeedForwardVariances.Max(), layer.FeedForwardNorm.High / EncoderPreparation.RangeMargin, 1e-12);
        }
    }

    [Fact]
    public void An_input_row_is_twice_the_embedding_plus_the_timing_signal()
    {
        var model = Tiny.Model();
        var batch = new TokenEmbedding(model).Embed([[3], [4, 3]]);
        Assert.Equal([1, 2], batch.Lengths);
        var row = batch.Rows[(2 * Tiny.InputWidth)..];
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(2.0 * model.TokenEmbedding[3 * 8 + i] + Math.Sin(model.TimingInverse[i]), row[i], 1e-12);
            Assert.Equal(2.0 * model.TokenEmbedding[3 * 8 + 4 + i] + Math.Cos(model.TimingInverse[i]), row[4 + i], 1e-12);
        }
    }

    [Fact]
    public void Long_texts_are_cut_empty_texts_and_foreign_ids_are_refused()
    {
        var embedding = new TokenEmbedding(Tiny.Model());
        Assert.Equal(UseLiteModel.MaxTokens, embedding.Embed([new int[500]]).TotalRows);
        Assert.Contains("text 1", Assert.Throws<ArgumentException>(() => embedding.Embed([[1], []])).Message, StringComparison.Ordinal);
        Assert.Contains("50", Assert.Throws<ArgumentException>(() => embedding.Embed([[50]])).Message, StringComparison.Ordinal);
    }
}
