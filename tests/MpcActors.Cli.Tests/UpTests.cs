using System.Diagnostics;
using System.Text.Json;

namespace MpcActors.Cli.Tests;

/// <summary>Five real processes on loopback.</summary>
public sealed class UpTests
{
    static readonly Lazy<Task<byte[]>> Undisturbed = new(async () =>
    {
        using var deployment = await Deployment.Make();
        var typed = await Typed.Run(deployment.Up("whole", "--simulated"));
        Assert.True(typed.Code == 0, typed.Error);
        return deployment.Prompt("whole");
    });

    [Fact]
    public async Task Processes_and_simulation_at_either_speed_come_to_one_transcript_and_one_result()
    {
        using var deployment = await Deployment.Make();

        var real = await Typed.Run(deployment.Up("real", "--json"));
        var simulated = await Typed.Run(deployment.Up("simulated", "--json", "--simulated"));

        var slow = await Typed.Run(deployment.Up("slow", "--json", "--simulated", "--real-time"));

        Assert.True(slow.Code == 0, slow.Error);
        Assert.Equal(JsonDocument.Parse(simulated.Output).RootElement.GetProperty("transcript").GetString(), JsonDocument.Parse(slow.Output).RootElement.GetProperty("transcript").GetString());
        Assert.True(real.Code == 0, real.Error);
        Assert.True(simulated.Code == 0, simulated.Error);
        var (left, right) = (JsonDocument.Parse(real.Output).RootElement, JsonDocument.Parse(simulated.Output).RootElement);
        Assert.Matches("^[0-9a-f]{64}$", left.GetProperty("transcript").GetString());
        Assert.Equal(right.GetProperty("transcript").GetString(), left.GetProperty("transcript").GetString());
        Assert.True(JsonElement.DeepEquals(right.GetProperty("accuracy"), left.GetProperty("accuracy")), left.GetProperty("accuracy").GetRawText());
        Assert.Equal(deployment.Prompt("simulated"), deployment.Prompt("real"));
        var (measured, total) = (left.GetProperty("attention")[0], right.GetProperty("attention")[0].GetProperty("total"));
        Assert.Equal("processes", measured.GetProperty("network").GetString());
        foreach (var count in new[] { "rounds", "sentBytesPerParty", "offlineBytesPerParty" }) Assert.True(JsonElement.DeepEquals(total.GetProperty(count), measured.GetProperty(count)), count);
        Assert.NotEmpty(JsonDocument.Parse(File.ReadAllText(Path.Combine(deployment.Folder("real"), "trace.json"))).RootElement.GetProperty("traceEvents").EnumerateArray());
        await deployment.AllAreGone("real");
    }

    [Fact]
    public async Task Losses_alone_can_be_revealed_and_other_weights_than_all_agree_on_are_refused()
    {
        using var deployment = await Deployment.Make(text => text.Replace("queries = 12", "queries = 12\n reveal = loss", StringComparison.Ordinal));
        var real = await Typed.Run(deployment.Up("real", "--json"));
        var simulated = await Typed.Run(deployment.Up("simulated", "--json", "--simulated"));

        Assert.True(real.Code == 0, real.Error);
        Assert.True(simulated.Code == 0, simulated.Error);
        var (left, right) = (JsonDocument.Parse(real.Output).RootElement, JsonDocument.Parse(simulated.Output).RootElement);
        Assert.Equal("loss", left.GetProperty("tuning").GetProperty("reveal").GetString());
        Assert.Equal(right.GetProperty("transcript").GetString(), left.GetProperty("transcript").GetString());
        Assert.Equal(deployment.Prompt("simulated"), deployment.Prompt("real"));

        File.WriteAllText(deployment.Config, File.ReadAllText(deployment.Config).Replace("reveal = loss", $"attention-weights = node.hocon, attention-weights-sha256 = {new string('0', 64)}", StringComparison.Ordinal));
        var refused = await Typed.Run(deployment.Up("other", "--simulated"));
        Assert.Equal(2, refused.Code);
        Assert.Contains("but mpc.session.attention-weights-sha256 is 0000", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("party-1")]
    [InlineData("dealer")]
    [InlineData("data-owner")]
    public async Task A_role_that_is_killed_ends_the_session_which_resumes_to_the_same_result(string role)
    {
        using var deployment = await Deployment.Make();

        var broken = await Typed.RunAnd("4 of 12 queries", () => deployment.Kill("broken", role), deployment.Up("broken"));
        Assert.Equal(1, broken.Code);
        Assert.Contains(role, broken.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(deployment.Folder("broken"), "prompt.json")));
        await deployment.AllAreGone("broken");
        var rest = await Typed.Run(deployment.Up("broken", "--resume"));

        Assert.True(rest.Code == 0, rest.Error);
        Assert.DoesNotContain(" 0 of 12 queries", rest.Error, StringComparison.Ordinal);
        Assert.Equal(await Undisturbed.Value, deployment.Prompt("broken"));
    }

    [Theory]
    [InlineData("m { kind = alter, from = party-1, to = party-0, frame = 60 }", "stopped", "frame 60 party-1 → party-0")]
    [InlineData("a = { kind = pause, role = dealer, at = 100ms, for = 500ms }, b = { kind = slow, from = party-0, to = party-1, at = 1ms, for = 1h, factor = 5 }", "same", "")]
    public async Task Under_a_scenario_it_ends_in_the_same_result_or_stops_and_resumes_to_it(string mishaps, string outcome, string cause)
    {
        using var deployment = await Deployment.Make();
        using var scratch = new Scratch();

        var typed = await Typed.Run(deployment.Up("out", "--json", "--scenario", scratch.Write("faults.hocon", $"mpc.scenario {{ {mishaps} }}")));

        Assert.True(typed.Code == 0, typed.Error);
        var report = JsonDocument.Parse(typed.Output).RootElement;
        Assert.Equal(outcome, report.GetProperty("outcome").GetString());
        Assert.StartsWith(cause, report.GetProperty("cause").GetString(), StringComparison.Ordinal);
        await deployment.AllAreGone("out");
    }

    [Fact]
    public async Task A_process_that_stands_still_for_longer_than_the_others_wait_holds_nobody_up()
    {
        using var deployment = await Deployment.Make(text => text.Replace("silence = 30s", "silence = 15s", StringComparison.Ordinal));
        using var scratch = new Scratch();

        var typed = await Typed.Run(deployment.Up("out", "--json", "--scenario", scratch.Write("faults.hocon", "mpc.scenario { m { kind = pause, role = dealer, at = 1ms, for = 99d } }")));

        Assert.True(typed.Code == 0, typed.Error);
        Assert.Equal("stopped", JsonDocument.Parse(typed.Output).RootElement.GetProperty("outcome").GetString());
        await deployment.AllAreGone("out");
    }

    [Fact]
    public async Task A_scenario_for_the_simulation_alone_is_refused()
    {
        using var deployment = await Deployment.Make();
        using var scratch = new Scratch();

        var typed = await Typed.Run(deployment.Up("out", "--scenario", scratch.Write("faults.hocon", "mpc.scenario { m { kind = jump, role = dealer, by = 1h } }")));

        Assert.Equal(2, typed.Code);
        Assert.Contains("a jump of a clock, which is for the simulation alone", typed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupted_it_ends_long_before_the_session_would_and_leaves_no_process_behind()
    {
        // More queries than any machine is through with before it hears of the interrupt.
        using var deployment = await Deployment.Make(text => text.Replace("queries = 12", "queries = 4000", StringComparison.Ordinal));

        var interrupted = await Typed.RunUntil("", "4 of 4000 queries", deployment.Up("out"));

        Assert.Equal(130, interrupted.Code);
        Assert.False(File.Exists(Path.Combine(deployment.Folder("out"), "prompt.json")));
        await deployment.AllAreGone("out");
    }

    [Fact]
    public async Task Killed_itself_it_leaves_no_process_behind()
    {
        using var deployment = await Deployment.Make();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        string[] arguments = ["exec", typeof(CommandLine).Assembly.Location, .. deployment.Up("out")];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var up = Process.Start(start)!;
        while (await up.StandardError.ReadLineAsync() is { } line && !line.Contains("0 of 12 queries", StringComparison.Ordinal))
        {
            // The session has not begun yet.
        }

        up.Kill();
        await up.WaitForExitAsync();

        await deployment.AllAreGone("out");
    }
}
