using System.Text.Json.Nodes;

namespace MpcActors.Cli.Tests;

public sealed class CostTests
{
    [Theory]
    [InlineData("rfa", 57.6, 0.03)]
    [InlineData("softmax", 205.36, 0.10)]
    public async Task The_published_pass_of_RoBERTa_large_sends_what_the_paper_measured(string attention, double gigabytes, double tolerance)
    {
        var cost = await Json("cost", "--suite", "published", "--attention", attention, "--json");

        Assert.InRange(cost["online"]!["cryptenBytes"]!.GetValue<double>() / 1e9, gigabytes * (1 - tolerance), gigabytes * (1 + tolerance));
    }

    [Theory]
    [InlineData("published")]
    [InlineData("published-stock-cosine")]
    [InlineData("fused")]
    [InlineData("prifft")]
    public async Task A_layer_costs_what_was_planned(string suite)
    {
        using var scratch = new Scratch();
        string[] same = ["--model", "tiny-roberta", "--layers", "1", "--tokens", "40", "--suite", suite, "--json"];

        var cost = await Json(["cost", .. same]);
        var layer = await Json(["bench", "layer", "--repeats", "1", "--out", scratch.Folder, .. same]);

        Assert.Equal(cost["rounds"]!.GetValue<long>(), layer["rounds"]!.GetValue<long>());
        Assert.Equal(cost["online"]!["sentBytesPerParty"]!.ToJsonString(), layer["sentBytesPerParty"]!.ToJsonString());
        Assert.Equal(cost["offline"]!["bytesPerParty"]!.ToJsonString(), layer["offlineBytesPerParty"]!.ToJsonString());
        Assert.True(layer["isAsPlanned"]!.GetValue<bool>());
        Assert.InRange(layer["maxError"]!.GetValue<double>(), 0, 0.05);
        Assert.Equal(layer.ToJsonString(), JsonNode.Parse(await File.ReadAllTextAsync(scratch.Path("run.json")))!.ToJsonString());
    }

    [Fact]
    public async Task All_layers_run_with_progress_and_cost_what_was_planned()
    {
        using var scratch = new Scratch();

        var typed = await Typed.Run("bench", "model", "--model", "tiny-gpt2", "--tokens", "20", "--attention", "softmax", "--out", scratch.Folder, "--json");

        Assert.Equal(0, typed.Code);
        Assert.Contains("layer 2 of 2", typed.Error, StringComparison.Ordinal);
        Assert.True(JsonNode.Parse(typed.Output)!["isAsPlanned"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("layer --backward --tokens 9")]
    [InlineData("model --method sft --attention softmax --suite prifft --tokens 9")]
    [InlineData("layer --backward --tokens 9 --attention rfa --features 4 --suite published")]
    [InlineData("model --method prompt --prompt-rows 3 --tokens 9 --batch 2 --repeats 2")]
    [InlineData("model --method sft --attention rfa --features 4 --tokens 9")]
    [InlineData("model --method sft --prompt-rows 3 --tokens 9 --batch 2")]
    public async Task A_step_costs_what_was_planned_in_each_phase_and_has_the_clear_logits(string line)
    {
        using var scratch = new Scratch();

        var step = await Json(["bench", .. line.Split(' '), .. line.Contains("--repeats", StringComparison.Ordinal) ? Array.Empty<string>() : ["--repeats", "1"], "--model", "tiny-roberta", "--out", scratch.Folder, "--json"]);

        Assert.True(step["isAsPlanned"]!.GetValue<bool>());
        Assert.InRange(step["maxError"]!.GetValue<double>(), 0, 0.05);
        Assert.Equal(["forward", "backward", "optimizer"], step["byPhase"]!.AsArray().Select(phase => phase!["phase"]!.GetValue<string>()));
        Assert.Equal(step["rounds"]!.GetValue<long>(), step["byPhase"]!.AsArray().Sum(phase => phase!["rounds"]!.GetValue<long>()));
    }

    /// <summary>Textbook Adam by CrypTen's root and division is 1,552 bytes a parameter, of which there are 355 million and two norms' worth less what stays untied.</summary>
    [Fact]
    public async Task Full_fine_tuning_is_planned_by_phase_and_its_optimiser_sends_1552_bytes_a_parameter()
    {
        var cost = await Json("cost", "--method", "sft", "--suite", "published", "--json");

        var phases = cost["byPhase"]!.AsArray();
        Assert.Equal(["forward", "backward", "optimizer"], phases.Select(phase => phase!["operation"]!.GetValue<string>()));
        Assert.InRange(2 * phases[2]!["sentBytes"]!.GetValue<double>() / 1552, 355e6, 356e6);
        Assert.Equal(1, phases.Sum(phase => phase!["share"]!.GetValue<double>()), 9);
    }

    [Fact]
    public async Task Prompt_tuning_has_a_prompt_more_takes_random_features_and_refuses_an_attention_without_a_way_back()
    {
        var prompt = await Json("cost", "--method", "prompt", "--model", "tiny-roberta", "--tokens", "20", "--prompt-rows", "5", "--json");
        var features = await Json("cost", "--method", "prompt", "--model", "tiny-roberta", "--tokens", "20", "--prompt-rows", "5", "--attention", "rfa", "--json");
        var refused = await Typed.Run("cost", "--method", "prompt", "--model", "tiny-roberta", "--attention", "uniform");

        Assert.True(prompt["setUp"]!["sentBytesPerParty"]![0]!.GetValue<long>() > 0);
        Assert.NotEqual(prompt["rounds"]!.GetValue<long>(), features["rounds"]!.GetValue<long>());
        Assert.Equal(2, refused.Code);
        Assert.Contains("softmax", refused.Error, StringComparison.Ordinal);
    }

    /// <summary>Rows of a prompt are no different from other parameters; 50 of them are the default where they alone are trained.</summary>
    [Fact]
    public async Task Full_fine_tuning_has_a_prompt_only_where_its_rows_are_given()
    {
        string[] sft = ["cost", "--method", "sft", "--suite", "published", "--model", "tiny-roberta", "--tokens", "9", "--json"];

        var (without, with) = (await Json(sft), await Json([.. sft, "--prompt-rows", "5"]));

        const int width = 32;
        Assert.Equal(1552 * 5 * width, 2 * (OfOptimizer(with) - OfOptimizer(without)));

        static long OfOptimizer(JsonNode of) => of["byPhase"]!.AsArray()[2]!["sentBytes"]!.GetValue<long>();
    }

    /// <summary>Weights that stay as they are have no gradient and no moments; what one plans is what the other refuses or runs.</summary>
    [Fact]
    public async Task Memory_of_a_step_is_that_of_what_it_trains_and_the_same_to_cost_and_bench()
    {
        using var scratch = new Scratch();
        // 124 million numbers, of eight bytes each: three times where they stay as they are.
        var prompt = await Json("cost", "--method", "prompt", "--model", "roberta-base", "--tokens", "32", "--json");
        Assert.InRange(Peak(prompt, "peakBytes"), 3.5e9, 5e9);

        // What is executed has no moments: of Adam's both parties hold two a number, and its dearest call is no smaller.
        var tiny = await Json("cost", "--method", "sft", "--model", "tiny-roberta", "--tokens", "9", "--attention", "softmax", "--json");
        var executed = await Json("bench", "model", "--method", "sft", "--model", "tiny-roberta", "--tokens", "9", "--attention", "softmax", "--repeats", "1", "--out", scratch.Folder, "--json");
        Assert.InRange(Peak(tiny, "peakBytes") - Peak(executed, "plannedPeakBytes"), 1, 100_000_000);

        static double Peak(JsonNode of, string name) => of[name]!.GetValue<double>();
    }

    [Fact]
    public async Task More_queries_than_a_population_take_more_passes()
    {
        var one = await Json("cost", "--model", "tiny-bert", "--tokens", "20", "--population", "4", "--batch", "2", "--json");
        var many = await Json("cost", "--model", "tiny-bert", "--tokens", "20", "--population", "4", "--batch", "2", "--queries", "10", "--json");

        Assert.Equal(1, one["passes"]!.GetValue<int>());
        Assert.Equal(3, many["passes"]!.GetValue<int>());
        Assert.Equal(8, many["sequences"]!.GetValue<int>());
        Assert.True(many["rounds"]!.GetValue<long>() == 3 * one["rounds"]!.GetValue<long>());
        Assert.Equal(1, many["byOperation"]!.AsArray().Sum(operation => operation!["share"]!.GetValue<double>()), 9);
    }

    static async Task<JsonNode> Json(params string[] args)
    {
        var typed = await Typed.Run(args);
        Assert.True(typed.Code == 0, typed.Error);
        return JsonNode.Parse(typed.Output)!;
    }
}
