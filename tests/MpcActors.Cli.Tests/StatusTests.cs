using System.Text.Json;

namespace MpcActors.Cli.Tests;

public sealed class StatusTests
{
    static readonly string[] Roles = ["data-owner", "dealer", "model-owner", "party-0", "party-1"];

    [Fact]
    public async Task A_running_deployment_shows_its_nodes_and_one_that_is_over_what_crossed_each_link()
    {
        // Long enough that no machine is through with it while its status is read, which is done before another line is.
        using var deployment = await Deployment.Make(text => text.Replace("queries = 12", "queries = 120", StringComparison.Ordinal));
        Typed? during = null;

        var up = await Typed.RunAnd("4 of 120 queries", () => during = Task.Run(() => Typed.Run("status", deployment.Folder("out"), "--json")).GetAwaiter().GetResult(), deployment.Up("out"));

        Assert.True(up.Code == 0, up.Error);
        foreach (var node in Nodes(during!))
        {
            Assert.DoesNotContain(node.GetProperty("state").GetString(), new[] { "done", "failed", "interrupted" });
            Assert.True(node.GetProperty("processId").GetInt32() > 0);
        }

        var after = Nodes(await Typed.Run("status", deployment.Folder("out"), "--json"));
        Assert.All(after, node => Assert.Equal("done", node.GetProperty("state").GetString()));
        Assert.Equal(120, after.Single(node => node.GetProperty("role").GetString() == "data-owner").GetProperty("progress").GetProperty("queries").GetInt32());
        foreach (var from in Roles)
        foreach (var to in Roles.Where(to => to != from))
            Assert.Equal(Link(from, to).GetProperty("sentBytes").GetInt64(), Link(to, from).GetProperty("receivedBytes").GetInt64());
        Assert.True(Link("party-0", "party-1").GetProperty("sentBytes").GetInt64() > 0);

        var table = (await Typed.Run("status", deployment.Folder("out"))).Output;
        Assert.All(Roles, role => Assert.Contains(role, table, StringComparison.Ordinal));
        Assert.Contains("120 of 120", table, StringComparison.Ordinal);
        var log = File.ReadAllLines(Path.Combine(deployment.Folder("out"), "log-dealer.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Contains(log, line => line.GetProperty("message").GetString() == "all roles are connected and agree; the session begins");

        JsonElement Link(string of, string with) => after.Single(node => node.GetProperty("role").GetString() == of).GetProperty("peers").EnumerateArray().Single(peer => peer.GetProperty("role").GetString() == with);
    }

    [Fact]
    public async Task Where_no_node_ran_there_is_nothing_to_show()
    {
        using var scratch = new Scratch();

        Assert.Contains("no node has left a status", (await Typed.Run("status", scratch.Folder)).Error, StringComparison.Ordinal);
        Assert.Contains("there is no folder", (await Typed.Run("status", scratch.Path("none"))).Error, StringComparison.Ordinal);
        scratch.Write("status-dealer.json", "{ \"role\":");
        Assert.Contains("is no status of a node", (await Typed.Run("status", scratch.Folder)).Error, StringComparison.Ordinal);
        scratch.Write("status-dealer.json", """{ "role": "dealer", "processId": 1, "state": "running", "last": "", "updatedAt": "2020-01-01T00:00:00Z", "peers": [] }""");
        Assert.Contains("silent for", (await Typed.Run("status", scratch.Folder)).Output, StringComparison.Ordinal);
    }

    static JsonElement[] Nodes(Typed typed)
    {
        Assert.True(typed.Code == 0, typed.Error);
        JsonElement[] nodes = [.. JsonDocument.Parse(typed.Output).RootElement.GetProperty("nodes").EnumerateArray()];
        Assert.Equal(Roles, nodes.Select(node => node.GetProperty("role").GetString()!).Order(StringComparer.Ordinal));
        return nodes;
    }
}
