using MpcActors.Data.Transformers;

namespace MpcActors.Data.Tests.Transformers;

public sealed class WordPieceTests
{
    static readonly string[] Pieces = ["[UNK]", "un", "##aff", "##able", "##a", "a", "##b", "!", "中", "cafe", "Café", "ᄀ", "##ᅡ", "σ", "i", "^", "##"];

    static readonly Dictionary<string, int> Vocabulary = Pieces.Select((piece, id) => (piece, id)).ToDictionary();

    [Theory]
    [InlineData("unaffable", new[] { 1, 2, 3 })]
    [InlineData("UNAFFABLE!", new[] { 1, 2, 3, 7 })]
    [InlineData("aab a", new[] { 5, 4, 6, 5 })]
    [InlineData("unknown", new[] { 0 })]
    [InlineData("a中a", new[] { 5, 8, 5 })]
    [InlineData("Café cafe\u0301", new[] { 9, 9 })]
    [InlineData("\uAC00", new[] { 11, 12 })]
    [InlineData("Σ", new[] { 13 })]
    [InlineData("\u0130", new[] { 14 })]
    [InlineData("a^a", new[] { 5, 15, 5 })]
    [InlineData("a\u200Bb\u0000\uFFFD", new[] { 5, 6 })]
    [InlineData("a\u00A0a\ta\r\na", new[] { 5, 5, 5, 5 })]
    [InlineData("[UNK]", new[] { 0, 0, 0 })]
    [InlineData("", new int[0])]
    public void Words_are_covered_by_the_longest_pieces(string text, int[] ids)
        => Assert.Equal(ids, new WordPiece(Vocabulary, true, "test").Encode(text));

    [Fact]
    public void A_cased_vocabulary_keeps_case_and_accents()
    {
        var cased = new WordPiece(Vocabulary, false, "test");
        Assert.Equal([10], cased.Encode("Café"));
        Assert.Equal([0], cased.Encode("café"));
        Assert.Equal([0], cased.Encode("UN"));
    }

    [Fact]
    public void A_word_of_more_than_a_hundred_characters_is_unknown()
    {
        var tokenizer = new WordPiece(Vocabulary, true, "test");
        Assert.Equal(100, tokenizer.Encode(new string('a', 100)).Length);
        Assert.Equal([0], tokenizer.Encode(new string('a', 101)));
    }

    [Fact]
    public void A_vocabulary_without_UNK_is_refused()
        => Assert.Contains("has no [UNK]", Assert.Throws<InvalidDataException>(() => new WordPiece(new Dictionary<string, int> { ["a"] = 0 }, true, "v.txt")).Message, StringComparison.Ordinal);
}
