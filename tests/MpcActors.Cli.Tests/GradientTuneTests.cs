using System.Text.Json;
using MpcActors.Data;

namespace MpcActors.Cli.Tests;

public sealed class GradientTuneTests
{
    static string[] Arguments(Scratch scratch, string name, string[] more, string model = "tiny") =>
    [
        "tune", "--data", scratch.Write("train.tsv", TuneTests.Texts()), "--label-words", "bad,good", "--model", model, "--shots", "4", "--batch-size", "4", "--check-every", "3", "--out", scratch.Path(name), .. more,
    ];

    [Theory]
    [InlineData("sft", "tuned.safetensors", "--optimizer", "adamw", "--schedule", "cosine", "--warm-up", "2", "--clip-norm", "1")]
    [InlineData("prompt", "prompt.json", "--prompt-rows", "5", "--optimizer", "sgd")]
    [InlineData("sft", "tuned.safetensors", "--train-embedding")]
    [InlineData("sft", "tuned.safetensors", "--attention", "rfa", "--suite", "prifft")]
    public async Task Training_on_shares_ends_within_a_point_and_a_half_of_training_in_the_clear(string method, string file, params string[] more)
    {
        using var scratch = new Scratch();

        var typed = await Typed.Run(Arguments(scratch, "out", ["--method", method, "--steps", "6", "--json", .. more]));

        Assert.True(typed.Code == 0, typed.Error);
        var run = JsonDocument.Parse(typed.Output).RootElement;
        var accuracy = run.GetProperty("accuracy");
        Assert.Equal(Only(accuracy.GetProperty("clear")), Only(accuracy.GetProperty("private")), 0.015);
        Assert.InRange(run.GetProperty("agreement").GetDouble(), 0.9, 1);
        double[] Losses(string where) => [.. run.GetProperty("losses").GetProperty(where).EnumerateArray().Select(loss => loss.GetDouble())];
        foreach (var (clear, shares) in Losses("clear").Zip(Losses("private"))) Assert.Equal(clear, shares, 0.02);
        // Lengths of batches differ, rounds of steps do not; a step is more than a pass, and its parts are all of it but for the logits.
        var step = run.GetProperty("step");
        var rounds = new[] { "forward", "backward", "optimizer" }.Sum(part => step.GetProperty(part).GetProperty("rounds").GetDouble());
        var lan = run.GetProperty("attention").EnumerateArray().Single(cost => cost.GetProperty("network").GetString() == "lan");
        Assert.Equal("step", lan.GetProperty("scope").GetString());
        Assert.InRange(lan.GetProperty("rounds").GetInt64(), rounds, rounds + 1);
        Assert.True(File.Exists(Path.Combine(scratch.Path("out"), file)));
        Assert.True(File.Exists(Path.Combine(scratch.Path("out"), "run.json")));
        if (method == "sft") Assert.Contains("layer 0.query_key_value.weight", Safetensors.Read(Path.Combine(scratch.Path("out"), file)).Keys);
    }

    /// <summary>Of the one attention.</summary>
    static double Only(JsonElement byAttention) => byAttention.EnumerateObject().Single().Value.GetDouble();

    [Fact]
    public async Task An_interrupted_training_resumes_to_the_same_weights()
    {
        using var scratch = new Scratch();
        string[] training = ["--method", "sft", "--steps", "5", "--checkpoint-every", "2"];
        var whole = await Typed.Run(Arguments(scratch, "whole", training));
        Assert.True(whole.Code == 0, whole.Error);

        var half = await Typed.RunUntil("Train on shares", "3 of 5 steps", Arguments(scratch, "half", [.. training, "--checkpoint", scratch.Path("state")]));
        Assert.Equal(130, half.Code);
        Assert.False(File.Exists(Path.Combine(scratch.Path("half"), "run.json")));
        var rest = await Typed.Run(Arguments(scratch, "half", [.. training, "--checkpoint", scratch.Path("state"), "--resume"]));

        Assert.True(rest.Code == 0, rest.Error);
        var onShares = rest.Error[rest.Error.IndexOf("Train on shares", StringComparison.Ordinal)..];
        Assert.Contains("2 of 5 steps", onShares, StringComparison.Ordinal);
        Assert.DoesNotContain("1 of 5 steps", onShares, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Path.Combine(scratch.Path("whole"), "tuned.safetensors")), File.ReadAllBytes(Path.Combine(scratch.Path("half"), "tuned.safetensors")));

        var other = await Typed.Run(Arguments(scratch, "half", [.. training, "--checkpoint", scratch.Path("state"), "--resume", "--learning-rate", "0.001"]));
        Assert.Equal(2, other.Code);
        Assert.Contains("its learning rate is 0.0001, and 0.001 is asked for", other.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sft")]
    [InlineData("prompt", "--prompt-rows", "3")]
    public async Task A_model_folder_is_trained_to_say_label_words(string method, params string[] more)
    {
        using var scratch = new Scratch();

        var typed = await Typed.Run(Arguments(scratch, "out", ["--method", method, "--steps", "4", "--json", .. more], Folder(scratch)));

        Assert.True(typed.Code == 0, typed.Error);
        var run = JsonDocument.Parse(typed.Output).RootElement;
        var accuracy = run.GetProperty("accuracy");
        Assert.Equal(Only(accuracy.GetProperty("clear")), Only(accuracy.GetProperty("private")), 0.015);
        Assert.StartsWith("bert ", run.GetProperty("model").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("but --method fot tunes use-lite and tiny alone")]
    [InlineData("--attention rfa is for use-lite and tiny", "--method", "sft", "--attention", "rfa")]
    [InlineData("--train-embedding is for use-lite and tiny", "--method", "sft", "--train-embedding")]
    [InlineData("the label word 'bad film' is", "--method", "sft", "--label-words", "bad film,good")]
    public async Task What_a_model_folder_cannot_do_is_said(string message, params string[] more)
    {
        using var scratch = new Scratch();
        string[] words = more.Contains("--label-words") ? [] : ["--label-words", "bad,good"];

        var typed = await Typed.Run(["tune", "--data", scratch.Write("train.tsv", TuneTests.Texts()), "--model", Folder(scratch), "--shots", "4", "--out", scratch.Path("out"), .. words, .. more]);

        Assert.Equal(2, typed.Code);
        Assert.Contains(message, typed.Error, StringComparison.Ordinal);
    }

    /// <summary>A small BERT with random weights, and a vocabulary of the words that the texts are made of.</summary>
    internal static string Folder(Scratch scratch)
    {
        var folder = Directory.CreateDirectory(scratch.Path("bert")).FullName;
        foreach (var file in new[] { "config.json", "model.safetensors" }) File.Copy(Path.Combine(AppContext.BaseDirectory, "golden", "bert", file), Path.Combine(folder, file));
        File.WriteAllLines(Path.Combine(folder, "vocab.txt"), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "it", ".", "bad", "good", .. TuneTests.Texts().Split(['\t', '\n', ' ']).Where(word => word.Length > 2 && word is not ("label" or "text")).Distinct()]);
        return folder;
    }
}
