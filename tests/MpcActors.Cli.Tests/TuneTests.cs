using System.Text.Json;

namespace MpcActors.Cli.Tests;

public sealed class TuneTests
{
    /// <summary>Short sentences of two classes, in words that the tiny model knows.</summary>
    internal static string Texts()
    {
        var (nouns, words) = (new[] { "soup", "film", "phone", "hotel", "cake", "novel", "lamp", "bike" }, new[] { "awful wonderful", "dull superb", "rude lovely", "broken perfect" });
        var rows = nouns.SelectMany(noun => words.SelectMany(pair => pair.Split(' ').Select((word, label) => $"{label}\tthe {noun} was {word}")));
        return "label\ttext\n" + string.Join('\n', rows) + "\n";
    }

    static readonly string[] Rfa = ["--attention", "rfa", "--budget", "60"];

    static string[] Arguments(Scratch scratch, string name, params string[] more) =>
    [
        "tune", "--data", scratch.Write("train.tsv", Texts()), "--label-words", "bad,good", "--model", "tiny", "--shots", "4", "--out", scratch.Path(name), .. more,
    ];

    [Fact]
    public async Task An_interrupted_tuning_resumes_to_the_same_prompt()
    {
        using var scratch = new Scratch();
        var whole = await Typed.Run(Arguments(scratch, "whole", Rfa));
        Assert.True(whole.Code == 0, whole.Error);

        var half = await Typed.RunUntil("Tune on shares", "20 of 60 queries", Arguments(scratch, "half", [.. Rfa, "--checkpoint", scratch.Path("state")]));
        Assert.Equal(130, half.Code);
        Assert.False(File.Exists(Path.Combine(scratch.Path("half"), "run.json")));
        var rest = await Typed.Run(Arguments(scratch, "half", [.. Rfa, "--checkpoint", scratch.Path("state"), "--resume"]));

        Assert.True(rest.Code == 0, rest.Error);
        Assert.Contains("20 of 60 queries", rest.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(" 0 of 60 queries", rest.Error[rest.Error.IndexOf("Tune on shares", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Path.Combine(scratch.Path("whole"), "prompt.json")), File.ReadAllBytes(Path.Combine(scratch.Path("half"), "prompt.json")));

        var other = await Typed.Run(Arguments(scratch, "half", [.. Rfa, "--checkpoint", scratch.Path("state"), "--resume", "--seed", "9"]));
        Assert.Equal(2, other.Code);
        Assert.Contains("other settings or other data", other.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--budget", "20")]
    [InlineData("--method", "sft", "--steps", "1", "--batch-size", "2")]
    public async Task A_state_of_other_labels_is_refused_and_they_are_named(params string[] tuning)
    {
        using var scratch = new Scratch();
        string[] all = [.. tuning, "--checkpoint", scratch.Path("state"), "--resume"];
        var first = await Typed.Run(Arguments(scratch, "out", all));
        Assert.True(first.Code == 0, first.Error);

        var other = await Typed.Run([.. Arguments(scratch, "out", all).Select(word => word == "bad,good" ? "poor,great" : word)]);

        Assert.Equal(2, other.Code);
        Assert.Contains("""its list of labels is ["This is bad.","This is good."], and ["This is poor.","This is great."] is asked for""", other.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("softmax", "input-rows", "cma-es", "fused")]
    [InlineData("softmax", "prefix", "cma-es", "prifft")]
    [InlineData("rfa", "added-rows", "random-search", "prifft")]
    [InlineData("uniform", "shift", "spsa", "fused")]
    public async Task Every_prompt_form_tunes_on_shares_as_in_the_clear(string attention, string prompt, string optimizer, string suite)
    {
        using var scratch = new Scratch();

        var typed = await Typed.Run(Arguments(
            scratch, "out", "--attention", attention, "--prompt", prompt, "--prompt-rows", "2", "--optimizer", optimizer, "--suite", suite, "--budget", "20", "--json"));

        Assert.True(typed.Code == 0, typed.Error);
        var run = JsonDocument.Parse(typed.Output).RootElement;
        Assert.Equal(1, run.GetProperty("agreement").GetDouble());
        Assert.InRange(run.GetProperty("comparisons").GetProperty(attention).GetProperty("logitError").GetDouble(), 0, 0.01);
        Assert.Equal(prompt, run.GetProperty("tuning").GetProperty("prompt").GetString());
        Assert.Equal(optimizer, run.GetProperty("tuning").GetProperty("optimizer").GetString());
        Assert.Equal(suite, run.GetProperty("tuning").GetProperty("suite").GetString());
    }

    [Fact]
    public async Task Where_losses_alone_are_revealed_there_are_no_logits_and_no_offsets_and_the_prompt_is_the_clear_one()
    {
        using var scratch = new Scratch();

        var typed = await Typed.Run(Arguments(scratch, "out", "--reveal", "loss", "--budget", "40", "--json"));

        Assert.True(typed.Code == 0, typed.Error);
        var run = JsonDocument.Parse(typed.Output).RootElement;
        Assert.Equal("loss", run.GetProperty("tuning").GetProperty("reveal").GetString());
        Assert.InRange(run.GetProperty("lossErrors").GetProperty("softmax").GetDouble(), 0, 2e-3);
        var accuracy = run.GetProperty("accuracy");
        Assert.Equal(accuracy.GetProperty("clear").GetProperty("softmax").GetDouble(), accuracy.GetProperty("private").GetProperty("softmax").GetDouble());
        Assert.Empty(accuracy.GetProperty("zeroShotWithOffsets").EnumerateObject());
        Assert.Empty(run.GetProperty("comparisons").EnumerateObject());
        Assert.Contains(run.GetProperty("notes").EnumerateArray(), note => note.GetString()!.Contains("no class offsets are fitted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task In_the_clear_nothing_crosses_a_network()
    {
        using var scratch = new Scratch();

        var typed = await Typed.Run(Arguments(scratch, "out", [.. Rfa, "--clear", "--json"]));

        Assert.True(typed.Code == 0, typed.Error);
        var run = JsonDocument.Parse(typed.Output).RootElement;
        Assert.Equal(0, run.GetProperty("attention").GetArrayLength());
        Assert.False(run.TryGetProperty("transcript", out _));
        Assert.True(run.GetProperty("accuracy").GetProperty("clear").TryGetProperty("rfa", out _));
    }
}
