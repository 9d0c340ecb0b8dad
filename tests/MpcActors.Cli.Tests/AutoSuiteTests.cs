using System.Text.Json.Nodes;

namespace MpcActors.Cli.Tests;

/// <summary>--suite auto: for each operation the faster protocol on the network that is named.</summary>
public sealed class AutoSuiteTests
{
    [Theory]
    [InlineData("rfa", 128)]
    [InlineData("softmax", 128)]
    [InlineData("softmax", 512)]
    public async Task Is_never_planned_to_be_slower_than_a_suite_alone(string attention, int tokens)
    {
        foreach (var network in new[] { "lan", "wan-1", "wan-2" })
        {
            var alone = new List<double>();
            foreach (var suite in new[] { "fused", "prifft" }) alone.Add((await Plan(suite, network))["seconds"]![network]!.GetValue<double>());
            var auto = await Plan("auto", network);

            Assert.InRange(auto["seconds"]![network]!.GetValue<double>(), 0, alone.Min() + 1e-9);

            // What it says of itself is why.
            foreach (var pick in auto["picks"]!.AsArray())
                Assert.Equal(pick!["seconds"]!.AsObject().Min(seconds => seconds.Value!.GetValue<double>()), pick["seconds"]![pick["picked"]!.GetValue<string>()]!.GetValue<double>());
        }

        async Task<JsonNode> Plan(string suite, string network) => JsonNode.Parse(
            (await Typed.Run("cost", "--attention", attention, "--tokens", $"{tokens}", "--suite", suite, "--network", network, "--json")).Output)!;
    }

    [Fact]
    public async Task Keys_are_for_networks_far_away()
    {
        Assert.NotEqual(await Softmax("lan"), await Softmax("wan-1"));

        static async Task<string> Softmax(string network) => JsonNode.Parse((await Typed.Run("cost", "--attention", "softmax", "--suite", "auto", "--network", network, "--json")).Output)!["picks"]!
            .AsArray().First(pick => pick!["operation"]!.GetValue<string>() == "softmax")!["picked"]!.GetValue<string>();
    }

    [Theory]
    [InlineData("lan")]
    [InlineData("wan-1")]
    public async Task What_is_executed_is_what_was_planned_and_right(string network)
    {
        using var scratch = new Scratch();

        var typed = await Typed.Run("bench", "layer", "--model", "tiny-roberta", "--tokens", "24", "--attention", "softmax", "--suite", "auto", "--network", network, "--out", scratch.Folder, "--json");

        Assert.True(typed.Code == 0, typed.Error);
        var run = JsonNode.Parse(typed.Output)!;
        Assert.True(run["isAsPlanned"]!.GetValue<bool>());
        Assert.InRange(run["maxError"]!.GetValue<double>(), 0, 2e-3);
        Assert.NotEmpty(run["picks"]!.AsArray());
        Assert.Contains("What was picked", typed.Error, StringComparison.Ordinal);
    }

    /// <summary>Networks pick differently, so sessions on two of them must not have the same masks.</summary>
    [Fact]
    public async Task A_tuning_goes_on_where_it_was_on_its_own_network_only()
    {
        using var scratch = new Scratch();
        string[] tune = ["tune", "--data", scratch.Write("train.tsv", TuneTests.Texts()), "--label-words", "bad,good", "--model", "tiny", "--shots", "4", "--budget", "40", "--suite", "auto", "--checkpoint", scratch.Path("state")];

        var half = await Typed.RunUntil("Tune on shares", "20 of 40 queries", [.. tune, "--network", "wan-1", "--out", scratch.Path("out")]);
        Assert.Equal(130, half.Code);
        var elsewhere = await Typed.Run([.. tune, "--network", "lan", "--resume", "--out", scratch.Path("lan")]);
        var rest = await Typed.Run([.. tune, "--network", "wan-1", "--resume", "--out", scratch.Path("out")]);

        Assert.Equal(2, elsewhere.Code);
        Assert.True(rest.Code == 0, rest.Error);
    }
}
