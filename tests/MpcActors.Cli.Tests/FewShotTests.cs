using System.Text.Json.Nodes;

namespace MpcActors.Cli.Tests;

public sealed class FewShotTests
{
    static string[] Line(Scratch scratch, params string[] more) => ["experiment", "few-shot", "--quick", "--json", "--out", scratch.Folder, "--queries", "20", .. more];

    [Fact]
    public async Task Methods_are_compared_draw_by_draw_and_parts_that_are_done_are_not_done_again()
    {
        using var scratch = new Scratch();
        string[] methods = ["--methods", "zero-shot softmax,linear probe,sft,fot softmax,fot softmax nes", "--steps", "2"];

        var first = await Typed.Run(Line(scratch, [.. methods, "--seeds", "2", "--private-seeds", "1"]));
        var shown = await Typed.Run(Line(scratch, [.. methods, "--seeds", "3", "--private-seeds", "2", "--show"]));

        Assert.True(first.Code == 0, first.Error);
        var rows = JsonNode.Parse(first.Output)!["rows"]!.AsArray();
        foreach (var name in new[] { "zero-shot softmax", "zero-shot softmax + offsets", "linear probe", "sft", "fot softmax" })
        {
            var (clear, onShares) = (Named($"tiny, {name}, clear"), Named($"tiny, {name}, private"));
            Assert.Equal(2, clear["values"]!.AsArray().Count);
            Assert.Equal(clear["values"]![0]!.GetValue<double>(), Assert.Single(onShares["values"]!.AsArray())!.GetValue<double>(), 0.021);
        }

        // What was not done on shares is not said to have been.
        Assert.DoesNotContain(rows, row => row!["name"]!.GetValue<string>() == "tiny, fot softmax nes, private");
        Assert.Contains("| fot softmax nes | ", await File.ReadAllTextAsync(scratch.Path("few-shot.md")), StringComparison.Ordinal);
        Assert.Contains(" | – | – | 20 | – |", await File.ReadAllTextAsync(scratch.Path("few-shot.md")), StringComparison.Ordinal);

        // Curves: zero and twenty queries, of two draws in the clear and one on shares, and of the rival; of fine-tuning each step.
        var curves = await File.ReadAllLinesAsync(scratch.Path("few-shot-curves.csv"));
        Assert.Equal(1 + 2 * (2 + 1 + 2) + 3 * (2 + 1), curves.Length);
        Assert.Contains(curves, line => line.StartsWith("tiny,fot softmax,private,1,20,", StringComparison.Ordinal) && long.Parse(line.Split(',')[5], System.Globalization.CultureInfo.InvariantCulture) > 0);

        Assert.True(shown.Code == 0, shown.Error);
        Assert.Equal(rows.ToJsonString(), JsonNode.Parse(shown.Output)!["rows"]!.ToJsonString());

        JsonNode Named(string name) => rows.Single(row => row!["name"]!.GetValue<string>() == name)!;
    }

    [Fact]
    public async Task Bad_names_files_and_parts_are_named()
    {
        using var scratch = new Scratch();
        Assert.Contains("did you mean fot rfa", (await Typed.Run(Line(scratch, "--methods", "fot rfb"))).Error, StringComparison.Ordinal);
        Assert.Contains("unknown task 'yelb'", (await Typed.Run(Line(scratch, "--tasks", "yelb"))).Error, StringComparison.Ordinal);
        Assert.Contains("there is no file", (await Typed.Run(Line(scratch, "--data", scratch.Path("none.tsv")))).Error, StringComparison.Ordinal);
        Assert.Contains("nothing is done yet", (await Typed.Run(Line(scratch, "--show"))).Error, StringComparison.Ordinal);

        string[] zeroShot = ["--methods", "zero-shot softmax", "--seeds", "1", "--private-seeds", "0"];
        Assert.Equal(0, (await Typed.Run(Line(scratch, zeroShot))).Code);
        var part = Assert.Single(Directory.EnumerateFiles(scratch.Path("parts")));
        Assert.StartsWith("tiny-tiny-zero-shot-softmax-1-clear-", Path.GetFileName(part), StringComparison.Ordinal);
        await File.WriteAllTextAsync(part, "{}");
        var refused = await Typed.Run(Line(scratch, zeroShot));
        Assert.Equal(2, refused.Code);
        Assert.Contains($"{Path.GetFileName(part)} is no part of an earlier run", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parts_of_other_settings_are_kept_beside_each_other()
    {
        using var scratch = new Scratch();
        string[] zeroShot = ["--methods", "zero-shot softmax", "--seeds", "1", "--private-seeds", "0"];

        foreach (var shots in new[] { "4", "8", "4" })
        {
            var typed = await Typed.Run(Line(scratch, [.. zeroShot, "--shots", shots]));
            Assert.True(typed.Code == 0, typed.Error);
            Assert.Equal(Directory.GetFiles(scratch.Path("parts")).Length == 2 && shots == "4", typed.Error.Contains(": from ", StringComparison.Ordinal));
        }

        Assert.Equal(2, Directory.GetFiles(scratch.Path("parts")).Length);
    }

    [Fact]
    public async Task Two_tasks_of_one_name_are_refused()
    {
        using var scratch = new Scratch();

        var typed = await Typed.Run(Line(scratch, "--tasks", "tiny,tiny"));

        Assert.Equal(2, typed.Code);
        Assert.Contains("2 tasks are called 'tiny'", typed.Error, StringComparison.Ordinal);
    }
}
