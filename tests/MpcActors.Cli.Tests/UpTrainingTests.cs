using System.Text.Json;
using System.Text.RegularExpressions;
using MpcActors.Data;

namespace MpcActors.Cli.Tests;

/// <summary>Training by gradients over five real processes on loopback.</summary>
public sealed class UpTrainingTests
{
    const string FineTuning = "method = sft, steps = 3, batch-size = 2, check-every = 2";
    const string Prompt = "method = prompt, steps = 3, batch-size = 2, check-every = 2, prompt-rows = 3, optimizer = sgd, suite = prifft";

    static readonly string[] Counts = ["rounds", "sentBytesPerParty", "offlineBytesPerParty"];

    static Task<Deployment> Make(string settings) =>
        Deployment.Make(text => Regex.Replace(text, "prompt-rows = 2.*latent-dimension = 10", settings, RegexOptions.Singleline));

    /// <summary>A small BERT in a folder, and texts in a file.</summary>
    static Task<Deployment> MakeOfFolder(Scratch scratch, string settings) => Deployment.Make(text => Regex.Replace(text, "prompt-rows = 2.*latent-dimension = 10", settings, RegexOptions.Singleline)
        .Replace("task = tiny", $"data = \"{scratch.Write("train.tsv", TuneTests.Texts())}\"", StringComparison.Ordinal)
        .Replace("model = tiny", $"model = \"{GradientTuneTests.Folder(scratch)}\"", StringComparison.Ordinal));

    static byte[] Result(Deployment deployment, string folder, string file) => File.ReadAllBytes(Path.Combine(deployment.Folder(folder), file));

    [Fact]
    public async Task Processes_and_simulation_come_to_one_transcript_and_one_result()
    {
        using var deployment = await Make(FineTuning);

        var real = await Typed.Run(deployment.Up("real", "--json"));
        var simulated = await Typed.Run(deployment.Up("simulated", "--json", "--simulated"));

        Assert.True(real.Code == 0, real.Error);
        Assert.True(simulated.Code == 0, simulated.Error);
        var (left, right) = (JsonDocument.Parse(real.Output).RootElement, JsonDocument.Parse(simulated.Output).RootElement);
        Assert.Matches("^[0-9a-f]{64}$", left.GetProperty("transcript").GetString());
        foreach (var key in new[] { "transcript", "accuracy", "training", "texts", "losses", "checks" })
            Assert.True(JsonElement.DeepEquals(right.GetProperty(key), left.GetProperty(key)), $"{key}: {left.GetProperty(key).GetRawText()}");
        Assert.Equal(Result(deployment, "simulated", "tuned.safetensors"), Result(deployment, "real", "tuned.safetensors"));
        Assert.False(File.Exists(Path.Combine(deployment.Folder("real"), "prompt.json")));
        var (measured, total) = (left.GetProperty("attention")[0], right.GetProperty("attention")[0].GetProperty("total"));
        Assert.Equal("processes", measured.GetProperty("network").GetString());
        foreach (var count in Counts) Assert.True(JsonElement.DeepEquals(total.GetProperty(count), measured.GetProperty(count)), count);
        Assert.Contains("layer 0.query_key_value.weight", Safetensors.Read(Path.Combine(deployment.Folder("real"), "tuned.safetensors")).Keys);

        var status = JsonDocument.Parse((await Typed.Run("status", deployment.Folder("real"), "--json")).Output).RootElement.GetProperty("nodes").EnumerateArray();
        var progress = status.Single(node => node.GetProperty("role").GetString() == "data-owner").GetProperty("progress");
        Assert.Equal(progress.GetProperty("budget").GetInt32(), progress.GetProperty("queries").GetInt32());
        Assert.Equal(0, (await Typed.Run("report", deployment.Folder("real"))).Code);
        Assert.Contains("a session takes", File.ReadAllText(Path.Combine(deployment.Folder("real"), "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_in_a_folder_is_trained_by_processes_that_agree_on_its_weights()
    {
        using var scratch = new Scratch();
        using var deployment = await MakeOfFolder(scratch, $"label-words = [bad, good], method = sft, optimizer = sgd, steps = 1, batch-size = 2, model-sha256 = {new string('0', 64)}");

        var refused = await Typed.Run(deployment.Up("other", "--simulated"));
        Assert.Equal(2, refused.Code);
        var found = Regex.Match(refused.Error, "have the SHA-256 ([0-9a-f]{64}), but mpc.session.model-sha256 is 0000");
        Assert.True(found.Success, refused.Error);

        File.WriteAllText(deployment.Config, File.ReadAllText(deployment.Config).Replace(new string('0', 64), found.Groups[1].Value, StringComparison.Ordinal));
        var real = await Typed.Run(deployment.Up("real", "--json"));
        var simulated = await Typed.Run(deployment.Up("simulated", "--json", "--simulated"));
        Assert.True(real.Code == 0, real.Error);
        Assert.True(simulated.Code == 0, simulated.Error);
        Assert.Equal(JsonDocument.Parse(simulated.Output).RootElement.GetProperty("transcript").GetString(), JsonDocument.Parse(real.Output).RootElement.GetProperty("transcript").GetString());
        Assert.Equal(Result(deployment, "simulated", "tuned.safetensors"), Result(deployment, "real", "tuned.safetensors"));
    }

    [Theory]
    [InlineData("label-words = [bad, good], method = sft", "but must be one of use-lite, tiny, or with model-sha256 beside it the folder of a RoBERTa, BERT or GPT-2")]
    [InlineData("label-words = [bad, good], method = sft, model-sha256 = 12", "mpc.session.model-sha256 is 12, but must be the SHA-256 of the folder's weights")]
    [InlineData("method = sft, model-sha256 = SHA", "needs label-words with a model in a folder")]
    [InlineData("label-words = [bad, good], model-sha256 = SHA", "but must be one of use-lite, tiny with method = fot")]
    [InlineData("label-words = [bad, good], method = sft, model-sha256 = SHA, train-embedding = true", "has mpc.session.train-embedding: a setting of use-lite, tiny, but model is a folder")]
    public async Task A_model_in_a_folder_that_cannot_be_trained_is_told_by_setting_and_reason(string settings, string message)
    {
        using var scratch = new Scratch();
        using var deployment = await MakeOfFolder(scratch, settings.Replace("SHA", new string('a', 64), StringComparison.Ordinal));

        var typed = await Typed.Run(deployment.Up("out"));

        Assert.Equal(2, typed.Code);
        Assert.Contains(message, typed.Error, StringComparison.Ordinal);
    }

    /// <summary>A party dies after it has kept the third step's shares, before the owner has its half of the logits; the owner dies as it shares the third step's texts.</summary>
    [Theory]
    [InlineData("party-1", "data-owner", 6, FineTuning, "tuned.safetensors")]
    [InlineData("data-owner", "party-0", 17, Prompt, "prompt.json")]
    public async Task A_role_that_is_killed_ends_the_training_which_resumes_to_the_same_result(string role, string to, int frame, string settings, string result)
    {
        using var deployment = await Make(settings);
        using var scratch = new Scratch();

        var typed = await Typed.Run(deployment.Up("out", "--json", "--scenario", scratch.Write("faults.hocon", $"mpc.scenario {{ m {{ kind = kill, from = {role}, to = {to}, frame = {frame} }} }}")));

        Assert.True(typed.Code == 0, typed.Error);
        Assert.Equal("stopped", JsonDocument.Parse(typed.Output).RootElement.GetProperty("outcome").GetString());
        var resumed = typed.Error[typed.Error.IndexOf("it stopped: ", StringComparison.Ordinal)..];
        Assert.Contains("2 of 3 steps", resumed, StringComparison.Ordinal);
        Assert.DoesNotContain("1 of 3 steps", resumed, StringComparison.Ordinal);
        Assert.Equal(Result(deployment, Path.Combine("out", "undisturbed"), result), Result(deployment, "out", result));
        await deployment.AllAreGone("out");
        if (!OperatingSystem.IsWindows())
            foreach (var file in Directory.GetFiles(deployment.Folder("out"), "*.checkpoint")) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Theory]
    [InlineData("method = stf", "mpc.session.method is stf, but must be one of fot, sft, prompt; did you mean sft?")]
    [InlineData("method = sft\n queries = 12\n population = 4\n optimizer = cma-es\n prompt-rows = 2", "has mpc.session.queries, mpc.session.population, mpc.session.prompt-rows, mpc.session.optimizer: settings of method = fot, but method is sft")]
    [InlineData("queries = 12\n population = 4\n steps = 3", "has mpc.session.steps: a setting of method = sft and prompt, but method is fot")]
    [InlineData("method = sft\n steps = 0", "mpc.session.steps is 0, but must be a whole number from 1")]
    [InlineData("method = sft\n learning-rate = fast", "mpc.session.learning-rate")]
    [InlineData("method = sft\n learning-rate = -1", "mpc.session.learning-rate is -1, but must be a number above 0")]
    [InlineData("method = sft\n optimizer = adem", "mpc.session.optimizer is adem, but must be one of adam, adamw, sgd; did you mean adam?")]
    [InlineData("method = sft\n schedule = steep", "mpc.session.schedule is steep, but must be one of constant, linear, cosine")]
    [InlineData("method = sft\n suite = auto", "mpc.session.suite is auto, but must be one of fused, published, prifft")]
    [InlineData("method = sft\n reveal = loss", "mpc.session.reveal is loss, but must be logits with method = sft")]
    [InlineData("method = sft\n train-embedding = perhaps", "mpc.session.train-embedding is perhaps, but must be true or false")]
    [InlineData("method = prompt\n train-embedding = true", "has mpc.session.train-embedding: a setting of method = sft, but method is prompt")]
    [InlineData("method = sft\n steps = 3\n warm-up = 4", "the warm-up takes 4 of 3 steps")]
    [InlineData("method = sft\n weight-decay = 0.1", "a weight decay of 0.1 is for AdamW, not for Adam")]
    public async Task A_training_that_cannot_be_is_told_by_setting_and_reason(string settings, string message)
    {
        using var deployment = await Make(settings);

        var typed = await Typed.Run(deployment.Up("out"));

        Assert.Equal(2, typed.Code);
        Assert.Contains(message, typed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", typed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_training_cannot_be_run_with_is_said()
    {
        using var deployment = await Make(FineTuning);

        Assert.Contains("--cluster is for method = fot", (await Typed.Run(deployment.Up("out", "--cluster", deployment.Cluster))).Error, StringComparison.Ordinal);
        File.WriteAllText(deployment.Config, File.ReadAllText(deployment.Config).Replace("attention = softmax", "attention = uniform", StringComparison.Ordinal));
        var uniform = await Typed.Run(deployment.Up("out"));
        Assert.Equal(2, uniform.Code);
        Assert.Contains("mpc.session.attention is uniform, but must be softmax or rfa with method = sft", uniform.Error, StringComparison.Ordinal);
    }
}
