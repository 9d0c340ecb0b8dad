using MpcActors.Data;

namespace MpcActors.Models.Tests;

public sealed class PromptTests
{
    [Fact]
    public void Parameters_are_counted_and_laid_out_layer_by_layer()
    {
        var encoder = Tiny.Encoder(AttentionKind.Softmax);
        var prefix = new PromptForm.KeyValuePrefix(3);
        Assert.Equal(3 * (8 + 8) + 3 * (12 + 12), prefix.ParameterCount(encoder));
        Assert.Equal((0, 24, 48, 84), (prefix.KeyOffset(encoder, 0), prefix.ValueOffset(encoder, 0), prefix.KeyOffset(encoder, 1), prefix.ValueOffset(encoder, 1)));
        Assert.Equal(3 * (10 + 8) + 3 * (10 + 12), prefix.ParameterCount(Tiny.Encoder(AttentionKind.RandomFeatures)));
        Assert.Equal(3 * (8 + 12), prefix.ParameterCount(Tiny.Encoder(AttentionKind.Uniform)));
        Assert.Equal(16, new PromptForm.InputRows(2).ParameterCount(encoder));
        Assert.Equal(16, new PromptForm.AddedRows(2).ParameterCount(encoder));
        Assert.Equal(12, new PromptForm.Shift().ParameterCount(encoder));
    }

    [Fact]
    public void Every_form_changes_the_embeddings_and_an_empty_shift_does_not()
    {
        var encoder = Tiny.Encoder(AttentionKind.Softmax);
        var clear = new ClearEncoder(encoder);
        var texts = Tiny.Texts(4, 9);
        var plain = clear.Embeddings(texts);
        foreach (var form in new PromptForm[] { new PromptForm.KeyValuePrefix(2), new PromptForm.InputRows(2), new PromptForm.AddedRows(2), new PromptForm.Shift() })
            Assert.NotEqual(plain, clear.Embeddings(texts, Tiny.Prompt(encoder, form, texts)));
        Assert.Equal(plain, clear.Embeddings(texts, new Prompt(null, null, new double[Tiny.Width])));
    }

    [Fact]
    public void Rows_before_the_input_are_attended_to_and_left_out_of_the_mean()
    {
        var clear = new ClearEncoder(Tiny.Encoder(AttentionKind.Uniform));
        var texts = Tiny.Texts(5);

        // A text in front of itself leaves every average as it was, under uniform attention; another text does not.
        Assert.All(clear.Embeddings(texts).Zip(clear.Embeddings(texts, new Prompt(null, texts.Rows, null))), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        var other = clear.Embeddings(texts, new Prompt(null, Tiny.Texts(1, 4).Rows[Tiny.InputWidth..], null));
        Assert.Contains(clear.Embeddings(texts).Zip(other), pair => Math.Abs(pair.First - pair.Second) > 1e-3);
    }

    [Fact]
    public void A_uniform_prefix_at_the_mean_values_of_a_text_leaves_that_text_as_it_was()
    {
        var encoder = Tiny.Encoder(AttentionKind.Uniform);
        var clear = new ClearEncoder(encoder);
        var text = Tiny.Texts(6);
        var form = new PromptForm.KeyValuePrefix(4);
        var prompt = Prompt.Assemble(form, encoder, new double[form.ParameterCount(encoder)], new PromptBase(clear.KeyValueMeans(text)));
        Assert.All(clear.Embeddings(text).Zip(clear.Embeddings(text, prompt)), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Fact]
    public void A_projection_is_linear_and_any_row_can_be_made_again()
    {
        var encoder = Tiny.Encoder(AttentionKind.Softmax);
        var form = new PromptForm.Shift();
        var scales = Enumerable.Range(1, Tiny.Width).Select(i => (double)i).ToArray();
        var projection = new PromptProjection(3, form, encoder, scales, latent: 5, alpha: 0.5);

        for (var row = 0; row < Tiny.Width; row++)
            for (var l = 0; l < 5; l++)
                Assert.Equal(CounterGaussian.Normal(3, (ulong)row, (ulong)l) * (scales[row] * 0.5 / Math.Sqrt(5)), projection.Matrix[row * 5 + l]);

        double[] a = [1, 2, 3, 4, 5], b = [0, -1, 0.5, 2, 1];
        var sum = projection.Apply([.. a.Zip(b, (x, y) => x + y)]);
        Assert.All(projection.Apply(a).Zip(projection.Apply(b), (x, y) => x + y).Zip(sum), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused_with_both_lengths()
    {
        var encoder = Tiny.Encoder(AttentionKind.Softmax);
        var form = new PromptForm.Shift();
        Assert.Contains("12", Assert.Throws<ArgumentException>(() => new PromptProjection(1, form, encoder, new double[5])).Message, StringComparison.Ordinal);
        var projection = new PromptProjection(1, form, encoder, new double[12], latent: 4);
        Assert.Contains("4", Assert.Throws<ArgumentException>(() => projection.Apply(new double[3])).Message, StringComparison.Ordinal);
        var noBase = Assert.Throws<ArgumentException>(() => Prompt.Assemble(new PromptForm.KeyValuePrefix(1), encoder, new double[40], new PromptBase()));
        Assert.Contains("mean keys and values", noBase.Message, StringComparison.Ordinal);
    }
}
