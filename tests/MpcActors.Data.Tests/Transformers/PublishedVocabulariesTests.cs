using MpcActors.Data.Transformers;
using Xunit.Abstractions;

namespace MpcActors.Data.Tests.Transformers;

/// <summary>Against ids that tests/tools/make_tokenizations.js had from the reference implementation.</summary>
public sealed class PublishedVocabulariesTests(ITestOutputHelper output)
{
    sealed record Reference(string Text, int[] Gpt2, int[] Bert);

    static readonly Reference[] References = Fixture.Read<Reference[]>("transformer_tokenizations.json.gz");

    [Fact]
    public async Task GPT2_texts_have_the_ids_of_the_reference()
    {
        if (Outside.IsOff(output)) return;
        var tokenizer = await PublishedVocabularies.Gpt2Async(new ModelCache());
        Assert.True(References.Length > 300);
        Assert.All(References, reference => Assert.Equal(reference.Gpt2, tokenizer.Encode(reference.Text)));
        Assert.Equal((null, 50256, null), (tokenizer.Begin, tokenizer.End, tokenizer.Mask));
    }

    [Fact]
    public async Task BERT_texts_have_the_ids_of_the_reference()
    {
        if (Outside.IsOff(output)) return;
        var tokenizer = await PublishedVocabularies.BertUncasedAsync(new ModelCache());
        Assert.All(References, reference => Assert.Equal(reference.Bert, tokenizer.Encode(reference.Text)));
        // Published example: [CLS] it was [MASK] . [SEP].
        Assert.Equal([101, 2009, 2001, 103, 1012, 102], tokenizer.EncodeMarked("It was", "."));
    }
}
