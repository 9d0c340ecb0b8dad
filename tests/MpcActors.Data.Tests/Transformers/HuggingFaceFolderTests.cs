using System.Text.Json.Nodes;
using MpcActors.Data.Transformers;

namespace MpcActors.Data.Tests.Transformers;

public sealed class HuggingFaceFolderTests : IDisposable
{
    static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "golden");

    readonly string folder = Directory.CreateTempSubdirectory("mpc-actors-").FullName;

    public void Dispose() => Directory.Delete(folder, true);

    [Theory]
    [InlineData("roberta", Architecture.Roberta, 16, GeluForm.Exact, 1e-5)]
    [InlineData("bert", Architecture.Bert, 18, GeluForm.Exact, 1e-12)]
    [InlineData("gpt2", Architecture.Gpt2, 18, GeluForm.Tanh, 1e-5)]
    public void The_configuration_gives_the_sizes(string name, Architecture architecture, int tokens, GeluForm gelu, double epsilon)
    {
        using var model = new HuggingFaceFolder(Path.Combine(Golden, name));
        Assert.Equal((architecture, name, 2, 24, 3, 36, 40), (model.Config.Architecture, model.Config.Name, model.Config.Layers, model.Config.Width, model.Config.Heads, model.Config.FeedForward, model.Config.Vocabulary));
        Assert.Equal((tokens, gelu, epsilon), (model.Config.MaxTokens, model.Config.Gelu, model.Config.Epsilon));
        Assert.Same(model.Embeddings.Words, model.Head.Decoder);
    }

    [Fact]
    public void A_linear_layers_weight_is_turned_to_in_by_out()
    {
        using var model = new HuggingFaceFolder(Path.Combine(Golden, "roberta"));
        var stored = Tensors()["roberta.encoder.layer.1.intermediate.dense.weight"];
        var (weight, bias, from, to) = model.Layer(1).FeedForwardIn;
        Assert.Equal((24, 36, 36), (from, to, bias.Length));
        for (var i = 0; i < from; i++)
            for (var o = 0; o < to; o++) Assert.Equal(stored.Values[o * from + i], weight[i * to + o]);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Layer(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Layer(-1));
    }

    [Fact]
    public void Shards_and_names_without_prefix_give_the_same_model()
    {
        var tensors = Tensors().ToDictionary(entry => entry.Key.Replace("roberta.", "", StringComparison.Ordinal), entry => entry.Value);
        var shards = tensors.Keys.Order(StringComparer.Ordinal).Select((name, i) => (name, file: $"model-0000{i % 3 + 1}-of-00003.safetensors")).ToArray();
        foreach (var shard in shards.GroupBy(entry => entry.file))
            Write(shard.Key, shard.ToDictionary(entry => entry.name, entry => tensors[entry.name]));
        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), new JsonObject
        {
            ["metadata"] = new JsonObject { ["total_size"] = 1 },
            ["weight_map"] = new JsonObject(shards.Select(entry => KeyValuePair.Create<string, JsonNode?>(entry.name, entry.file))),
        }.ToJsonString());
        WriteConfig(_ => { });

        using var whole = new HuggingFaceFolder(Path.Combine(Golden, "roberta"));
        using var sharded = new HuggingFaceFolder(folder);
        Assert.Equal(whole.Embeddings.Words, sharded.Embeddings.Words);
        Assert.Equal(whole.Layer(1).Value.Weight, sharded.Layer(1).Value.Weight);
        Assert.Equal(whole.Head.Bias, sharded.Head.Bias);

        File.Delete(Path.Combine(folder, shards[0].file));
        Assert.Contains($"{shards[0].file} is missing", Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../model.safetensors", "a file in the same folder")]
    [InlineData("", "a file in the same folder")]
    [InlineData("a\\b", "a file in the same folder")]
    [InlineData("none.safetensors", "none.safetensors is missing")]
    public void A_shard_outside_the_folder_is_refused(string shard, string reason)
    {
        WriteConfig(_ => { });
        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), new JsonObject { ["weight_map"] = new JsonObject { ["a"] = shard } }.ToJsonString());
        Assert.Contains(reason, Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"weight_map":[]}""")]
    [InlineData("""{"weight_map":{"a":1}}""")]
    public void An_index_of_another_form_is_refused(string index)
    {
        WriteConfig(_ => { });
        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), index);
        Assert.Contains("weight_map", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_untied_decoder_is_read_and_a_missing_one_refused()
    {
        WriteConfig(config => config["tie_word_embeddings"] = false);
        var tensors = Tensors();
        Write("model.safetensors", tensors);
        Assert.Contains("lm_head.decoder.weight is missing", Refusal(), StringComparison.Ordinal);

        tensors["lm_head.decoder.weight"] = new([.. Enumerable.Range(0, 40 * 24).Select(i => (float)i)], [40, 24]);
        Write("model.safetensors", tensors);
        using var model = new HuggingFaceFolder(folder);
        Assert.Equal(tensors["lm_head.decoder.weight"].Values, model.Head.Decoder);
    }

    [Fact]
    public void A_missing_or_misshapen_tensor_is_refused_before_any_is_read()
    {
        WriteConfig(_ => { });
        foreach (var name in Tensors().Keys.Where(name => !name.Contains("position_ids", StringComparison.Ordinal) && !name.Contains("pooler", StringComparison.Ordinal)))
        {
            var tensors = Tensors();
            var (values, shape) = tensors[name];
            tensors[name] = new(values, shape.Length == 1 ? [1, shape[0]] : [shape[1] / 2, shape[0] * 2]);
            Write("model.safetensors", tensors);
            var refusal = Refusal();
            Assert.Contains($"tensor {name} has shape [{string.Join(", ", tensors[name].Shape)}]; [{string.Join(", ", shape)}] is needed", refusal, StringComparison.Ordinal);
            tensors.Remove(name);
            Write("model.safetensors", tensors);
            Assert.Contains("is missing", Refusal(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_number_that_is_not_finite_is_refused_when_it_is_read()
    {
        WriteConfig(_ => { });
        var tensors = Tensors();
        tensors["roberta.encoder.layer.0.output.dense.bias"].Values[3] = float.NaN;
        Write("model.safetensors", tensors);
        using var model = new HuggingFaceFolder(folder);
        Assert.Contains("holds NaN at index 3", Assert.Throws<InvalidDataException>(() => model.Layer(0)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model_type", "\"t5\"", "model_type is t5; roberta, bert or gpt2 was expected")]
    [InlineData("model_type", "null", "model_type is missing")]
    [InlineData("model_type", "\"\\ud800\"", "not text")]
    [InlineData("hidden_act", "\"relu\"", "hidden_act is relu; gelu")]
    [InlineData("position_embedding_type", "\"relative_key\"", "position_embedding_type is relative_key; absolute")]
    [InlineData("pad_token_id", "0", "pad_token_id is 0; 1 was expected")]
    [InlineData("is_decoder", "true", "is_decoder is true; false")]
    [InlineData("num_attention_heads", "5", "a divisor of the width 24")]
    [InlineData("num_attention_heads", "0", "a whole number from 1")]
    [InlineData("hidden_size", "-24", "a whole number from 1")]
    [InlineData("hidden_size", "2147483647", "a whole number from 1")]
    [InlineData("hidden_size", "\"24\"", "a whole number from 1")]
    [InlineData("hidden_size", "null", "hidden_size is missing")]
    [InlineData("num_hidden_layers", "3", "encoder.layer.2.attention.self.query.weight is missing")]
    [InlineData("max_position_embeddings", "2", "more than 2")]
    [InlineData("vocab_size", "41", "[41, 24] is needed")]
    [InlineData("layer_norm_eps", "-1", "a number between 0 and 1")]
    [InlineData("tie_word_embeddings", "1", "true or false")]
    public void A_configuration_that_would_compute_something_else_is_refused(string field, string json, string reason)
    {
        WriteConfig(config => config[field] = JsonNode.Parse(json), field == "model_type" && json.Contains("ud800", StringComparison.Ordinal) ? json : null);
        Write("model.safetensors", Tensors());
        var refusal = Refusal();
        Assert.Contains(reason, refusal, StringComparison.Ordinal);
        Assert.StartsWith(folder, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_lacks_a_file_is_refused_with_its_name()
    {
        Assert.Contains("no such folder", Assert.Throws<InvalidDataException>(() => new HuggingFaceFolder(Path.Combine(folder, "none"))).Message, StringComparison.Ordinal);
        Assert.Contains("config.json is missing", Refusal(), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "config.json"), "{");
        Assert.Contains("not JSON", Refusal(), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "config.json"), "[]");
        Assert.Contains("JSON Array", Refusal(), StringComparison.Ordinal);
        WriteConfig(_ => { });
        File.WriteAllBytes(Path.Combine(folder, "pytorch_model.bin"), [1]);
        Assert.Contains("but pytorch_model.bin is", Refusal(), StringComparison.Ordinal);
        File.WriteAllBytes(Path.Combine(folder, "model.safetensors"), []);
        Assert.Contains("0 bytes", Refusal(), StringComparison.Ordinal);
        File.WriteAllBytes(Path.Combine(folder, "model.safetensors"), [255, 255, 255, 255, 255, 255, 255, 255, 0]);
        Assert.Contains("claims 18446744073709551615 bytes", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Attention_scaled_in_another_way_is_refused()
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(Golden, "gpt2", "config.json")))!;
        config["scale_attn_by_inverse_layer_idx"] = true;
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
        Assert.Contains("scale_attn_by_inverse_layer_idx is true; false", Refusal(), StringComparison.Ordinal);
    }

    string Refusal() => Assert.Throws<InvalidDataException>(() => new HuggingFaceFolder(folder)).Message;

    void WriteConfig(Action<JsonObject> change, string? rawType = null)
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(Golden, "roberta", "config.json")))!.AsObject();
        if (rawType is null) change(config);
        var text = config.ToJsonString();
        File.WriteAllText(Path.Combine(folder, "config.json"), rawType is null ? text : text.Replace("\"model_type\":\"roberta\"", "\"model_type\":" + rawType, StringComparison.Ordinal));
    }

    void Write(string file, Dictionary<string, FloatTensor> tensors)
    {
        using var stream = File.Create(Path.Combine(folder, file));
        Safetensors.Write(stream, tensors);
    }

    static Dictionary<string, FloatTensor> Tensors() => Safetensors.Read(Path.Combine(Golden, "roberta", "model.safetensors")).ToDictionary();
}
