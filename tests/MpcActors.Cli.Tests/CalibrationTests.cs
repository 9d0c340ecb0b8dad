using System.Text.Json.Nodes;

namespace MpcActors.Cli.Tests;

public sealed class CalibrationTests
{
    [Fact]
    public async Task Simulation_real_time_and_processes_say_the_same_and_every_row_is_complete()
    {
        using var scratch = new Scratch();

        var typed = await Typed.Run("experiment", "calibration", "--quick", "--json", "--out", scratch.Folder);

        Assert.True(typed.Code == 0, typed.Error);
        var rows = JsonNode.Parse(typed.Output)!["rows"]!.AsArray();
        Assert.Equal(
            ["loopback simulated", "loopback processes", "wan-2 simulated", "wan-2 real-time", "wan-2 processes"],
            rows.Select(row => $"{row!["network"]} {row["way"]}"));
        foreach (var network in rows.GroupBy(row => row!["network"]!.GetValue<string>()))
            Assert.Single(network.Select(row => row!["transcript"]!.GetValue<string>()).Distinct());
        Assert.All(rows, row =>
        {
            Assert.Matches("^[0-9a-f]{64}$", row!["transcript"]!.GetValue<string>());
            var (predicted, measured) = (row["predictedSeconds"]!.GetValue<double>(), row["measuredSeconds"]!.GetValue<double>());
            Assert.True(predicted > 0 && measured > 0);
            Assert.Equal(measured / predicted - 1, row["error"]!.GetValue<double>());
            Assert.Equal(measured, row["ours"]!.GetValue<double>());
        });
        Assert.Contains("| wan-2 | processes |", await File.ReadAllTextAsync(scratch.Path("calibration.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_network_is_named_with_those_there_are()
    {
        using var scratch = new Scratch();

        var typed = await Typed.Run("experiment", "calibration", "--quick", "--networks", "loopback,wan-3", "--out", scratch.Folder);

        Assert.Equal(2, typed.Code);
        Assert.Contains("unknown network 'wan-3': use loopback, lan, wan-1, wan-2", typed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data-owner", "5", "--probe is for the roles beside the data owner")]
    [InlineData("party-0", "0", "--probe")]
    [InlineData("party-0", "many", "--probe")]
    public async Task A_probe_that_cannot_be_is_refused(string role, string rounds, string message)
    {
        using var deployment = await Deployment.Make();

        var typed = await Typed.Run("node", "--role", role, "--config", deployment.Config, "--out", deployment.Folder("out"), "--probe", rounds);

        Assert.Equal(2, typed.Code);
        Assert.Contains(message, typed.Error, StringComparison.Ordinal);
    }
}
