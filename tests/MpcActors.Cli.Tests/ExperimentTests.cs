using System.Text.Json.Nodes;

namespace MpcActors.Cli.Tests;

public sealed class ExperimentTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task The_cost_experiment_sets_the_papers_figures_beside_ours_and_goes_on_where_it_was()
    {
        using var scratch = new Scratch();
        string[] line = ["experiment", "secp-tuning-cost", "--quick", "--json", "--out", scratch.Folder];

        var first = await Typed.Run(line);
        var second = await Typed.Run(line);

        Assert.True(first.Code == 0, first.Error);
        var rows = JsonNode.Parse(first.Output)!["rows"]!.AsArray();
        var traffic = rows.Single(row => row!["name"]!.GetValue<string>() == "FoT + RFA: traffic, published protocols")!;
        Assert.Equal(56.55e9, traffic["published"]!.GetValue<double>());
        Assert.InRange(traffic["difference"]!.GetValue<double>(), -0.03, 0.03);
        Assert.All(rows, row => Assert.NotNull(row!["ours"]));
        Assert.Equal(26, (await File.ReadAllLinesAsync(scratch.Path("attention.csv"))).Length);
        Assert.Contains("| FoT + RFA: traffic, ours |", await File.ReadAllTextAsync(scratch.Path("secp-tuning-cost.md")), StringComparison.Ordinal);

        // The executed pass is kept, and its measured times with it.
        Assert.Contains("from ", second.Error, StringComparison.Ordinal);
        Assert.Equal(rows.ToJsonString(), JsonNode.Parse(second.Output)!["rows"]!.ToJsonString());
    }

    [Theory]
    [InlineData("rubbish")]
    [InlineData("{}")]
    public async Task A_kept_pass_that_is_none_is_refused_and_named(string content)
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch.Path("passes"));
        scratch.Write(Path.Combine("passes", "tiny-roberta-16-rfa-fused-1.json"), content);

        var typed = await Typed.Run("experiment", "secp-tuning-cost", "--quick", "--out", scratch.Folder);

        Assert.Equal(2, typed.Code);
        Assert.Contains("tiny-roberta-16-rfa-fused-1.json' is not a pass that an earlier run kept; delete it", typed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_experiments_go_on_where_they_were_and_end_in_an_index()
    {
        using var scratch = new Scratch();
        var others = Experiments.Experiments.All.Select(experiment => experiment.Name).Where(name => name != "secp-tuning-cost").Append("calibration").Append("pairs").ToArray();
        foreach (var other in others)
        {
            Directory.CreateDirectory(scratch.Path(other));
            scratch.Write(Path.Combine(other, "run.json"), $$"""{"schema":"mpc-actors/1","command":"experiment {{other}}","seed":1,"quick":true,"options":{},"rows":[{"name":"kept {{other}}","published":2,"ours":3,"unit":"","difference":0.5,"note":"made up"}]}""");
        }

        var typed = await Typed.Run("experiment", "all", "--quick", "--out", scratch.Folder);

        Assert.True(typed.Code == 0, typed.Error);
        var index = await File.ReadAllTextAsync(scratch.Path("index.md"));
        Assert.All(others, other => Assert.Contains($"| kept {other} | 2 | 3 | +50.0 % | made up |", index, StringComparison.Ordinal));
        Assert.Contains("| FoT + RFA: traffic, published protocols | 56.55 GB | 56.74 GB | +0.3 % |", index, StringComparison.Ordinal);
        Assert.True(File.Exists(scratch.Path(Path.Combine("secp-tuning-cost", "attention.csv"))));
        var page = await File.ReadAllTextAsync(scratch.Path("index.html"));
        Assert.Contains("secp-tuning-cost: Beside the paper", page, StringComparison.Ordinal);
        Assert.All(others, other => Assert.Contains($"kept {other}", page, StringComparison.Ordinal));
    }

    [BrowserFact]
    public async Task The_page_of_all_experiments_draws_each_of_them()
    {
        using var scratch = new Scratch();
        string[] names = [.. Experiments.Experiments.All.Select(experiment => experiment.Name), "calibration", "pairs", "few-shot"];
        foreach (var name in names)
        {
            Directory.CreateDirectory(scratch.Path(name));
            scratch.Write(Path.Combine(name, "run.json"), $$"""
                {"schema":"mpc-actors/1","command":"experiment {{name}}","seed":1,"quick":true,"options":{},
                 "rows":[{"name":"kept","published":2,"ours":3,"unit":"","difference":0.5},{"name":"other","published":4,"ours":3,"unit":"","difference":-0.25}],
                 "figures":[{"name":"a figure","x":"tokens","y":"traffic","unit":"bytes","isLogarithmic":true,"series":[{"name":"one","points":[[1,10],[2,30]]},{"name":"two","points":[[1,20],[2,25]]}]}]}
                """);
        }

        var typed = await Typed.Run("experiment", "all", "--quick", "--out", scratch.Folder);
        Assert.True(typed.Code == 0, typed.Error);
        var seen = await browser.LookAt(scratch.Path("index.html"));

        Assert.Empty(seen["console"]!.AsArray());
        Assert.Empty(seen["requests"]!.AsArray());
        for (var i = 1; i <= names.Length; i++)
            foreach (var chart in new[] { "rows", "figure-1" }) Assert.True(seen["charts"]![$"experiment-{i}-{chart}"]!["marks"]!.GetValue<int>() > 2, $"{names[i - 1]}, {chart} is not drawn");
    }

    [Theory]
    [InlineData("experiment prifft", "9007199254740993", "{}")]
    [InlineData("experiment few-shot", "9007199254740992", "{}")]
    [InlineData("experiment few-shot", "9007199254740993", """{"--seeds":"2"}""")]
    public async Task A_run_of_another_command_seed_or_option_is_not_taken_for_one_that_is_done(string command, string seed, string options)
    {
        using var scratch = new Scratch();
        foreach (var name in Experiments.Experiments.All.Select(experiment => experiment.Name).Append("calibration")) Keep(name, $"experiment {name}", "9007199254740993", "{}");
        Keep("few-shot", command, seed, options);

        var typed = await Typed.RunUntil("", "] few-shot:", "experiment", "all", "--quick", "--seed", "9007199254740993", "--out", scratch.Folder);

        Assert.Equal(130, typed.Code);
        Assert.Contains($"from {scratch.Path(Path.Combine("calibration", "run.json"))}", typed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain($"from {scratch.Path(Path.Combine("few-shot", "run.json"))}", typed.Error, StringComparison.Ordinal);

        void Keep(string folder, string of, string number, string given)
        {
            Directory.CreateDirectory(scratch.Path(folder));
            scratch.Write(Path.Combine(folder, "run.json"), $$"""{"schema":"mpc-actors/1","command":"{{of}}","seed":{{number}},"quick":true,"options":{{given}},"rows":[]}""");
        }
    }

    [Fact]
    public async Task What_an_experiment_does_not_keep_it_cannot_show()
    {
        var typed = await Typed.Run("experiment", "prifft", "--show");

        Assert.Equal(2, typed.Code);
        Assert.Contains("unknown option '--show'", typed.Error, StringComparison.Ordinal);
    }
}
