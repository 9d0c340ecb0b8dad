using System.Text.Json;

namespace MpcActors.Cli.Tests;

/// <summary>What a tuning on shares came to, of the JSON that it wrote.</summary>
sealed record Tuned(string Accuracy, double[] Losses, string? Transcript)
{
    public static Tuned Of(Typed typed)
    {
        Assert.True(typed.Code == 0, typed.Error);
        var run = JsonDocument.Parse(typed.Output).RootElement;
        return new(
            run.GetProperty("accuracy").GetProperty("private").GetRawText(),
            [.. run.GetProperty("curves")[0].GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("trainLoss").GetDouble())],
            run.GetProperty("transcript").GetString());
    }

    /// <summary>The same but for last digits: sessions of other names have other masks.</summary>
    public void ShouldBeLike(Tuned expected)
    {
        Assert.Equal(expected.Accuracy, Accuracy);
        Assert.Equal(expected.Losses.Length, Losses.Length);
        Assert.All(Losses.Zip(expected.Losses), pair => Assert.Equal(pair.Second, pair.First, 1e-4));
    }
}
