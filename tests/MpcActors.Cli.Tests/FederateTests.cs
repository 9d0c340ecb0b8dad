using System.Text.Json;

namespace MpcActors.Cli.Tests;

public sealed class FederateTests
{
    static readonly string[] Smallest = ["federate", "--offline", "--rounds", "2", "--local-steps", "2", "--batch", "8"];

    [Fact]
    public async Task Two_clients_report_what_the_contract_promises_and_are_as_right_as_in_the_clear()
    {
        using var scratch = new Scratch();
        var typed = await Typed.Run([.. Smallest, "--json", "--out", scratch.Folder]);

        Assert.True(typed.Code == 0, typed.Error);
        var run = JsonDocument.Parse(typed.Output).RootElement;
        Assert.Equal("federate", run.GetProperty("command").GetString());
        Assert.Equal(2, run.GetProperty("clients").GetInt32());
        Assert.Equal(2, run.GetProperty("rounds").GetInt32());
        Assert.InRange(run.GetProperty("accuracy").GetProperty("private").GetDouble() - run.GetProperty("accuracy").GetProperty("clear").GetDouble(), -0.02, 0.02);
        Assert.InRange(run.GetProperty("parameterError").GetDouble(), 0, 0.02);
        var step = run.GetProperty("step");
        Assert.True(step.GetProperty("seconds").GetDouble() > 0 && step.GetProperty("keyBytes").GetDouble() > 0);
        Assert.Equal(2, step.GetProperty("sentBytesPerParty").GetArrayLength());
        Assert.Matches("^[0-9a-f]{64}$", run.GetProperty("transcript").GetString());
        Assert.Equal(typed.Output.Trim(), File.ReadAllText(scratch.Path("run.json")).Trim());
    }

    [Fact]
    public async Task A_run_that_was_interrupted_goes_on_to_the_same_transcript_and_accuracy()
    {
        using var scratch = new Scratch();
        string[] args = [.. Smallest, "--split", "dirichlet", "--clients", "3", "--drop-out", "1:2", "--json"];
        var whole = await Typed.Run([.. args, "--out", scratch.Path("a")]);
        var stopped = await Typed.RunUntil("", "round 1 of 2", [.. args, "--out", scratch.Path("b"), "--checkpoint", scratch.Path("state")]);
        var resumed = await Typed.Run([.. args, "--out", scratch.Path("c"), "--checkpoint", scratch.Path("state"), "--resume"]);

        Assert.Equal(130, stopped.Code);
        Assert.True(resumed.Code == 0, resumed.Error);
        Assert.Contains("left out: client 2", whole.Error, StringComparison.Ordinal);
        var (a, c) = (JsonDocument.Parse(whole.Output).RootElement, JsonDocument.Parse(resumed.Output).RootElement);
        foreach (var key in new[] { "transcript", "accuracy", "parameterError" }) Assert.Equal(a.GetProperty(key).GetRawText(), c.GetProperty(key).GetRawText());
        Assert.Equal("[1,3]", a.GetProperty("perRound")[0].GetProperty("counted").GetRawText().Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(1, c.GetProperty("perRound").GetArrayLength());

        // Who was left out of the first round is a matter of the past: what is asked for now does not change the twin.
        string[] rest = [.. Smallest, "--split", "dirichlet", "--clients", "3", "--json", "--checkpoint", scratch.Path("state"), "--resume", "--out", scratch.Path("d")];
        var undropped = await Typed.Run(rest);
        Assert.True(undropped.Code == 0, undropped.Error);
        Assert.Equal(a.GetProperty("parameterError").GetRawText(), JsonDocument.Parse(undropped.Output).RootElement.GetProperty("parameterError").GetRawText());
        var other = await Typed.Run([.. rest, "--train", "lora"]);
        Assert.Equal(2, other.Code);
        Assert.Contains("its trained part is a classifier on embeddings, and adapters of rank 4 of use-lite 2x32 is asked for", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_with_a_slow_line_makes_the_round_longer_and_changes_nothing_else()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("slow.hocon", "mpc.link { latency = 1ms, bandwidth = 1Gbps }\nmpc.clients.client-2 { latency = 500ms, bandwidth = 1Mbps }");
        var fast = JsonDocument.Parse((await Typed.Run([.. Smallest, "--json", "--time", "modelled", "--out", scratch.Path("a")])).Output).RootElement;
        var typed = await Typed.Run([.. Smallest, "--json", "--time", "modelled", "--network", file, "--out", scratch.Path("b")]);
        Assert.True(typed.Code == 0, typed.Error);
        var slow = JsonDocument.Parse(typed.Output).RootElement;
        Assert.Equal(fast.GetProperty("transcript").GetString(), slow.GetProperty("transcript").GetString());
        Assert.True(slow.GetProperty("step").GetProperty("seconds").GetDouble() > 2);
    }

    [Fact]
    public async Task Two_pairs_take_less_time_for_a_round_than_one_and_say_so()
    {
        using var scratch = new Scratch();
        string[] args = [.. Smallest, "--clients", "4", "--time", "modelled"];
        var two = JsonDocument.Parse((await Typed.Run([.. args, "--pairs", "2", "--json", "--out", scratch.Path("two")])).Output).RootElement;
        var one = JsonDocument.Parse((await Typed.Run([.. args, "--json", "--out", scratch.Path("one")])).Output).RootElement;

        Assert.Equal((2, 1), (two.GetProperty("pairs").GetInt32(), one.GetProperty("pairs").GetInt32()));
        var (twos, ones) = (two.GetProperty("secondsPerRound"), one.GetProperty("secondsPerRound"));
        Assert.Equal(ones.GetProperty("allPairs").GetDouble(), ones.GetProperty("onePair").GetDouble());
        Assert.Equal(ones.GetProperty("onePair").GetDouble(), twos.GetProperty("onePair").GetDouble(), 1e-9);
        Assert.InRange(twos.GetProperty("allPairs").GetDouble() / twos.GetProperty("onePair").GetDouble(), 0.5, 0.7);
        Assert.True(two.GetProperty("transferredBytesPerRound").GetDouble() > 0);
        Assert.Equal(0, one.GetProperty("transferredBytesPerRound").GetDouble());
        Assert.Equal(one.GetProperty("accuracy").GetProperty("clear").GetDouble(), two.GetProperty("accuracy").GetProperty("clear").GetDouble());
        Assert.InRange(two.GetProperty("parameterError").GetDouble(), 0, 0.02);

        var typed = await Typed.Run([.. args, "--pairs", "2", "--out", scratch.Path("told")]);
        Assert.Contains("seconds, 2 pairs", typed.Output, StringComparison.Ordinal);
        Assert.Contains("machines of the same side", typed.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lora", "--rank", "2")]
    [InlineData("last-layers", "--layers", "1")]
    [InlineData("full", "--optimizer", "adam")]
    public async Task The_encoder_itself_is_trained_as_in_the_clear(string train, params string[] more)
    {
        using var scratch = new Scratch();
        var typed = await Typed.Run([.. Smallest, "--train", train, .. more, "--drop-out", "1:2", "--json", "--out", scratch.Folder]);

        Assert.True(typed.Code == 0, typed.Error);
        var run = JsonDocument.Parse(typed.Output).RootElement;
        Assert.Equal(train, run.GetProperty("train").GetString());
        Assert.True(run.GetProperty("trainedParameters").GetInt32() > 100);
        Assert.InRange(run.GetProperty("accuracy").GetProperty("private").GetDouble() - run.GetProperty("accuracy").GetProperty("clear").GetDouble(), -0.02, 0.02);
        Assert.InRange(run.GetProperty("parameterError").GetDouble(), 0, 0.005);
        Assert.Equal("client 2", typed.Error.Split("left out: ")[1][..8]);
    }

    [Theory]
    [InlineData("--rank is for --train lora, not for --train full", "--train", "full", "--rank", "4")]
    [InlineData("--layers is for --train last-layers, not for --train head", "--layers", "1")]
    [InlineData("the last 9 layers cannot be trained of an encoder that has 2", "--train", "last-layers", "--layers", "9")]
    [InlineData("--rank is '0', but must be a whole number from 1 to 64", "--train", "lora", "--rank", "0")]
    [InlineData("--clients is '17'", "--clients", "17")]
    [InlineData("3 of 2 clients cannot be picked", "--picked", "3")]
    [InlineData("--pairs is 3, but there are 2 clients", "--pairs", "3")]
    [InlineData("--pairs is '0'", "--pairs", "0")]
    [InlineData("--picked is 'x', but must be a whole number from 1 to 16", "--picked", "x")]
    [InlineData("--learning-rate is '-1', but must be a number above 0 and up to 16", "--learning-rate", "-1")]
    [InlineData("--learning-rate is 'x', but must be a number above 0 and up to 16", "--learning-rate", "x")]
    [InlineData("--learning-rate is '1e400', but must be a number above 0 and up to 16", "--learning-rate", "1e400")]
    [InlineData("--alpha is '0', but must be a number above 0 and up to 1000000", "--alpha", "0")]
    [InlineData("--drop-out is '9:1', but must be a round from 1 to 2", "--drop-out", "9:1")]
    [InlineData("--resume needs --checkpoint DIR", "--resume")]
    public async Task Bad_input_is_named_with_what_would_be_right(string message, params string[] args)
    {
        using var scratch = new Scratch();
        var typed = await Typed.Run([.. Smallest, .. args, "--out", scratch.Folder]);
        Assert.Equal(2, typed.Code);
        Assert.Contains(message, typed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mpc.clients.client-9 { latency = 1ms, bandwidth = 1Gbps }", "has mpc.clients.client-9, but there are 2 clients")]
    [InlineData("mpc.clients.alice { latency = 1ms, bandwidth = 1Gbps }", "has mpc.clients.alice, which is no client")]
    [InlineData("mpc.clients.client-1 { latency = 1ms }", "lacks mpc.clients.client-1.bandwidth")]
    public async Task A_network_file_that_names_no_client_is_refused(string line, string message)
    {
        using var scratch = new Scratch();
        var file = scratch.Write("net.hocon", "mpc.link { latency = 1ms, bandwidth = 1Gbps }\n" + line);
        var typed = await Typed.Run([.. Smallest, "--network", file, "--out", scratch.Path("out")]);
        Assert.Equal(2, typed.Code);
        Assert.Contains(message, typed.Error, StringComparison.Ordinal);
    }
}
