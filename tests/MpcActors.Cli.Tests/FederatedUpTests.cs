using System.Diagnostics;
using System.Text.Json;

namespace MpcActors.Cli.Tests;

/// <summary>A federation of real processes on loopback: party zero, server, dealer, model owner and clients.</summary>
public sealed class FederatedUpTests
{
    const string Federation = """
          federation {
            clients = 3
            task = tiny
            rounds = 2
            local-steps = 2
            batch = 4
            client-timeout = 60s
          }
        """;

    [Fact]
    public async Task Processes_and_simulation_come_to_one_transcript_and_one_model()
    {
        using var deployment = await Make();

        var real = await Typed.Run(deployment.Up("real", "--json"));
        var simulated = await Typed.Run(deployment.Up("simulated", "--json", "--simulated"));

        Assert.True(real.Code == 0, real.Error);
        Assert.True(simulated.Code == 0, simulated.Error);
        var (left, right) = (Json(real.Output), Json(simulated.Output));
        Assert.Equal("up", left.GetProperty("command").GetString());
        Assert.Matches("^[0-9a-f]{64}$", left.GetProperty("transcript").GetString());
        Assert.Equal(right.GetProperty("transcript").GetString(), left.GetProperty("transcript").GetString());
        foreach (var key in new[] { "clients", "rounds", "train", "trainedParameters", "textsPerClient" }) Assert.True(JsonElement.DeepEquals(right.GetProperty(key), left.GetProperty(key)), key);
        Assert.Equal(right.GetProperty("step").GetProperty("rounds").GetDouble(), left.GetProperty("step").GetProperty("rounds").GetDouble());
        Assert.Equal(Model(deployment, "simulated"), Model(deployment, "real"));

        // What only the model owner can know, it alone says.
        Assert.False(left.TryGetProperty("accuracy", out _));
        var owned = Json(File.ReadAllText(Path.Combine(deployment.Folder("real"), "model.json"))).GetProperty("accuracy");
        foreach (var key in new[] { "zeroShot", "private" }) Assert.Equal(right.GetProperty("accuracy").GetProperty(key).GetDouble(), owned.GetProperty(key).GetDouble());
        Assert.Contains(
            "client-3", JsonDocument.Parse(File.ReadAllText(Path.Combine(deployment.Folder("real"), "trace.json"))).RootElement.GetProperty("traceEvents").EnumerateArray()
                .Where(span => span.GetProperty("ph").GetString() == "M").Select(span => span.GetProperty("args").GetProperty("name").GetString()));
        await deployment.AllAreGone("real");
    }

    [Fact]
    public async Task A_client_that_is_killed_is_left_out_and_counts_again_when_it_is_back()
    {
        // More rounds than any machine is through with before it is interrupted.
        using var deployment = await Make(text => text.Replace("rounds = 2", "rounds = 400", StringComparison.Ordinal).Replace("client-timeout = 60s", "client-timeout = 5s", StringComparison.Ordinal), clients: 2);
        using var leave = new CancellationTokenSource();
        Task<Typed>? back = null;

        var typed = await Typed.RunThrough(
            leave,
            [
                ("counted 1 2", () => deployment.Kill("out", "client-2")),
                ("counted 1; left out: client 2", () => back = Task.Run(() => Typed.RunUntilDone(leave.Token, "node", "--role", "client", "--number", "2", "--config", deployment.Config, "--out", deployment.Folder("back")))),
                ("counted 1 2", leave.Cancel),
            ],
            deployment.Up("out"));

        Assert.Equal(130, typed.Code);
        Assert.Contains("client-2 ended with exit code", typed.Error, StringComparison.Ordinal);
        Assert.Contains("done: round ", (await back!).Error, StringComparison.Ordinal);
        await deployment.AllAreGone("out");
    }

    [Fact]
    public async Task A_party_or_server_that_is_killed_ends_it_and_resumed_runs_come_to_the_same_transcript_and_model()
    {
        // A round's line may be read when the next rounds are done already, but not so many of them.
        using var deployment = await Make(text => text.Replace("rounds = 2", "rounds = 9", StringComparison.Ordinal).Replace("local-steps = 2", "local-steps = 1", StringComparison.Ordinal), clients: 1);
        var simulated = await Typed.Run(deployment.Up("simulated", "--json", "--simulated"));

        await KillAfterRound("party-0", deployment.Up("broken"));
        await KillAfterRound("server", deployment.Up("broken", "--resume"));
        var rest = await Typed.Run(deployment.Up("broken", "--resume", "--json"));

        Assert.True(rest.Code == 0, rest.Error);
        int[] rounds = [.. Json(rest.Output).GetProperty("perRound").EnumerateArray().Select(round => round.GetProperty("round").GetInt32())];
        Assert.InRange(rounds[0], 3, 9);
        Assert.Equal(Enumerable.Range(rounds[0], 10 - rounds[0]), rounds);
        Assert.Contains($"goes on after round {rounds[0] - 1}", rest.Error, StringComparison.Ordinal);
        Assert.Equal(Json(simulated.Output).GetProperty("transcript").GetString(), Json(rest.Output).GetProperty("transcript").GetString());
        Assert.Equal(Model(deployment, "simulated"), Model(deployment, "broken"));
        await deployment.AllAreGone("broken");

        async Task KillAfterRound(string role, string[] args)
        {
            var broken = await Typed.RunAnd("counted 1", () => deployment.Kill("broken", role), args);
            Assert.Equal(1, broken.Code);
            Assert.Contains($"{role} ended with exit code", broken.Error, StringComparison.Ordinal);
            await deployment.AllAreGone("broken");
        }
    }

    [Fact]
    public async Task Two_pairs_of_processes_and_two_simulated_ones_come_to_one_transcript_and_one_model()
    {
        using var deployment = await Make(pairs: 2);

        var real = await Typed.Run(deployment.Up("real", "--json"));
        var simulated = await Typed.Run(deployment.Up("simulated", "--json", "--simulated"));

        Assert.True(real.Code == 0, real.Error);
        Assert.True(simulated.Code == 0, simulated.Error);
        var (left, right) = (Json(real.Output), Json(simulated.Output));
        foreach (var key in new[] { "pairs", "transcript", "textsPerClient" }) Assert.True(JsonElement.DeepEquals(right.GetProperty(key), left.GetProperty(key)), $"{key}: {real.Error}");
        Assert.All(left.GetProperty("perRound").EnumerateArray(), round => Assert.Equal([1, 2, 3], Counted(round)));
        Assert.Equal(right.GetProperty("transferredBytesPerRound").GetDouble(), left.GetProperty("transferredBytesPerRound").GetDouble());
        Assert.Empty(left.GetProperty("lostPairs").EnumerateObject());
        Assert.Equal(Model(deployment, "simulated"), Model(deployment, "real"));
        Assert.Contains("round 2: trained with 2", File.ReadAllText(Path.Combine(deployment.Folder("real"), "log-server-2.jsonl")), StringComparison.Ordinal);
        Assert.Equal(10, deployment.Processes("real").Count);
        await deployment.AllAreGone("real");
    }

    [Fact]
    public async Task Two_pairs_go_on_from_the_last_round_to_the_same_transcript_and_model()
    {
        using var deployment = await Make(text => text.Replace("rounds = 2", "rounds = 9", StringComparison.Ordinal).Replace("local-steps = 2", "local-steps = 1", StringComparison.Ordinal), clients: 2, pairs: 2);
        var simulated = await Typed.Run(deployment.Up("simulated", "--json", "--simulated"));

        var broken = await Typed.RunAnd("counted 1 2", () => deployment.Kill("broken", "party-0"), deployment.Up("broken"));
        await deployment.AllAreGone("broken");
        var rest = await Typed.Run(deployment.Up("broken", "--resume", "--json"));

        Assert.Equal(1, broken.Code);
        Assert.True(rest.Code == 0, rest.Error);
        Assert.Contains("goes on after round ", rest.Error, StringComparison.Ordinal);
        Assert.Equal(Json(simulated.Output).GetProperty("transcript").GetString(), Json(rest.Output).GetProperty("transcript").GetString());
        Assert.Equal(Model(deployment, "simulated"), Model(deployment, "broken"));
        await deployment.AllAreGone("broken");
    }

    [Theory]
    [InlineData("party-0-2")]
    [InlineData("server-2")]
    public async Task A_pair_that_is_lost_is_left_out_and_the_first_pair_does_its_work(string killed)
    {
        // More rounds than any machine is through with before it is interrupted.
        using var deployment = await Make(
            text => text.Replace("rounds = 2", "rounds = 400", StringComparison.Ordinal).Replace("client-timeout = 60s", "client-timeout = 10s", StringComparison.Ordinal), clients: 2, pairs: 2);
        using var leave = new CancellationTokenSource();

        var typed = await Typed.RunThrough(
            leave, [("counted 1 2", () => deployment.Kill("out", killed)), ("pair 2 is lost, and the others do its work", () => { }), ("counted 1 2", () => { }), ("counted 1 2", leave.Cancel)], deployment.Up("out"));

        Assert.True(typed.Code == 130, typed.Error);
        Assert.Contains($"{killed} ended with exit code", typed.Error, StringComparison.Ordinal);
        await deployment.AllAreGone("out");
    }

    [Theory]
    [InlineData("clients = 3", "clients = 2", "mpc.roles.client-3, which is not known")]
    [InlineData("clients = 3", "clients = 17", "mpc.federation.clients is 17, but must be a whole number from 1 to 16")]
    [InlineData("pairs = 1", "pairs = 4", "mpc.federation.pairs is 4, but there are 3 clients")]
    [InlineData("pairs = 1", "pairs = 2", "mpc.roles.party-0-2")]
    [InlineData("rounds = 2", "round = 2", "mpc.federation.round, which is not known")]
    [InlineData("rounds = 2", "rounds = 2, picked = 4", "4 of 3 clients cannot be picked")]
    [InlineData("rounds = 2", "rounds = 2, rank = 4", "mpc.federation.rank is for train = lora, not for train = head")]
    [InlineData("rounds = 2", "rounds = 2, alpha = 1", "mpc.federation.alpha goes with split = dirichlet")]
    [InlineData("rounds = 2", "rounds = 2, learning-rate = 99", "the learning rate is above 0 and at most 16, not 99")]
    [InlineData("task = tiny", "task = tny", "mpc.federation.task is tny, but must be one of tiny, yelp, imdb, amazon; did you mean tiny?")]
    [InlineData("task = tiny", "classes = [a, b]", "mpc.federation.classes and mpc.federation.labels go together")]
    [InlineData("task = tiny", "task = tiny, classes = [a, b]", "has both mpc.federation.task and mpc.federation.classes")]
    [InlineData("task = tiny", "test = t.tsv", "mpc.federation.test goes with mpc.federation.classes")]
    [InlineData("  federation {", "  session { }\n  federation {", "has both mpc.session and mpc.federation")]
    [InlineData("    dealer  ", "    deale  ", "mpc.roles.deale, which is not known")]
    [InlineData("key = \"client-2.key\"", "key = \"client-2.key\", data = \"mine.tsv\"", "mpc.roles.client-2.data, which goes with mpc.federation.classes")]
    [InlineData("client-3.pem", "client-2.pem", "'client-2.pem' and 'client-3.key' are no certificate with its key")]
    [InlineData("party-0.key\"", "party-0.key\", secret = \"dealer.pem\"", "'dealer.pem' holds no secret")]
    public async Task A_configuration_that_cannot_be_is_told_by_file_setting_and_reason(string from, string to, string message)
    {
        using var deployment = await Make(text => text.Replace(from, to, StringComparison.Ordinal));

        var typed = await Typed.Run(deployment.Up("out"));

        Assert.Equal(2, typed.Code);
        Assert.Contains(message, typed.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(deployment.Folder("out"), "processes.json")));
    }

    [Fact]
    public async Task Two_roles_at_one_address_are_refused_before_anything_starts()
    {
        using var deployment = await Make(text =>
        {
            var ports = text.Split("127.0.0.1:")[1..].Select(rest => rest[..rest.IndexOf('"', StringComparison.Ordinal)]).ToArray();
            return text.Replace(ports[3], ports[0], StringComparison.Ordinal);
        }, pairs: 2);

        var typed = await Typed.Run(deployment.Up("out"));

        Assert.Equal(2, typed.Code);
        Assert.Contains("party-0 and party-0-2 are both at 127.0.0.1:", typed.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(deployment.Folder("out"), "processes.json")));
    }

    [Theory]
    [InlineData("--role client", "--role client needs --number: 1 to 3")]
    [InlineData("--role client --number 4", "there is no client 4")]
    [InlineData("--role server --number 1", "--number goes with --role client")]
    [InlineData("--role data-owner", "unknown role 'data-owner': use party-0, server, dealer, model-owner, client-1, client-2, client-3")]
    [InlineData("--role server --pair x", "--pair and --scenario are not for a federation")]
    [InlineData("--role server --cluster x", "'x'")]
    public async Task A_role_that_cannot_be_is_refused(string line, string message)
    {
        using var deployment = await Make();

        var typed = await Typed.Run(["node", "--config", deployment.Config, "--out", deployment.Folder("out"), .. line.Split(' ')]);

        Assert.Equal(2, typed.Code);
        Assert.Contains(message, typed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_with_other_settings_or_other_files_than_it_should_have_is_refused()
    {
        using var deployment = await Make(text => text
            .Replace("task = tiny", "classes = [neg, pos], labels = [\"This is bad.\", \"This is good.\"]", StringComparison.Ordinal)
            .Replace("key = \"client-1.key\"", "key = \"client-1.key\", data = mine.tsv", StringComparison.Ordinal));
        string[] client = ["node", "--config", deployment.Config, "--out", deployment.Folder("out"), "--role", "client", "--number"];
        var texts = Path.Combine(Path.GetDirectoryName(deployment.Config)!, "mine.tsv");

        Assert.Contains("lacks mpc.roles.client-2.data", await Refusal([.. client, "2"]), StringComparison.Ordinal);
        Assert.Contains("mine.tsv", await Refusal([.. client, "1"]), StringComparison.Ordinal);
        File.WriteAllText(texts, "label\ttext\nbest\ta good one\n");
        Assert.Contains("line 2: unknown label best; neg, pos were expected", await Refusal([.. client, "1"]), StringComparison.Ordinal);

        static async Task<string> Refusal(string[] args)
        {
            var typed = await Typed.Run(args);
            Assert.Equal(2, typed.Code);
            return typed.Error;
        }
    }

    internal static Task<Deployment> Make(Func<string, string>? change = null, int clients = 3, int pairs = 1, int spares = 0) =>
        Deployment.MakeFederation(clients, Federation.Replace("clients = 3", $"clients = {clients}\n    pairs = {pairs}", StringComparison.Ordinal), change, pairs, spares);

    internal static byte[] Model(Deployment deployment, string folder) => File.ReadAllBytes(Path.Combine(deployment.Folder(folder), "model.safetensors"));

    internal static int[] Counted(JsonElement round) => [.. round.GetProperty("counted").EnumerateArray().Select(client => client.GetInt32())];

    internal static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
