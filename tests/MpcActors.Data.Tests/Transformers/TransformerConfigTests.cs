using MpcActors.Data.Transformers;

namespace MpcActors.Data.Tests.Transformers;

public sealed class TransformerConfigTests
{
    // As their publishers count them, the masked-language-model head included and tied weights once.
    [Theory]
    [InlineData("roberta-base", 124_697_433)]
    [InlineData("roberta-large", 355_412_057)]
    [InlineData("bert-base", 109_514_298)]
    [InlineData("gpt2", 124_439_808)]
    [InlineData("gpt2-medium", 354_823_168)]
    [InlineData("gpt2-large", 774_030_080)]
    [InlineData("gpt2-xl", 1_557_611_200)]
    public void A_published_model_has_the_published_number_of_parameters(string name, long parameters)
        => Assert.Equal(parameters, TransformerConfig.Find(name)!.Parameters);

    [Fact]
    public void The_largest_has_about_175_billion_parameters()
        => Assert.InRange(TransformerConfig.Find("gpt3")!.Parameters, 174_000_000_000, 176_000_000_000);

    [Fact]
    public void Every_name_finds_its_sizes_and_another_name_none()
    {
        Assert.All(TransformerConfig.Names, name => Assert.Equal(name, TransformerConfig.Find(name)!.Name));
        Assert.Equal(TransformerConfig.Names.Count, TransformerConfig.Names.Distinct().Count());
        Assert.Null(TransformerConfig.Find("RoBERTa-large"));
    }

    [Fact]
    public void A_width_that_heads_do_not_divide_is_refused()
    {
        var error = Assert.Throws<InvalidOperationException>(() => (TransformerConfig.Find("tiny-bert")! with { Heads = 5 }).HeadWidth);
        Assert.Contains("32 cannot be cut into 5 heads", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RoBERTa_alone_counts_positions_from_two()
    {
        Assert.Equal(512, TransformerConfig.Find("roberta-large")!.MaxTokens);
        Assert.Equal(512, TransformerConfig.Find("bert-large")!.MaxTokens);
        Assert.Equal(1024, TransformerConfig.Find("gpt2")!.MaxTokens);
    }
}
