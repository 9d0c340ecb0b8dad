using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using MpcActors.Actors.Crews;

namespace MpcActors.Cli.Tests;

/// <summary>Processes that find each other. With the packages of a cluster this is one; without them nodes say so, and use the addresses of their file.</summary>
public sealed class ClusterTests
{
    [Fact]
    public async Task An_owner_that_loses_a_party_goes_on_with_another_one_to_the_same_result()
    {
        using var deployment = await Deployment.Make(pairs: 2);
        var simulated = await Typed.Run(deployment.Up("simulated", "--simulated"));
        Assert.True(simulated.Code == 0, simulated.Error);
        string[] clustered = deployment.Up("out", "--cluster", deployment.Cluster, "--spare", deployment.Spare);

        var up = ClusterShell.IsAvailable
            ? await Typed.RunAnd("4 of 12 queries", () => deployment.Kill("out", PartyOneOfTheOwner()), clustered)
            : await Typed.Run(clustered);

        Assert.True(up.Code == 0, up.Error);
        Assert.Equal(deployment.Prompt("simulated"), deployment.Prompt("out"));
        Assert.Equal(!ClusterShell.IsAvailable, up.Error.Contains("this build has no Akka.Cluster", StringComparison.Ordinal));
        Assert.Equal(ClusterShell.IsAvailable, up.Error.Contains("is given up", StringComparison.Ordinal));
        await deployment.AllAreGone("out");

        // Whichever pair was there first.
        string PartyOneOfTheOwner()
        {
            var address = Regex.Matches(File.ReadAllText(Path.Combine(deployment.Folder("out"), "log-data-owner.jsonl")), "party-1 at ([0-9.]+:[0-9]+)")[^1].Groups[1].Value;
            return File.ReadAllText(deployment.Config).Contains($"\"{address}\"", StringComparison.Ordinal) ? "party-1" : "party-1 2";
        }
    }

    [Fact]
    public async Task A_population_over_two_pairs_of_a_cluster_has_the_transcript_of_two_pairs_at_their_addresses()
    {
        using var deployment = await Deployment.Make(pairs: 2);
        var addressed = await Typed.Run(deployment.Up("addressed", "--pair", deployment.Spare, "--json"));

        var clustered = await Typed.Run(deployment.Up("out", "--pair", deployment.Spare, "--cluster", deployment.Cluster, "--json"));

        Assert.Equal(Tuned.Of(addressed).Transcript, Tuned.Of(clustered).Transcript);
        Assert.Equal(deployment.Prompt("addressed"), deployment.Prompt("out"));
        Assert.Equal(ClusterShell.IsAvailable, clustered.Error.Contains("waiting for 2 party pairs, each with a dealer, and for a model owner", StringComparison.Ordinal));
        await deployment.AllAreGone("out");
    }

    [ClusterFact]
    public async Task What_a_lost_pair_leaves_is_tried_at_the_other_and_at_the_one_that_takes_its_place()
    {
        using var deployment = await Deployment.Make(pairs: 3);
        var simulated = await Typed.Run(deployment.Up("simulated", "--simulated", "--json"));

        // Two of three pairs are lost, one after another, so that one at least was at work.
        var up = await Typed.RunAnd(
            "4 of 12 queries", () => Kill("dealer 2", "party-1"), deployment.Up("out", "--pair", deployment.Spare, "--cluster", deployment.Cluster, "--spare", deployment.ConfigOf(3), "--json"));

        Tuned.Of(up).ShouldBeLike(Tuned.Of(simulated));
        Assert.Contains("is given up", up.Error, StringComparison.Ordinal);
        await deployment.AllAreGone("out");

        void Kill(params string[] processes)
        {
            foreach (var process in processes) deployment.Kill("out", process);
        }
    }

    [ClusterFact]
    public async Task A_coordinator_that_cannot_run_ends_all()
    {
        using var deployment = await Deployment.Make();
        var port = int.Parse(Regex.Match(await File.ReadAllTextAsync(deployment.Cluster), "seed-nodes = .\"127.0.0.1:([0-9]+)").Groups[1].Value, CultureInfo.InvariantCulture);
        using var taken = new TcpListener(IPAddress.Loopback, port);
        taken.Start();

        var typed = await Typed.Run(deployment.Up("out", "--cluster", deployment.Cluster));

        Assert.Equal(1, typed.Code);
        Assert.Contains("coordinator ended with exit code 1; the session is over", typed.Error, StringComparison.Ordinal);
        await deployment.AllAreGone("out");
    }

    [Fact]
    public async Task Every_member_of_two_pairs_has_an_address_and_a_certificate_that_all_trust()
    {
        using var scratch = new Scratch();

        var typed = await Typed.Run("certs", scratch.Path("keys"), "--pairs", "2", "--port", "7101", "--json");

        Assert.True(typed.Code == 0, typed.Error);
        var (first, second, cluster) = (Read("node.hocon"), Read("node-2.hocon"), Read("cluster.hocon"));
        var fingerprints = JsonDocument.Parse(typed.Output).RootElement.GetProperty("fingerprints").EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!);
        Assert.Equal(["data-owner", "dealer", "dealer-2", "model-owner", "party-0", "party-0-2", "party-1", "party-1-2"], fingerprints.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, fingerprint) in fingerprints)
        {
            Assert.Contains(fingerprint, cluster, StringComparison.Ordinal);
            Assert.Equal(!name.EndsWith("-2", StringComparison.Ordinal), first.Contains(fingerprint, StringComparison.Ordinal));
            Assert.Equal(name is not ("party-0" or "party-1" or "dealer"), second.Contains(fingerprint, StringComparison.Ordinal));
            Assert.True(File.Exists(Path.Combine(scratch.Path("keys"), name + ".key")), name);
        }

        Assert.Equal([7101, 7102, 7103, 7104, 7105], Ports(first));
        Assert.Equal([7106, 7107, 7108, 7109, 7105], Ports(second));

        string Read(string file) => File.ReadAllText(Path.Combine(scratch.Path("keys"), file));

        static int[] Ports(string text) => [.. Regex.Matches(text, "address = \"127.0.0.1:([0-9]+)\"").Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
    }

    [Theory]
    [InlineData("", "'{0}' has no section mpc.cluster")]
    [InlineData("mpc.cluster.seed-nodes = []", "'{0}' lacks mpc.cluster.seed-nodes")]
    [InlineData("mpc.cluster.seed-nodes = [here]", "mpc.cluster.seed-nodes is [here], but must be a list of addresses, each a host and a port")]
    [InlineData("mpc.cluster { seed-nodes = [\"127.0.0.1:7200\"], seeds = 1 }", "mpc.cluster.seeds, which is not known")]
    [InlineData("mpc.cluster { seed-nodes = [\"127.0.0.1:7200\"], pairs-within = soon }", "'{0}': mpc.cluster.pairs-within")]
    [InlineData("mpc.cluster { seed-nodes = [\"127.0.0.1:7200\"], trusted.dealer = [abc] }", "must be a list of fingerprints")]
    [InlineData("mpc.cluster { seed-nodes = [\"127.0.0.1:7200\"], trusted.banker = [] }", "mpc.cluster.trusted.banker, which is not known")]
    public async Task A_file_that_cannot_be_is_refused(string text, string message)
    {
        using var scratch = new Scratch();
        var file = scratch.Write("cluster.hocon", text);

        var typed = await Typed.Run("coordinator", "--cluster", file);

        Assert.Equal(2, typed.Code);
        Assert.Contains(message.Replace("{0}", file, StringComparison.Ordinal), typed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_coordinated_is_said()
    {
        using var deployment = await Deployment.Make();

        Assert.Contains("--at is '127.0.0.1:1', but must be one of", (await Typed.Run("coordinator", "--cluster", deployment.Cluster, "--at", "127.0.0.1:1")).Error, StringComparison.Ordinal);
        Assert.Contains("--spare goes with --cluster", (await Typed.Run(deployment.Up("out", "--spare", deployment.Config))).Error, StringComparison.Ordinal);
        if (ClusterShell.IsAvailable) return;
        var typed = await Typed.Run("coordinator", "--cluster", deployment.Cluster);
        Assert.Equal(2, typed.Code);
        Assert.Contains("this build has no Akka.Cluster", typed.Error, StringComparison.Ordinal);
    }
}
