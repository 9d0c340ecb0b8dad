using System.Text.Json;
using MpcActors.Actors.Crews;

namespace MpcActors.Cli.Tests;

/// <summary>A federation of processes that find each other, and are given further pairs. Without the packages of a cluster nodes say so, and use the addresses of their file.</summary>
public sealed class FederatedClusterTests
{
    [Fact]
    public async Task Pairs_that_are_given_and_simulated_ones_come_to_one_transcript_and_one_model()
    {
        using var deployment = await FederatedUpTests.Make(pairs: 2, spares: 1);

        var real = await Typed.Run(deployment.Up("real", "--json", "--cluster", deployment.Cluster));
        var simulated = await Typed.Run(deployment.Up("simulated", "--json", "--simulated"));

        Assert.True(real.Code == 0, real.Error);
        Assert.True(simulated.Code == 0, simulated.Error);
        var (left, right) = (FederatedUpTests.Json(real.Output), FederatedUpTests.Json(simulated.Output));
        foreach (var key in new[] { "pairs", "transcript", "textsPerClient" }) Assert.True(JsonElement.DeepEquals(right.GetProperty(key), left.GetProperty(key)), $"{key}: {real.Error}");
        Assert.All(left.GetProperty("perRound").EnumerateArray(), round => Assert.Equal([1, 2, 3], FederatedUpTests.Counted(round)));
        Assert.Empty(left.GetProperty("lostPairs").EnumerateObject());
        Assert.Equal(FederatedUpTests.Model(deployment, "simulated"), FederatedUpTests.Model(deployment, "real"));
        Assert.Equal(!ClusterShell.IsAvailable, real.Error.Contains("this build has no Akka.Cluster", StringComparison.Ordinal));
        // The third pair takes part in nothing that has no coordinator.
        Assert.Equal(ClusterShell.IsAvailable ? 14 : 10, deployment.Processes("real").Count);
        await deployment.AllAreGone("real");
    }

    [ClusterFact]
    public async Task A_machine_of_a_pair_that_is_killed_costs_no_round()
    {
        using var deployment = await FederatedUpTests.Make(
            text => text.Replace("rounds = 2", "rounds = 30", StringComparison.Ordinal).Replace("client-timeout = 60s", "client-timeout = 10s", StringComparison.Ordinal), clients: 2, pairs: 2);

        var typed = await Typed.RunAnd("counted 1 2", () => deployment.Kill("out", "party-0-2"), deployment.Up("out", "--json", "--cluster", deployment.Cluster));

        Assert.True(typed.Code == 0, typed.Error);
        var result = FederatedUpTests.Json(typed.Output);
        Assert.All(result.GetProperty("perRound").EnumerateArray(), round => Assert.Equal([1, 2], FederatedUpTests.Counted(round)));
        Assert.Equal("2", Assert.Single(result.GetProperty("lostPairs").EnumerateObject()).Name);
        await deployment.AllAreGone("out");
    }

    [ClusterFact]
    public async Task A_client_that_is_started_again_is_given_its_place()
    {
        // More rounds than any machine is through with before it is interrupted.
        using var deployment = await FederatedUpTests.Make(
            text => text.Replace("rounds = 2", "rounds = 4000", StringComparison.Ordinal).Replace("client-timeout = 60s", "client-timeout = 5s", StringComparison.Ordinal), clients: 2);
        using var leave = new CancellationTokenSource();
        Task<Typed>? back = null;
        string[] again = ["node", "--role", "client", "--number", "2", "--config", deployment.Config, "--cluster", deployment.Cluster, "--out", deployment.Folder("back")];

        var typed = await Typed.RunThrough(
            leave,
            [
                ("counted 1 2", () => deployment.Kill("out", "client-2")),
                ("counted 1; left out: client 2", () => back = Task.Run(() => Typed.RunUntilDone(leave.Token, again))),
                ("counted 1 2", leave.Cancel),
            ],
            deployment.Up("out", "--cluster", deployment.Cluster));

        Assert.True(typed.Code == 130, typed.Error);
        Assert.Contains(": client-2\n", (await back!).Error, StringComparison.Ordinal);
        await deployment.AllAreGone("out");
    }

    [ClusterFact]
    public async Task A_federation_that_loses_its_dealer_goes_on_with_pairs_that_are_given_to_it_anew()
    {
        using var deployment = await FederatedUpTests.Make(
            text => text.Replace("rounds = 2", "rounds = 9", StringComparison.Ordinal).Replace("local-steps = 2", "local-steps = 1", StringComparison.Ordinal), clients: 2, pairs: 2, spares: 1);
        var simulated = await Typed.Run(deployment.Up("simulated", "--json", "--simulated"));

        var broken = await Typed.RunAnd("counted 1 2", () => deployment.Kill("out", "dealer"), deployment.Up("out", "--cluster", deployment.Cluster));
        await deployment.AllAreGone("out");
        var rest = await Typed.Run(deployment.Up("out", "--resume", "--json", "--cluster", deployment.Cluster));

        Assert.True(broken.Code == 1, broken.Error);
        Assert.True(rest.Code == 0, rest.Error);
        Assert.Equal(FederatedUpTests.Json(simulated.Output).GetProperty("transcript").GetString(), FederatedUpTests.Json(rest.Output).GetProperty("transcript").GetString());
        Assert.Equal(FederatedUpTests.Model(deployment, "simulated"), FederatedUpTests.Model(deployment, "out"));
        await deployment.AllAreGone("out");
    }

    [Fact]
    public async Task What_is_not_for_a_federation_is_refused()
    {
        using var deployment = await FederatedUpTests.Make(pairs: 2, spares: 1);

        Assert.Contains("--cluster goes with processes, not with --simulated", await Refusal(deployment.Up("out", "--simulated", "--cluster", deployment.Cluster)), StringComparison.Ordinal);
        Assert.Contains("--real-time and --spare are not for a federation", await Refusal(deployment.Up("out", "--cluster", deployment.Cluster, "--spare", deployment.Config)), StringComparison.Ordinal);
        Assert.Contains("--spares goes with --clients", await Refusal(["certs", deployment.Folder("more"), "--spares", "1"]), StringComparison.Ordinal);
        Assert.Contains("server-3 is of a pair beyond mpc.federation.pairs = 2", await Refusal(["node", "--role", "server-3", "--config", deployment.Config, "--out", deployment.Folder("out")]), StringComparison.Ordinal);
        File.WriteAllText(deployment.Config, File.ReadAllText(deployment.Config).Replace("    dealer-3 ", "    dealer-4 ", StringComparison.Ordinal));
        Assert.Contains("has no section mpc.roles.dealer-3", await Refusal(deployment.Up("out")), StringComparison.Ordinal);

        static async Task<string> Refusal(string[] args)
        {
            var typed = await Typed.Run(args);
            Assert.Equal(2, typed.Code);
            return typed.Error;
        }
    }

    [Fact]
    public async Task Machines_of_all_pairs_are_trusted_with_their_side_and_nobody_with_a_clients_place()
    {
        using var scratch = new Scratch();

        var typed = await Typed.Run("certs", scratch.Path("keys"), "--clients", "2", "--pairs", "2", "--spares", "1", "--json");

        var cluster = File.ReadAllLines(Path.Combine(scratch.Path("keys"), "cluster.hocon"));
        var fingerprints = FederatedUpTests.Json(typed.Output).GetProperty("fingerprints").EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!);
        foreach (var (role, members) in new[] { ("party-0", "party-0 party-0-2 party-0-3"), ("party-1", "server server-2 server-3"), ("dealer", "dealer dealer-2 dealer-3"), ("data-owner", ""), ("model-owner", "") })
        {
            var line = Assert.Single(cluster, line => line.StartsWith($"    {role} = [", StringComparison.Ordinal));
            Assert.Equal($"    {role} = [{string.Join(", ", members.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(member => $"\"{fingerprints[member]}\""))}]", line);
        }
    }
}
