using System.Text;
using System.Text.Json;

namespace MpcActors.Cli.Tests;

public sealed class AdaptTests
{
    static readonly string[] Quick = ["adapt", "--offline", "--steps", "24", "--check-every", "8", "--batch", "8", "--texts", "200"];

    [Theory]
    [InlineData("rfa", "attention")]
    [InlineData("rfa", "features")]
    [InlineData("2quad", "all")]
    [InlineData("uniform", "attention")]
    public async Task Adapting_brings_the_model_nearer_to_its_teacher(string attention, string part)
    {
        using var scratch = new Scratch();

        var typed = await Typed.Run(["adapt", "--offline", "--batch", "8", "--texts", "200", "--attention", attention, "--train", part, "--features", "8", "--steps", "150", "--check-every", "50", "--rate", "0.003", "--out", scratch.Path("out"), "--json"]);

        Assert.True(typed.Code == 0, typed.Error);
        var run = JsonDocument.Parse(typed.Output).RootElement;
        var held = run.GetProperty("heldOut");
        var (before, after) = (Distance("before"), Distance("adapted"));
        Assert.True(after < before, $"1 - cosine was {before} and became {after}");
        Assert.Equal(attention == "rfa", held.TryGetProperty("shipped", out _));
        Assert.Equal(1, run.GetProperty("tasks")[0].GetProperty("of").GetProperty("softmax").GetProperty("sameLabel").GetDouble());
        Assert.Contains("left in this step", typed.Error, StringComparison.Ordinal);
        Assert.StartsWith($"# tiny adapted to {attention} attention", File.ReadAllText(Path.Combine(scratch.Path("out"), "report.md")), StringComparison.Ordinal);

        double Distance(string model) => held.GetProperty(model).GetProperty("distance").GetDouble();
    }

    [Fact]
    public async Task An_interrupted_adaptation_resumes_to_the_same_bytes()
    {
        using var scratch = new Scratch();
        var whole = await Typed.Run([.. Quick, "--out", scratch.Path("whole")]);
        Assert.True(whole.Code == 0, whole.Error);

        var half = await Typed.RunUntil("", "32 of 54 steps", [.. Quick, "--out", scratch.Path("half"), "--checkpoint", scratch.Path("state")]);
        Assert.Equal(130, half.Code);
        Assert.False(File.Exists(Patch("half")));
        var rest = await Typed.Run([.. Quick, "--out", scratch.Path("half"), "--checkpoint", scratch.Path("state"), "--resume"]);

        Assert.True(rest.Code == 0, rest.Error);
        Assert.DoesNotContain("24 of 54 steps", rest.Error, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Patch("whole")), File.ReadAllBytes(Patch("half")));

        var other = await Typed.Run([.. Quick, "--out", scratch.Path("half"), "--checkpoint", scratch.Path("state"), "--resume", "--seed", "9"]);
        Assert.Equal(2, other.Code);
        Assert.Contains("the state of another run", other.Error, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(scratch.Path("state"), "adapt.checkpoint"), "half a file");
        var broken = await Typed.Run([.. Quick, "--out", scratch.Path("half"), "--checkpoint", scratch.Path("state"), "--resume"]);
        Assert.Equal(2, broken.Code);

        string Patch(string run) => Path.Combine(scratch.Path(run), "attention.safetensors");
    }

    [Fact]
    public async Task A_batch_of_one_text_is_learned_from()
    {
        using var scratch = new Scratch();

        var typed = await Typed.Run(["adapt", "--offline", "--batch", "1", "--steps", "24", "--check-every", "8", "--texts", "60", "--features", "8", "--out", scratch.Path("out"), "--json"]);

        Assert.True(typed.Code == 0, typed.Error);
        Assert.All(JsonDocument.Parse(typed.Output).RootElement.GetProperty("curve").EnumerateArray(), point => Assert.InRange(point.GetProperty("loss").GetDouble(), 0, 10));
    }

    [Fact]
    public async Task A_loss_that_is_no_number_ends_the_adaptation_before_anything_is_written()
    {
        using var scratch = new Scratch();
        string[] line = ["adapt", "--offline", "--attention", "2quad", "--train", "all", "--batch", "4", "--texts", "60"];
        Assert.Equal(0, (await Typed.Run([.. line, "--steps", "1", "--out", scratch.Path("start")])).Code);
        // All weights 61,280: squares of their products with a row are more than single precision holds.
        var patch = File.ReadAllBytes(Path.Combine(scratch.Path("start"), "attention.safetensors"));
        patch.AsSpan(8 + (int)BitConverter.ToInt64(patch)).Fill(0x7B);
        File.WriteAllBytes(scratch.Path("large.safetensors"), patch);

        var typed = await Typed.Run([.. line, "--steps", "8", "--start", scratch.Path("large.safetensors"), "--checkpoint", scratch.Path("state"), "--out", scratch.Path("out")]);

        Assert.Equal(2, typed.Code);
        Assert.Contains("the loss of step 1 is NaN", typed.Error, StringComparison.Ordinal);
        Assert.Contains("try a smaller --rate", typed.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(scratch.Path("out")));
        Assert.Empty(Directory.EnumerateFiles(scratch.Path("state")));
    }

    [Fact]
    public async Task The_last_part_of_an_adaptation_can_be_stopped()
    {
        using var scratch = new Scratch();

        var typed = await Typed.RunUntil("", "Compare with the softmax model", [.. Quick, "--out", scratch.Path("out")]);

        Assert.Equal(130, typed.Code);
        Assert.False(File.Exists(Path.Combine(scratch.Path("out"), "run.json")));
    }

    [Fact]
    public async Task Adapted_weights_are_tuned_and_others_are_refused()
    {
        using var scratch = new Scratch();
        var adapted = await Typed.Run([.. Quick, "--attention", "uniform", "--out", scratch.Path("out")]);
        Assert.True(adapted.Code == 0, adapted.Error);
        var patch = Path.Combine(scratch.Path("out"), "attention.safetensors");

        var tuned = await Tune("uniform", patch);
        Assert.True(tuned.Code == 0, tuned.Error);
        Assert.StartsWith("tiny+", JsonDocument.Parse(tuned.Output).RootElement.GetProperty("model").GetString(), StringComparison.Ordinal);

        var other = await Tune("rfa", patch);
        Assert.Equal(2, other.Code);
        Assert.Contains("holds weights for uniform attention, but rfa was asked for", other.Error, StringComparison.Ordinal);

        var bytes = File.ReadAllBytes(patch);
        File.WriteAllBytes(scratch.Path("short.safetensors"), bytes[..^100]);
        var cut = await Tune("uniform", scratch.Path("short.safetensors"));
        Assert.Equal(2, cut.Code);
        Assert.Contains("short.safetensors", cut.Error, StringComparison.Ordinal);

        // 0x7B7B is 61,280 as float16: numbers still, but not of this model; 0x7C7C is none.
        foreach (var (name, value, message) in new[] { ("large", (byte)0x7B, "does not belong to the model tiny"), ("none", (byte)0x7C, "finite values were expected") })
        {
            bytes.AsSpan(bytes.Length / 2).Fill(value);
            File.WriteAllBytes(scratch.Path(name), bytes);
            var damaged = await Tune("uniform", scratch.Path(name));
            Assert.Equal(2, damaged.Code);
            Assert.Contains(message, damaged.Error, StringComparison.Ordinal);
        }

        Task<Typed> Tune(string attention, string file) => Typed.Run(
            "tune", "--data", scratch.Write("train.tsv", TuneTests.Texts()), "--label-words", "bad,good", "--model", "tiny", "--shots", "4", "--budget", "20", "--clear",
            "--attention", attention, "--attention-weights", file, "--out", scratch.Path("tuned"), "--json");
    }

    [Theory]
    [InlineData("--attention linear", "--attention is 'linear', but must be one of rfa, 2quad, uniform")]
    [InlineData("--attention uniform --train features", "only random feature attention has features to train")]
    [InlineData("--text nowhere.txt", "there is no file 'nowhere.txt'")]
    [InlineData("--text-only", "--text-only needs --text FILE")]
    [InlineData("--resume", "--resume needs --checkpoint DIR")]
    [InlineData("--rate 0", "--rate is '0', but must be a number above 0")]
    [InlineData("--start nowhere.safetensors", "there is no file 'nowhere.safetensors'")]
    public async Task What_cannot_be_adapted_is_refused_in_one_line(string line, string message)
    {
        using var scratch = new Scratch();
        var typed = await Typed.Run(["adapt", "--offline", "--out", scratch.Path("out"), .. line.Split(' ')]);
        Assert.Equal(2, typed.Code);
        Assert.Contains(message, typed.Error, StringComparison.Ordinal);
        Assert.Single(typed.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("", "has no text in it")]
    [InlineData("the soup was cold\nthe soup was cold\n", "are too few")]
    public async Task Text_that_does_not_suffice_is_refused(string text, string message)
    {
        using var scratch = new Scratch();
        var typed = await Typed.Run("adapt", "--offline", "--text-only", "--text", scratch.Write("mine.txt", text), "--out", scratch.Path("out"));
        Assert.Equal(2, typed.Code);
        Assert.Contains(message, typed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_that_is_not_UTF_8_is_refused_by_its_line()
    {
        using var scratch = new Scratch();
        foreach (var (encoding, line) in new[] { (Encoding.Latin1, 2), (Encoding.Unicode, 1) })
        {
            var file = scratch.Path(encoding.WebName);
            File.WriteAllBytes(file, encoding.GetBytes("the soup was cold\nla soupe était froide\n"));
            var typed = await Typed.Run("adapt", "--offline", "--text-only", "--text", file, "--out", scratch.Path("out"));
            Assert.Equal(2, typed.Code);
            Assert.Contains($"{file}, line {line} is not UTF-8 text", typed.Error, StringComparison.Ordinal);
        }
    }
}
