using MpcActors.Data.Transformers;

namespace MpcActors.Data.Tests.Transformers;

public sealed class RandomTransformerTests
{
    [Theory]
    [InlineData("tiny-roberta")]
    [InlineData("tiny-bert")]
    [InlineData("tiny-gpt2")]
    public void All_weights_together_are_the_parameters_of_the_sizes(string name)
    {
        var model = new RandomTransformer(TransformerConfig.Find(name)!, 1);
        var layers = Enumerable.Range(0, model.Config.Layers).Sum(index => Numbers(model.Layer(index)).Sum(numbers => (long)numbers.Length));
        var (embeddings, head) = (model.Embeddings, model.Head);
        Assert.Same(embeddings.Words, head.Decoder);
        float[]?[] rest = [embeddings.Words, embeddings.Positions, embeddings.TokenTypes, embeddings.Norm?.Scale, embeddings.Norm?.Bias,
            head.Transform?.Weight, head.Transform?.Bias, head.Norm?.Scale, head.Norm?.Bias, head.Bias];
        Assert.Equal(model.Config.Parameters, layers + rest.Sum(numbers => (long)(numbers?.Length ?? 0)));
    }

    [Fact]
    public void A_layer_has_the_same_bits_whenever_it_is_asked_for()
    {
        var config = TransformerConfig.Find("tiny-roberta")!;
        var model = new RandomTransformer(config, 7);
        var second = Numbers(model.Layer(1));
        _ = model.Head;
        _ = model.Layer(0);
        Assert.Equal(second, Numbers(model.Layer(1)));
        Assert.Equal(second, Numbers(new RandomTransformer(config, 7).Layer(1)));
        Assert.NotEqual(second, Numbers(new RandomTransformer(config, 8).Layer(1)));
        Assert.NotEqual(second, Numbers(model.Layer(0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Layer(2));
    }

    [Fact]
    public void No_two_tensors_share_their_numbers()
    {
        var model = new RandomTransformer(TransformerConfig.Find("tiny-bert")!, 7);
        var head = model.Head;
        float[][] all = [.. Numbers(model.Layer(0)), .. Numbers(model.Layer(1)), model.Embeddings.Words, model.Embeddings.Positions, model.Embeddings.TokenTypes!,
            model.Embeddings.Norm!.Scale, model.Embeddings.Norm.Bias, head.Transform!.Weight, head.Transform.Bias, head.Norm!.Scale, head.Norm.Bias, head.Bias!];
        // Deviations differ, signs and their order do not.
        var signs = all.Select(numbers => string.Concat(numbers.Take(32).Select((value, i) => value > numbers.Take(32).Average() ? '+' : '-'))).ToArray();
        Assert.Equal(signs.Length, signs.Distinct().Count());
    }

    [Fact]
    public void Weights_of_a_wide_layer_have_the_deviation_of_a_fresh_model()
    {
        var weights = new RandomTransformer(TransformerConfig.Find("roberta-large")!, 3).Layer(5).FeedForwardIn.Weight;
        Assert.Equal(1024 * 4096, weights.Length);
        Assert.InRange(Math.Sqrt(weights.Average(value => (double)value * value)), 0.0199, 0.0201);
        // The last number of a tensor is that of its place, whatever the pieces that it was drawn in.
        Assert.Equal((float)(0.02 * CounterGaussian.Normal(3, 6 * 16 + 10, (ulong)weights.Length - 1)), weights[^1]);
    }

    static float[][] Numbers(LayerWeights layer)
    {
        DenseWeights[] dense = [layer.Query, layer.Key, layer.Value, layer.AttentionOutput, layer.FeedForwardIn, layer.FeedForwardOut];
        NormWeights[] norms = [layer.AttentionNorm, layer.FeedForwardNorm];
        return [.. dense.SelectMany(map => new[] { map.Weight, map.Bias }), .. norms.SelectMany(norm => new[] { norm.Scale, norm.Bias })];
    }
}
