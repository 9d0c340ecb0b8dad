using System.Text.Json;
using MpcActors.Data.Transformers;

namespace MpcActors.Data.Tests.Transformers;

public sealed class TransformerTokenizerTests : IDisposable
{
    static readonly TransformerConfig Bert = TransformerConfig.Find("tiny-bert")!;
    static readonly TransformerConfig Roberta = TransformerConfig.Find("tiny-roberta")! with { Vocabulary = 300 };
    static readonly string[] Lines = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "it", "was", ".", "##s", "It"];

    readonly string folder = Directory.CreateTempSubdirectory("mpc-actors-").FullName;

    public void Dispose() => Directory.Delete(folder, true);

    [Fact]
    public void BERTs_template_is_CLS_text_with_masks_SEP()
    {
        Write("vocab.txt", string.Join("\r\n", Lines) + "\r\n");
        var tokenizer = TransformerTokenizer.FromFolder(folder, Bert);
        Assert.Equal([2, 5, 6, 4, 7, 3], tokenizer.EncodeMarked("It was", "."));
        Assert.Equal([2, 5, 8, 3], tokenizer.EncodeMarked("its"));
        Assert.Equal([5, 8], tokenizer.Encode("its"));

        Write("tokenizer_config.json", """{"do_lower_case": false}""");
        Assert.Equal([9, 6], TransformerTokenizer.FromFolder(folder, Bert).Encode("It was"));
        Write("tokenizer_config.json", """{"do_lower_case": 3}""");
        Refused(Bert, "tokenizer_config.json: not an object with the settings");
        Write("tokenizer_config.json", """{"do_lower_case": true, "strip_accents": false}""");
        Refused(Bert, "strip_accents is false, though do_lower_case is not");
        Write("tokenizer_config.json", """{"tokenize_chinese_chars": false}""");
        Refused(Bert, "tokenize_chinese_chars or clean_text is false");
        Write("tokenizer_config.json", """{"do_lower_case": true, "strip_accents": null, "tokenize_chinese_chars": true}""");
        Assert.Equal([5, 6], TransformerTokenizer.FromFolder(folder, Bert).Encode("It was"));
    }

    [Fact]
    public void RoBERTas_template_is_s_text_with_masks_s()
    {
        Write("vocab.json", JsonSerializer.Serialize(Bytes()));
        Write("merges.txt", "#version: 0.2\nc d\n");
        var tokenizer = TransformerTokenizer.FromFolder(folder, Roberta);
        Assert.Equal([0, 'a' + 4, 260, 261, '.' + 4, 2], tokenizer.EncodeMarked("acd", "."));

        // The same as one file, in the two forms in which merges are written.
        foreach (var merge in new object[] { "c d", new[] { "c", "d" } })
        {
            Write("tokenizer.json", JsonSerializer.Serialize(new
            {
                added_tokens = new[] { new { id = 299, content = "<mask>" } },
                pre_tokenizer = new { type = "ByteLevel" },
                model = new { type = "BPE", vocab = Bytes().Where(entry => entry.Key != "<mask>").ToDictionary(), merges = new[] { merge } },
            }));
            Assert.Equal([0, 'a' + 4, 260, 299, '.' + 4, 2], TransformerTokenizer.FromFolder(folder, Roberta).EncodeMarked("acd", "."));
        }

        static Dictionary<string, int> Bytes()
        {
            var pieces = new Dictionary<string, int> { ["<s>"] = 0, ["<pad>"] = 1, ["</s>"] = 2, ["<unk>"] = 3 };
            for (var value = 0; value < 256; value++) pieces.Add(ByteLevelBpe.Visible((byte)value).ToString(), value + 4);
            pieces.Add("cd", 260);
            pieces.Add("<mask>", 261);
            return pieces;
        }
    }

    [Theory]
    [InlineData("""{"type":"Whitespace"}""", "null")]
    [InlineData("""{"type":"ByteLevel","add_prefix_space":true}""", "null")]
    [InlineData("""{"type":"ByteLevel","use_regex":false}""", "null")]
    [InlineData("""{"type":"ByteLevel"}""", """{"type":"NFC"}""")]
    public void A_byte_level_tokenizer_that_does_something_else_to_texts_is_refused(string pre, string normalizer)
    {
        var vocabulary = JsonSerializer.Serialize(Enumerable.Range(0, 256).ToDictionary(value => ByteLevelBpe.Visible((byte)value).ToString(), value => value));
        Write("tokenizer.json", $$$"""{"normalizer":{{{normalizer}}},"pre_tokenizer":{{{pre}}},"model":{"type":"BPE","vocab":{{{vocabulary}}},"merges":[]}}""");
        Refused(Roberta, "a pre_tokenizer of type ByteLevel without add_prefix_space");
    }

    [Fact]
    public void A_WordPiece_tokenizer_json_says_whether_it_is_cased()
    {
        foreach (var lowercase in new[] { true, false })
        {
            Write("tokenizer.json", JsonSerializer.Serialize(new
            {
                normalizer = new { type = "BertNormalizer", lowercase },
                model = new { type = "WordPiece", vocab = Lines.Select((piece, id) => (piece, id)).ToDictionary() },
            }));
            Assert.Equal([lowercase ? 5 : 9, 6], TransformerTokenizer.FromFolder(folder, Bert).Encode("It was"));
        }
    }

    [Fact]
    public void A_decoder_has_no_mask_and_no_frame()
    {
        var tokenizer = new TransformerTokenizer(new WordPiece(Lines.Select((piece, id) => (piece, id)).ToDictionary(), true, "test"), null, 3, null);
        Assert.Equal([5, 6], tokenizer.EncodeMarked("it was"));
        Assert.Contains("2 parts", Assert.Throws<ArgumentException>(() => tokenizer.EncodeMarked("it", "was")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_vocabulary_that_fits_is_refused()
    {
        Refused(Bert, "neither tokenizer.json nor vocab.txt");
        Write("vocab.json", "{}");
        Refused(Roberta, "neither tokenizer.json nor vocab.json with merges.txt");
        Write("vocab.txt", "[UNK]\n[CLS]\n[SEP]\n");
        Refused(Bert, "has no [MASK]");
        Write("vocab.txt", "[UNK]\n[UNK]\n");
        Refused(Bert, "\"[UNK]\" occurs twice");
        Write("vocab.txt", string.Concat(Lines.Concat(Enumerable.Range(0, 200).Select(i => $"x{i}")).Select(line => line + "\n")));
        Refused(Bert, "has id 209, but the model has ids 0 to 127");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"model":{"type":"Unigram","vocab":{}}}""")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":"b"},"merges":[]}}""")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":1e99},"merges":[]}}""")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":-1},"merges":[]}}""")]
    [InlineData("""{"model":{"type":"BPE","vocab":{},"merges":[]}}""")]
    [InlineData("""{"model":{"type":"WordPiece","vocab":{"[UNK]":0},"merges":[]},"normalizer":{"lowercase":0}}""")]
    [InlineData("""{"model":{"type":"WordPiece","vocab":{"[UNK]":0}},"normalizer":null}""")]
    [InlineData("""{"model":{"type":"WordPiece","vocab":{"\ud800":0},"merges":[]}}""")]
    public void A_tokenizer_json_of_another_form_is_refused(string json)
    {
        Write("tokenizer.json", json);
        Refused(Roberta, "tokenizer.json: ");
    }

    void Write(string file, string content) => File.WriteAllText(Path.Combine(folder, file), content);

    void Refused(TransformerConfig config, string reason)
    {
        var message = Assert.Throws<InvalidDataException>(() => TransformerTokenizer.FromFolder(folder, config)).Message;
        Assert.StartsWith(folder, message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }
}
