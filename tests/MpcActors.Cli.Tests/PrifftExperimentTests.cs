using System.Text.Json;

namespace MpcActors.Cli.Tests;

public sealed class PrifftExperimentTests
{
    [Fact]
    public async Task Ours_send_less_and_take_no_more_rounds_than_the_published_protocols()
    {
        using var scratch = new Scratch();
        var typed = await Typed.Run("experiment", "prifft", "--quick", "--json", "--out", scratch.Folder);
        Assert.True(typed.Code == 0, typed.Error);
        var rows = JsonDocument.Parse(typed.Output).RootElement.GetProperty("rows").EnumerateArray().ToDictionary(row => row.GetProperty("name").GetString()!);

        foreach (var row in rows.Values)
        {
            var ours = row.GetProperty("ours");
            Assert.True(ours.GetProperty("trafficReduction").GetDouble() > 1, row.GetRawText());
            Assert.True(ours.GetProperty("speedup").GetDouble() > 0, row.GetRawText());
            if (ours.TryGetProperty("publishedRounds", out var published)) Assert.True(ours.GetProperty("rounds").GetInt32() <= published.GetInt32(), row.GetRawText());
        }

        var (atOnce, iterated) = (rows["softmax"].GetProperty("ours"), rows["softmax, iterated"].GetProperty("ours"));
        Assert.True(atOnce.GetProperty("speedup").GetDouble() > iterated.GetProperty("speedup").GetDouble() && atOnce.GetProperty("sentBytes").GetInt64() < iterated.GetProperty("sentBytes").GetInt64());
        Assert.Equal(4.08, rows["fine-tuning step"].GetProperty("published").GetDouble());
        Assert.True(rows["fine-tuning step"].GetProperty("ours").GetProperty("trafficReduction").GetDouble() > 4.08);
        foreach (var optimizer in new[] { "Adam", "SGD" })
        {
            var step = rows[$"step of bert-base, {optimizer}"].GetProperty("ours");
            Assert.True(step.GetProperty("trafficReduction").GetDouble() > 4.08 && step.GetProperty("speedup").GetDouble() > 2.2, step.GetRawText());
            Assert.True(step.GetProperty("trafficReductionWithKeys").GetDouble() < step.GetProperty("trafficReduction").GetDouble());
        }

        foreach (var clients in new[] { 2, 4 })
            Assert.InRange(rows[$"accuracy, {clients} clients"].GetProperty("ours").GetProperty("difference").GetDouble(), -0.02, 0.02);
    }
}
