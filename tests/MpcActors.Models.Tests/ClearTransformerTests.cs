using MpcActors.Data;
using MpcActors.Data.Transformers;
using MpcActors.Models.Clear;
using Xunit.Abstractions;

namespace MpcActors.Models.Tests;

public sealed class ClearTransformerTests(ITestOutputHelper output)
{
    /// <summary>The checkpoints and what PyTorch makes of them come from tests/tools/make_golden.py.</summary>
    [Theory]
    [InlineData("roberta")]
    [InlineData("bert")]
    [InlineData("gpt2")]
    public void Every_layer_and_the_logits_are_those_of_an_independent_implementation(string name)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "golden", name);
        using var weights = new HuggingFaceFolder(folder);
        var expected = Safetensors.Read(Path.Combine(folder, "expected.safetensors"));
        var model = new ClearTransformer(weights);
        int[][] texts = [.. Enumerable.Range(0, 3).Select(text => Integers($"tokens.{text}"))];
        int[] lengths = [.. texts.Select(text => text.Length)];

        var hidden = texts.SelectMany(model.Embed).ToArray();
        Same("embedding", hidden);
        for (var layer = 0; layer < model.Config.Layers; layer++) Same($"hidden.{layer}", hidden = model.Layer(layer, hidden, lengths));
        var width = model.Config.Width;
        var rows = Integers("positions").SelectMany(row => hidden[(row * width)..((row + 1) * width)]).ToArray();
        Same("logits", model.Head(rows));

        int[] chosen = [39, 0, 17, 17];
        var all = model.Head(rows);
        Assert.Equal(texts.SelectMany((_, text) => chosen.Select(id => all[text * model.Config.Vocabulary + id])), model.Head(rows, chosen));

        int[] Integers(string tensor) => Array.ConvertAll(expected[tensor].Values, value => (int)value);

        void Same(string tensor, double[] actual)
        {
            Assert.Equal(expected[tensor].Values.Length, actual.Length);
            var error = expected[tensor].Values.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
            output.WriteLine($"{name}: {tensor} differs by {error:E1} at most");
            Assert.InRange(error, 0, 1e-5);
        }
    }

    [Theory]
    [InlineData("tiny-roberta")]
    [InlineData("tiny-bert")]
    [InlineData("tiny-gpt2")]
    public void A_text_has_the_same_bits_alone_in_company_and_on_every_run(string name)
    {
        var model = new ClearTransformer(new RandomTransformer(TransformerConfig.Find(name)!, 5));
        int[] lengths = [60, 1, 33, 64];
        double[][] texts = [.. lengths.Select((length, text) => model.Embed([.. Enumerable.Range(0, length).Select(i => (31 * i + 7 * text + i * i) % 128)]))];
        var together = model.Layer(1, [.. texts.SelectMany(text => text)], lengths);
        Assert.Equal(together, texts.SelectMany((text, i) => model.Layer(1, text, [lengths[i]])));
        for (var run = 0; run < 10; run++) Assert.Equal(together, model.Layer(1, [.. texts.SelectMany(text => text)], lengths));
    }

    [Fact]
    public void A_decoder_does_not_look_ahead_and_an_encoder_does()
    {
        Assert.True(IsBlind("tiny-gpt2"));
        Assert.False(IsBlind("tiny-roberta"));

        static bool IsBlind(string name)
        {
            var model = new ClearTransformer(new RandomTransformer(TransformerConfig.Find(name)!, 5));
            var one = model.Layer(0, model.Embed([5, 6, 7, 8]), [4]);
            var other = model.Layer(0, model.Embed([5, 6, 7, 9]), [4]);
            return one.AsSpan(0, 3 * model.Config.Width).SequenceEqual(other.AsSpan(0, 3 * model.Config.Width));
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_what_would()
    {
        var model = new ClearTransformer(new RandomTransformer(TransformerConfig.Find("tiny-roberta")!, 5));
        Refused("tokens; tiny-roberta takes 1 to 64", () => model.Embed(new int[65]));
        Refused("a text of 0 tokens", () => model.Embed([]));
        Refused("token 1 is 128, but tiny-roberta has ids 0 to 127", () => model.Embed([3, 128]));
        Refused("token 0 is -1", () => model.Embed([-1]));
        Refused("3 rows of width 32 take 96 numbers, not 64", () => model.Layer(0, new double[64], [2, 1]));
        Refused("a text of 0 tokens", () => model.Layer(0, new double[64], [2, 0]));
        Refused("column 1 is token -1", () => model.Head(new double[32], [3, -1]));
        Refused("1 rows of width 32 take 32 numbers, not 33", () => model.Head(new double[33]));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Layer(2, new double[32], [1]));

        static void Refused(string reason, Func<object> action)
            => Assert.Contains(reason, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_is_asked_for_when_it_runs_and_no_sooner()
    {
        var weights = new Counting(new RandomTransformer(TransformerConfig.Find("tiny-bert")!, 5));
        var model = new ClearTransformer(weights);
        var hidden = model.Embed([1, 2, 3]);
        Assert.Empty(weights.Asked);
        hidden = model.Layer(1, hidden, [3]);
        Assert.Equal([1], weights.Asked);
        model.Head(hidden, [4]);
        Assert.Equal([1], weights.Asked);
    }

    private sealed class Counting(ITransformerWeights inner) : ITransformerWeights
    {
        public List<int> Asked { get; } = [];

        public TransformerConfig Config => inner.Config;

        public EmbeddingWeights Embeddings => inner.Embeddings;

        public HeadWeights Head => inner.Head;

        public LayerWeights Layer(int index)
        {
            Asked.Add(index);
            return inner.Layer(index);
        }
    }
}
