using System.Text.Json;

namespace MpcActors.Cli.Tests;

public sealed class DemoTests
{
    static readonly string[] Smallest = ["demo", "--offline", "--quick", "--queries", "20", "--test-texts", "30"];

    [Fact]
    public async Task The_offline_demo_reports_what_the_contract_promises()
    {
        using var scratch = new Scratch();

        var typed = await Typed.Run([.. Smallest, "--json", "--network", "wan-2", "--seed", "5", "--out", scratch.Folder]);

        Assert.True(typed.Code == 0, typed.Error);
        var run = JsonDocument.Parse(typed.Output).RootElement;
        Assert.Equal("mpc-actors/1", run.GetProperty("schema").GetString());
        Assert.Equal("demo", run.GetProperty("command").GetString());
        Assert.Equal(5, run.GetProperty("seed").GetInt32());
        foreach (var key in new[] { "commit", "machine", "runtime" }) Assert.NotEqual(JsonValueKind.Null, run.GetProperty(key).ValueKind);
        Assert.True(run.GetProperty("elapsedSeconds").GetDouble() > 0);
        Assert.Equal("tiny", run.GetProperty("task").GetString());
        Assert.Equal("tiny", run.GetProperty("model").GetString());
        Assert.Equal(20, run.GetProperty("queries").GetInt32());
        Assert.InRange(run.GetProperty("agreement").GetDouble(), 0.99, 1);
        Assert.Matches("^[0-9a-f]{64}$", run.GetProperty("transcript").GetString());

        var accuracy = run.GetProperty("accuracy");
        Assert.InRange(accuracy.GetProperty("zeroShot").GetDouble(), 0.5, 1);
        foreach (var where in new[] { "clear", "private" })
            foreach (var kind in new[] { "softmax", "rfa" })
                Assert.InRange(accuracy.GetProperty(where).GetProperty(kind).GetDouble(), 0.5, 1);
        foreach (var comparison in run.GetProperty("comparisons").EnumerateObject())
            Assert.InRange(comparison.Value.GetProperty("logitError").GetDouble(), 0, 0.01);
    }

    [Fact]
    public async Task The_costs_of_the_demo_fit_the_networks()
    {
        using var scratch = new Scratch();
        var typed = await Typed.Run([.. Smallest, "--json", "--time", "modelled", "--latency", "1s", "--bandwidth", "1Gbps", "--out", scratch.Folder]);
        Assert.True(typed.Code == 0, typed.Error);
        var costs = JsonDocument.Parse(typed.Output).RootElement.GetProperty("attention").EnumerateArray().ToArray();

        Assert.Equal(["softmax", "rfa", "uniform"], costs.Select(cost => cost.GetProperty("kind").GetString()).Distinct());
        Assert.Equal(["lan", "wan-1", "wan-2", "custom"], costs.Select(cost => cost.GetProperty("network").GetString()).Distinct());
        Assert.Equal(12, costs.Length);
        foreach (var cost in costs)
        {
            // Latency and the bytes of one direction are paid for, whatever else is.
            var (latency, rate) = cost.GetProperty("network").GetString() switch
            {
                "lan" => (0.8e-3, 3e9),
                "wan-1" => (80e-3, 100e6),
                "wan-2" => (40e-3, 200e6),
                _ => (1.0, 1e9),
            };
            var (rounds, sent) = (cost.GetProperty("rounds").GetInt64(), cost.GetProperty("sentBytesPerParty").EnumerateArray().Select(bytes => bytes.GetInt64()).ToArray());
            var least = rounds * latency + sent[0] * 8 / rate;
            Assert.InRange(cost.GetProperty("seconds").GetDouble(), least, 2 * least + 1);
            Assert.True(rounds > 0 && cost.GetProperty("tokens").GetInt32() > 0 && cost.GetProperty("computeSeconds").GetDouble() > 0);
            Assert.Equal(2, sent.Length);
            Assert.True(cost.GetProperty("offlineBytesPerParty")[1].GetInt64() > 0);
            Assert.True(cost.GetProperty("total").GetProperty("rounds").GetInt64() > rounds);
        }
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_transcript_and_files_hold_the_same_object()
    {
        using var scratch = new Scratch();
        var first = await Typed.Run([.. Smallest, "--json", "--out", scratch.Path("a")]);
        var again = await Typed.Run([.. Smallest, "--network", "wan-1", "--out", scratch.Path("b")]);
        var other = await Typed.Run([.. Smallest, "--seed", "2", "--out", scratch.Path("c")]);

        var (a, b, c) = (Run("a"), Run("b"), Run("c"));
        Assert.Equal(first.Output.Trim(), File.ReadAllText(Path.Combine(scratch.Path("a"), "run.json")).Trim());
        Assert.Equal(Transcript(a), Transcript(b));
        Assert.NotEqual(Transcript(a), Transcript(c));
        Assert.Equal(a.GetProperty("accuracy").GetRawText(), b.GetProperty("accuracy").GetRawText());
        Assert.Contains("zero-shot + owner's class offsets", again.Output, StringComparison.Ordinal);
        Assert.Contains("one generation", other.Output, StringComparison.Ordinal);
        using var trace = JsonDocument.Parse(File.ReadAllText(Path.Combine(scratch.Path("a"), "trace.json")));
        Assert.True(trace.RootElement.GetProperty("traceEvents").GetArrayLength() > 100);
        Assert.Empty(Directory.GetFiles(scratch.Folder, "*.new", SearchOption.AllDirectories));

        JsonElement Run(string name) => JsonDocument.Parse(File.ReadAllText(Path.Combine(scratch.Path(name), "run.json"))).RootElement;
        static string? Transcript(JsonElement run) => run.GetProperty("transcript").GetString();
    }

    [Fact]
    public async Task An_interrupted_demo_leaves_no_report_and_exits_with_130()
    {
        using var scratch = new Scratch();

        var typed = await Typed.RunUntil("Tune on shares", "20 of 40 queries", "demo", "--offline", "--queries", "40", "--test-texts", "10", "--out", scratch.Folder);

        Assert.Equal(130, typed.Code);
        Assert.Contains("interrupted", typed.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(scratch.Folder));
    }
}
