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
        await deployment.AllAreGone("real");
    }

    [Fact]
    public async Task A_client_that_is_killed_is_left_out_and_counts_again_when_it_is_back()
    {
        // More rounds than any machine is through with before it is interrupted.
        using var deployment = await Make(text => text.Replace("rounds = 2", "rounds = 400", StringComparison.Ordinal).Replace("client-timeout = 60s", "client-timeout = 10s", StringComparison.Ordinal), clients: 2);
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

    [Theory]
    [InlineData("server")]
    [InlineData("party-0")]
    public async Task A_role_that_is_killed_ends_it_and_a_resumed_run_has_the_same_transcript_and_model(string role)
    {
        using var deployment = await Make(clients: 1);
        var simulated = await Typed.Run(deployment.Up("simulated", "--json", "--simulated"));

        var broken = await Typed.RunAnd("round 1 of 2", () => deployment.Kill("broken", role), deployment.Up("broken"));
        Assert.Equal(1, broken.Code);
        Assert.Contains($"{role} ended with exit code", broken.Error, StringComparison.Ordinal);
        await deployment.AllAreGone("broken");
        var rest = await Typed.Run(deployment.Up("broken", "--resume", "--json"));

        Assert.True(rest.Code == 0, rest.Error);
        Assert.Contains("goes on after round 1", rest.Error, StringComparison.Ordinal);
        Assert.Equal(2, Assert.Single(Json(rest.Output).GetProperty("perRound").EnumerateArray()).GetProperty("round").GetInt32());
        Assert.Equal(Json(simulated.Output).GetProperty("transcript").GetString(), Json(rest.Output).GetProperty("transcript").GetString());
        Assert.Equal(Model(deployment, "simulated"), Model(deployment, "broken"));
        await deployment.AllAreGone("broken");
    }

    internal static Task<Deployment> Make(Func<string, string>? change = null, int clients = 3) =>
        Deployment.MakeFederation(clients, Federation.Replace("clients = 3", $"clients = {clients}", StringComparison.Ordinal), change);

    static byte[] Model(Deployment deployment, string folder) => File.ReadAllBytes(Path.Combine(deployment.Folder(folder), "model.safetensors"));

    static int[] Counted(JsonElement round) => [.. round.GetProperty("counted").EnumerateArray().Select(client => client.GetInt32())];

    static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
