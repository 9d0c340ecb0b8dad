using System.Text.Json;

namespace MpcActors.Cli.Tests;

public sealed class PairsTests
{
    [Fact]
    public async Task Two_pairs_come_to_the_losses_of_one_and_never_later()
    {
        using var scratch = new Scratch();

        var typed = await Typed.Run("experiment", "pairs", "--quick", "--json", "--out", scratch.Folder);

        Assert.True(typed.Code == 0, typed.Error);
        foreach (var row in JsonDocument.Parse(typed.Output).RootElement.GetProperty("rows").EnumerateArray())
        {
            Assert.InRange(row.GetProperty("lossDifference").GetDouble(), 0, 1e-4);
            var (one, two) = (row.GetProperty("onePairSeconds").GetDouble(), row.GetProperty("twoPairsSeconds").GetDouble());

            // What processes take is measured; the others' seconds are virtual, and the same everywhere.
            if (row.GetProperty("network").GetString() == "loopback") Assert.True(one > 0 && two > 0);
            else Assert.True(two < one);
        }

        Assert.Contains("| lan |", await File.ReadAllTextAsync(scratch.Path("pairs.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_pairs_of_processes_share_a_population_and_come_to_the_losses_of_one()
    {
        using var deployment = await Deployment.Make(pairs: 2);

        var two = await Typed.Run(deployment.Up("two", "--pair", deployment.Spare, "--json"));
        var one = await Typed.Run(deployment.Up("one", "--simulated", "--json"));

        var (divided, whole) = (Tuned.Of(two), Tuned.Of(one));
        divided.ShouldBeLike(whole);
        Assert.NotEqual(whole.Transcript, divided.Transcript);
        var sessions = JsonDocument.Parse(two.Output).RootElement.GetProperty("attention").EnumerateArray().ToArray();
        Assert.Equal(["processes, pair 1", "processes, pair 2"], sessions.Select(session => session.GetProperty("network").GetString()));
        Assert.All(sessions, session => Assert.True(session.GetProperty("sentBytesPerParty")[0].GetInt64() > 100_000));
        Assert.Contains("\"party-0 2\"", await File.ReadAllTextAsync(Path.Combine(deployment.Folder("two"), "trace.json")), StringComparison.Ordinal);
        await deployment.AllAreGone("two");
    }

    [Fact]
    public async Task Pairs_end_with_the_run_that_is_interrupted_and_leave_nothing_running()
    {
        using var deployment = await Deployment.Make(text => text.Replace("queries = 12", "queries = 4000", StringComparison.Ordinal), pairs: 2);

        var interrupted = await Typed.RunUntil("", "4 of 4000 queries", deployment.Up("out", "--pair", deployment.Spare));

        Assert.Equal(130, interrupted.Code);
        await deployment.AllAreGone("out");
    }

    [Fact]
    public async Task A_pair_is_named_once_and_by_the_data_owner()
    {
        using var scratch = new Scratch();
        Assert.Equal(0, (await Typed.Run("certs", scratch.Path("keys"), "--pairs", "2")).Code);
        string[] files = ["--config", Path.Combine(scratch.Path("keys"), "node.hocon"), "--pair", Path.Combine(scratch.Path("keys"), "node-2.hocon")];

        var twice = await Typed.Run(["up", .. files, .. files[2..], "--out", scratch.Path("out")]);
        var party = await Typed.Run(["node", "--role", "party-0", .. files, "--out", scratch.Path("out")]);

        Assert.Equal((2, 2), (twice.Code, party.Code));
        Assert.Contains("node-2.hocon' has: each pair, and the data owner for each, listens at an address of its own", twice.Error, StringComparison.Ordinal);
        Assert.Contains("--pair is for the data owner, which divides its work among pairs; party-0 has the configuration of its own pair alone", party.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_over_two_pairs_that_lost_a_party_of_the_second_goes_on_to_the_same_prompt()
    {
        using var deployment = await Deployment.Make(pairs: 2);
        string[] up = deployment.Up("out", "--pair", deployment.Spare);
        var whole = await Typed.Run(deployment.Up("whole", "--pair", deployment.Spare));
        Assert.True(whole.Code == 0, whole.Error);

        var lost = await Typed.RunAnd("4 of 12 queries", () => deployment.Kill("out", "party-1 2"), up);
        var resumed = await Typed.Run([.. up, "--resume"]);

        Assert.Equal(1, lost.Code);
        Assert.Contains("party-1", lost.Error, StringComparison.Ordinal);
        Assert.True(resumed.Code == 0, resumed.Error);
        Assert.Equal(deployment.Prompt("whole"), deployment.Prompt("out"));
        await deployment.AllAreGone("out");
    }

    [Theory]
    [InlineData("attention = softmax", "attention = uniform", "has attention = uniform, '{0}' has softmax: pairs that share a population have one session's settings")]
    [InlineData(":7109\"", ":7104\"", "has data-owner at 127.0.0.1:7104, as '{0}' has: each pair, and the data owner for each, listens at an address of its own")]
    public async Task A_pair_that_cannot_share_is_refused(string from, string to, string message)
    {
        using var scratch = new Scratch();
        Assert.Equal(0, (await Typed.Run("certs", scratch.Path("keys"), "--pairs", "2", "--port", "7101")).Code);
        var (first, second) = (Path.Combine(scratch.Path("keys"), "node.hocon"), Path.Combine(scratch.Path("keys"), "node-2.hocon"));
        var text = await File.ReadAllTextAsync(second);
        Assert.Contains(from, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(second, text.Replace(from, to, StringComparison.Ordinal));

        var typed = await Typed.Run("up", "--config", first, "--pair", second, "--out", scratch.Path("out"));

        Assert.Equal(2, typed.Code);
        Assert.Contains(string.Format(System.Globalization.CultureInfo.InvariantCulture, message, first), typed.Error, StringComparison.Ordinal);
    }
}
