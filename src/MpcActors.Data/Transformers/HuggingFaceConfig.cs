using System.Text.Json;

namespace MpcActors.Data.Transformers;

/// <summary>Reads a config.json as transformers writes it, and refuses what the models here would compute otherwise.</summary>
/// <param name="IsTied">Whether the decoder is the words' own table.</param>
sealed record HuggingFaceConfig(TransformerConfig Sizes, bool IsTied)
{
    // More would overflow a shape; no published model has a tenth of it.
    const int Largest = 1 << 20;

    public static HuggingFaceConfig Read(string path, string name)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new InvalidDataException($"{path}: a JSON {json.RootElement.ValueKind}, but an object was expected.");
            return Read(new Fields(json.RootElement, path), name);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: not JSON ({e.Message}).", e);
        }
    }

    static HuggingFaceConfig Read(Fields fields, string name)
    {
        var type = fields.Text("model_type", null);
        fields.Require("position_embedding_type", "absolute");
        fields.Require("is_decoder", false);
        fields.Require("add_cross_attention", false);
        var sizes = type switch
        {
            "roberta" => Encoder(fields, Architecture.Roberta, name, 1e-5),
            "bert" => Encoder(fields, Architecture.Bert, name, 1e-12),
            "gpt2" => Decoder(fields, name),
            _ => throw fields.Wrong("model_type", type, "roberta, bert or gpt2"),
        };
        if (sizes.Width % sizes.Heads != 0)
            throw fields.Wrong(sizes.IsCausal ? "n_head" : "num_attention_heads", $"{sizes.Heads}", $"a divisor of the width {sizes.Width}");
        if (sizes.MaxTokens < 1)
            throw fields.Wrong("max_position_embeddings", $"{sizes.Positions}", $"more than {sizes.FirstPosition}");
        return new HuggingFaceConfig(sizes, fields.Flag("tie_word_embeddings", true));
    }

    static TransformerConfig Encoder(Fields fields, Architecture architecture, string name, double epsilon)
    {
        // RoBERTa counts positions from its padding id + 1, and the models here from 2.
        if (architecture == Architecture.Roberta && fields.Has("pad_token_id") && fields.Number("pad_token_id", 0, null) is var padding and not 1)
            throw fields.Wrong("pad_token_id", $"{padding}", "1");
        var width = fields.Number("hidden_size", 1, null);
        return new(
            architecture, name, fields.Number("num_hidden_layers", 1, null), width, fields.Number("num_attention_heads", 1, null), fields.Number("intermediate_size", 1, null),
            fields.Number("vocab_size", 1, null), fields.Number("max_position_embeddings", 1, null), fields.Number("type_vocab_size", 1, 2),
            fields.Epsilon("layer_norm_eps", epsilon), fields.Gelu("hidden_act", "gelu"));
    }

    static TransformerConfig Decoder(Fields fields, string name)
    {
        fields.Require("scale_attn_weights", true);
        fields.Require("scale_attn_by_inverse_layer_idx", false);
        var width = fields.Number("n_embd", 1, null);
        return new(
            Architecture.Gpt2, name, fields.Number("n_layer", 1, null), width, fields.Number("n_head", 1, null), fields.Number("n_inner", 1, Math.Min(4 * width, Largest)),
            fields.Number("vocab_size", 1, null), fields.Number("n_positions", 1, null), 0,
            fields.Epsilon("layer_norm_epsilon", 1e-5), fields.Gelu("activation_function", "gelu_new"));
    }

    /// <summary>Fields of the object; a null counts as absent, an absent one takes its default, and one without default is refused.</summary>
    readonly struct Fields(JsonElement json, string path)
    {
        public bool Has(string name) => json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

        public int Number(string name, int least, int? absent)
        {
            if (!Has(name)) return absent ?? throw Wrong(name, null, "a whole number");
            var value = json.GetProperty(name);
            return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= Largest
                ? number
                : throw Wrong(name, value.GetRawText(), $"a whole number from {least} to {Largest}");
        }

        public double Epsilon(string name, double absent)
        {
            if (!Has(name)) return absent;
            var value = json.GetProperty(name);
            return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number is > 0 and < 1
                ? number
                : throw Wrong(name, value.GetRawText(), "a number between 0 and 1");
        }

        public GeluForm Gelu(string name, string absent) => Text(name, absent) switch
        {
            "gelu" => GeluForm.Exact,
            // One formula under three names; they differ in how it is evaluated.
            "gelu_new" or "gelu_fast" or "gelu_pytorch_tanh" => GeluForm.Tanh,
            var other => throw Wrong(name, other, "gelu, gelu_new, gelu_fast or gelu_pytorch_tanh"),
        };

        public bool Flag(string name, bool absent)
        {
            if (!Has(name)) return absent;
            var value = json.GetProperty(name);
            return value.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => throw Wrong(name, value.GetRawText(), "true or false"),
            };
        }

        public string Text(string name, string? absent)
        {
            if (!Has(name)) return absent ?? throw Wrong(name, null, "a name");
            var value = json.GetProperty(name);
            return value.ValueKind == JsonValueKind.String ? Decoded(value) : throw Wrong(name, value.GetRawText(), "a name");
        }

        public void Require(string name, bool expected)
        {
            if (Flag(name, expected) != expected) throw Wrong(name, expected ? "false" : "true", expected ? "true" : "false");
        }

        public void Require(string name, string expected)
        {
            if (Text(name, expected) is var found && found != expected) throw Wrong(name, found, expected);
        }

        public InvalidDataException Wrong(string name, string? found, string needed)
            => new($"{path}: {name} {(found is null ? "is missing" : $"is {(found.Length > 60 ? found[..60] + "…" : found)}")}; {needed} was expected.");

        string Decoded(JsonElement value)
        {
            try
            {
                return value.GetString()!;
            }
            catch (InvalidOperationException e)
            {
                throw new InvalidDataException($"{path}: it holds a string that is not text ({e.Message}).", e);
            }
        }
    }
}
