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
            Assert.True(row.GetProperty("twoPairsSeconds").GetDouble() < row.GetProperty("onePairSeconds").GetDouble());
        }

        Assert.Contains("| lan |", await File.ReadAllTextAsync(scratch.Path("pairs.md")), StringComparison.Ordinal);
    }
}
