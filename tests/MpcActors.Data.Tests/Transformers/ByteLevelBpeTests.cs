using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MpcActors.Data.Transformers;

namespace MpcActors.Data.Tests.Transformers;

public sealed class ByteLevelBpeTests
{
    /// <summary>Byte b is id b; the merges follow from 256 on.</summary>
    static (Dictionary<string, int> Vocabulary, (string, string)[] Merges) Small(params string[] merges)
    {
        var vocabulary = Enumerable.Range(0, 256).ToDictionary(value => ByteLevelBpe.Visible((byte)value).ToString(), value => value);
        foreach (var merge in merges) vocabulary.Add(merge.Replace(" ", "", StringComparison.Ordinal), vocabulary.Count);
        return (vocabulary, [.. merges.Select(merge => (merge.Split(' ')[0], merge.Split(' ')[1]))]);
    }

    static ByteLevelBpe Tokenizer(params string[] merges)
    {
        var (vocabulary, pairs) = Small(merges);
        return new ByteLevelBpe(vocabulary, pairs, "test");
    }

    [Theory]
    [InlineData("abc", new[] { 257 })]
    [InlineData("bcab", new[] { 'b', 'c', 256 })]
    [InlineData("ababc", new[] { 256, 257 })]
    [InlineData("cab", new[] { 'c', 256 })]
    [InlineData("ab c", new[] { 256, 258 })]
    [InlineData("ab  c", new[] { 256, ' ', 258 })]
    [InlineData("ab\nc", new[] { 256, '\n', 'c' })]
    [InlineData("aaa", new[] { 259, 'a' })]
    [InlineData("aaaa", new[] { 260 })]
    [InlineData("aaaaa", new[] { 260, 'a' })]
    [InlineData("é", new[] { 0xC3, 0xA9 })]
    [InlineData("", new int[0])]
    public void The_earliest_learnt_pair_is_merged_first_within_a_word(string text, int[] ids)
        => Assert.Equal(ids, Tokenizer("a b", "ab c", "Ġ c", "a a", "aa aa").Encode(text));

    [Theory]
    [InlineData("don't we'll", "don|'t| we|'ll")]
    [InlineData("x1y22 z", "x|1|y|22| z")]
    [InlineData("a   b", "a|  | b")]
    [InlineData("a \n b", "a| \n| b")]
    [InlineData("a.\n", "a|.|\n")]
    [InlineData(" !? 's", " !?| '|s")]
    [InlineData("𝒜𠀀½ 😀x", "𝒜𠀀|½| 😀|x")]
    [InlineData("'S", "'|S")]
    public void A_text_is_cut_into_words_as_GPT2s_pattern_does(string text, string words)
    {
        // With a chain of merges for each word, a word is one piece exactly where the pattern ends it.
        var pieces = words.Split('|').Select(Visible).ToArray();
        var merges = pieces.Distinct().SelectMany(piece => Enumerable.Range(1, piece.Length - 1).Select(end => $"{piece[..end]} {piece[end]}")).Distinct().ToArray();
        var tokenizer = Tokenizer(merges);
        var (vocabulary, _) = Small(merges);
        Assert.Equal(pieces.Select(piece => vocabulary[piece]), tokenizer.Encode(text));

        static string Visible(string word) => string.Concat(Encoding.UTF8.GetBytes(word).Select(value => ByteLevelBpe.Visible(value)));
    }

    [Fact]
    public void Every_text_comes_back_from_its_ids()
    {
        string[] merges = ["a b", "Ġ a", "Ã ©", "e e", "t h", "th e"];
        var (vocabulary, _) = Small(merges);
        var byId = vocabulary.ToDictionary(entry => entry.Value, entry => entry.Key);
        var byCharacter = Enumerable.Range(0, 256).ToDictionary(value => ByteLevelBpe.Visible((byte)value), value => (byte)value);
        var tokenizer = Tokenizer(merges);
        Prop.ForAll<string>(text =>
        {
            var bytes = tokenizer.Encode(text ?? "").SelectMany(id => byId[id]).Select(character => byCharacter[character]).ToArray();
            // A lone half of a surrogate pair has no bytes of its own.
            return Encoding.UTF8.GetString(bytes) == Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_very_long_word_is_merged_to_its_end()
    {
        var ids = Tokenizer("a a", "aa aa", "aaaa aaaa").Encode(new string('a', 200_003));
        Assert.Equal(200_003 / 8 + 2, ids.Length);
        Assert.Equal([256, 'a'], ids[^2..]);
    }

    [Fact]
    public void A_vocabulary_without_a_byte_or_a_merge_is_refused()
    {
        var (vocabulary, merges) = Small("a b");
        Refused("the piece \"ba\" of merge 2", () => new ByteLevelBpe(vocabulary, [.. merges, ("b", "a")], "v.json"));
        vocabulary.Remove("Ġ");
        Refused("the piece \"Ġ\" of byte 32", () => new ByteLevelBpe(vocabulary, [], "v.json"));

        static void Refused(string reason, Func<object> action)
        {
            var message = Assert.Throws<InvalidDataException>(action).Message;
            Assert.StartsWith("v.json: ", message, StringComparison.Ordinal);
            Assert.Contains(reason, message, StringComparison.Ordinal);
        }
    }
}
