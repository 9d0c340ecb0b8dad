using System.Text;

namespace MpcActors.Data.Tests;

public sealed class SentencePieceTokenizerTests
{
    static readonly SentencePieceTokenizer Tokenizer = SentencePieceTokenizer.FromJson(Encoding.UTF8.GetBytes(
        """[["?",0],["<s>",0],["</s>",0],["x",0],["y",0],["z",0],["▁a",-1],["b",-2],["▁ab",-4],["c",null],["▁",-3],["fi",-2]]"""), "test");

    [Theory]
    [InlineData("", new int[0])]
    [InlineData("a", new[] { 6 })]
    [InlineData("ab", new[] { 6, 7 })]
    [InlineData("a a", new[] { 6, 6 })]
    [InlineData("bc", new[] { 10, 7, 9 })]
    [InlineData("\ufb01", new[] { 10, 11 })]
    [InlineData("a\u00a0a", new[] { 6, 6 })]
    [InlineData("a😀!a", new[] { 6, 0 })]
    [InlineData("<s>", new[] { 10, 0 })]
    public void The_most_probable_pieces_are_chosen(string text, int[] ids) => Assert.Equal(ids, Tokenizer.Encode(text));

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("[[1,2]]")]
    [InlineData("[[\"a\"]]")]
    [InlineData("not json")]
    public void A_vocabulary_of_another_form_is_refused(string json)
        => Assert.StartsWith("v.json: ", Assert.Throws<InvalidDataException>(() => SentencePieceTokenizer.FromJson(Encoding.UTF8.GetBytes(json), "v.json")).Message, StringComparison.Ordinal);
}
