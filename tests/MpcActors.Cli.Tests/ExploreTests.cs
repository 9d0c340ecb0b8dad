using System.Text.Json;

namespace MpcActors.Cli.Tests;

public sealed class ExploreTests
{
    [Fact]
    public async Task Whatever_a_seed_brings_the_result_is_the_same_or_the_session_stops_and_resumes_to_it()
    {
        var typed = await Typed.Run("explore", "--seeds", "1..40", "--json");

        Assert.True(typed.Code == 0, typed.Error);
        var report = JsonDocument.Parse(typed.Output).RootElement;
        Assert.Equal(40, report.GetProperty("scenarios").GetInt32());
        Assert.Empty(report.GetProperty("wrong").EnumerateArray());
        Assert.InRange(report.GetProperty("same").GetInt32(), 1, 39);
    }

    [Fact]
    public async Task A_seed_is_the_same_scenario_each_time_and_can_be_run_from_a_file()
    {
        using var scratch = new Scratch();
        var first = await Typed.Run("explore", "--seeds", "17", "--verbose");
        var second = await Typed.Run("explore", "--seeds", "17", "--verbose");
        var (outcome, scenario) = (first.Output.Split('\n')[0], first.Output.Split('\n')[1]);

        Assert.Equal(first.Output.Split('\n')[..2], second.Output.Split('\n')[..2]);
        var fromFile = await Typed.Run("explore", "--scenario", scratch.Write("faults.hocon", scenario), "--verbose");
        Assert.Equal(outcome.Replace("seed 17", "seed 0", StringComparison.Ordinal), fromFile.Output.Split('\n')[0]);
        Assert.Equal(scenario, fromFile.Output.Split('\n')[1]);
    }

    [Theory]
    [InlineData("m { kind = kill, from = dealer, to = party-1, frame = 7 }", "stopped: dealer was killed at frame 7 dealer → party-1")]
    [InlineData("m { kind = lose, from = party-0, to = party-1, frame = 3 }", "stopped: ")]
    [InlineData("m { kind = pause, role = party-0, at = 5ms, for = 1h }", "same")]
    [InlineData("m { kind = slow, from = party-0, to = party-1, at = 1ms, for = 1h, factor = 100 }", "same")]
    [InlineData("m { kind = kill, role = model-owner, at = 1ms }", "same")]
    [InlineData("m { kind = kill, role = party-1, at = 5ms }", "stopped: party-1 was killed at frame ")]
    [InlineData("m { kind = alter, from = party-1, to = party-0, at = 5ms }", "stopped: party-0 failed: frame ")]
    [InlineData("a = { kind = jump, role = data-owner, at = 5ms, by = -24h }, b = { kind = jump, role = data-owner, at = 9ms, by = 1h }", "same")]
    public async Task A_scenario_ends_as_it_must(string mishap, string outcome)
    {
        using var scratch = new Scratch();

        var typed = await Typed.Run("explore", "--scenario", scratch.Write("faults.hocon", $"mpc.scenario {{ {mishap} }}"), "--verbose");

        Assert.True(typed.Code == 0, typed.Error);
        Assert.Contains($"seed 0: {outcome}", typed.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("m { kind = explode }", "mpc.scenario.m.kind is explode, but must be one of lose")]
    [InlineData("m { kind = lose, from = party-0 }", "lacks mpc.scenario.m.to")]
    [InlineData("m { kind = lose, from = party-0, to = party-0 }", "must be another role than party-0")]
    [InlineData("m { kind = lose, from = party-0, to = party-9 }", "unknown role 'party-9'")]
    [InlineData("m { kind = lose, from = party-0, to = party-1, frame = 3, at = 5ms }", "must be left out where frame says which")]
    [InlineData("m { kind = jump, role = data-owner, by = soon }", "must be a time such as 1h or -30s")]
    public async Task A_scenario_that_cannot_be_is_refused(string mishap, string message)
    {
        using var scratch = new Scratch();

        var typed = await Typed.Run("explore", "--scenario", scratch.Write("faults.hocon", $"mpc.scenario {{ {mishap} }}"));

        Assert.Equal(2, typed.Code);
        Assert.Contains(message, typed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--kills is '0', but must be a whole number from 1", "--kills", "0")]
    [InlineData("--network is for simulated sessions", "--kills", "1", "--network", "lan")]
    [InlineData("--seeds and --scenario exclude each other", "--seeds", "1..2", "--scenario", "{0}")]
    [InlineData("--kills and --scenario exclude each other", "--kills", "1", "--scenario", "{0}")]
    [InlineData("has nothing in mpc.scenario; say what goes wrong", "--scenario", "{1}")]
    [InlineData("is a folder; name the configuration file in it", "--scenario", "{2}")]
    public async Task Options_that_would_be_passed_over_are_refused(string message, params string[] options)
    {
        using var scratch = new Scratch();
        string[] files = [scratch.Write("one.hocon", "mpc.scenario { m { kind = kill, role = dealer, at = 1ms } }"), scratch.Write("none.hocon", "mpc.scenario { }"), scratch.Folder];

        var typed = await Typed.Run(["explore", .. options.Select(option => string.Format(System.Globalization.CultureInfo.InvariantCulture, option, files))]);

        Assert.Equal(2, typed.Code);
        Assert.Contains(message, typed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Real_processes_that_are_killed_at_any_moment_come_to_the_same_result()
    {
        var typed = await Typed.Run("explore", "--kills", "2", "--seeds", "3", "--json");

        Assert.True(typed.Code == 0, typed.Error);
        var report = JsonDocument.Parse(typed.Output).RootElement;
        Assert.Equal((2, 0, 0), (report.GetProperty("kills").GetInt32(), report.GetProperty("wrong").GetInt32(), report.GetProperty("leftBehind").GetInt32()));
    }

    [Fact]
    public async Task Seeds_that_cannot_be_are_refused()
    {
        foreach (var seeds in new[] { "x", "5..1", "1..2..3", "-1" })
            Assert.Equal(2, (await Typed.Run("explore", $"--seeds={seeds}")).Code);
    }
}
