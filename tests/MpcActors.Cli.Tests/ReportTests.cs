using System.Globalization;
using System.Text.Json.Nodes;

namespace MpcActors.Cli.Tests;

public sealed class ReportTests(Browser browser) : IClassFixture<Browser>
{
    [BrowserFact]
    public async Task A_browser_draws_what_run_json_says_and_asks_nobody()
    {
        using var scratch = new Scratch();
        await Demo(scratch.Folder);
        Assert.Equal(0, (await Typed.Run("report", scratch.Folder)).Code);
        var run = JsonNode.Parse(await File.ReadAllTextAsync(scratch.Path("run.json")))!;

        var seen = await browser.LookAt(scratch.Path("report.html"));

        Assert.Empty(seen["console"]!.AsArray());
        Assert.Empty(seen["requests"]!.AsArray());
        Assert.Equal("skip", seen["firstFocus"]!.GetValue<string>());
        Assert.Equal(0, seen["phoneOverflow"]!.GetValue<double>());
        Assert.NotEqual(seen["themes"]!["light"]!.GetValue<string>(), seen["themes"]!["dark"]!.GetValue<string>());
        foreach (var (name, chart) in seen["charts"]!.AsObject())
        {
            Assert.True(chart!["marks"]!.GetValue<int>() > 10, $"{name} is not drawn");
            Assert.NotEqual("", chart["label"]!.GetValue<string>());
        }

        // Accuracies, as the chart has them, the table and the file that a user saves.
        var rfa = seen["charts"]!["accuracy"]!["series"]!.AsArray().Single(series => series!["name"]!.GetValue<string>() == "rfa")!["data"]!.AsArray();
        var accuracy = run["accuracy"]!;
        double[] expected = [.. new[] { "zeroShotOf", "zeroShotWithOffsets", "clear", "private" }.Select(kind => accuracy[kind]!["rfa"]!.GetValue<double>())];
        Assert.Equal(expected, rfa.Select(value => value!.GetValue<double>()));
        var column = seen["tables"]!["table-accuracy-1"]![0]!.AsArray().Select(cell => cell!.GetValue<string>()).ToList().IndexOf("rfa");
        Assert.Equal(expected, seen["tables"]!["table-accuracy-1"]!.AsArray().Skip(1).Select(row => double.Parse(row![column]!.GetValue<string>(), CultureInfo.InvariantCulture)));
        Assert.StartsWith("accuracy,", seen["csv"]!.GetValue<string>(), StringComparison.Ordinal);

        // Stacked parts of a network's time are its time.
        var stack = seen["charts"]!["networks"]!["series"]!.AsArray();
        var costs = run["attention"]!.AsArray();
        for (var i = 0; i < costs.Count; i++) Assert.Equal(costs[i]!["seconds"]!.GetValue<double>(), stack.Sum(part => part!["data"]![i]!.GetValue<double>()), 9);
    }

    [BrowserFact]
    public async Task The_sliders_say_what_the_planner_says()
    {
        using var scratch = new Scratch();
        string[] small = ["cost", "--model", "tiny-roberta", "--tokens", "24", "--json"];
        await File.WriteAllTextAsync(scratch.Path("cost.json"), (await Typed.Run(small)).Output);
        Assert.Equal(0, (await Typed.Run("report", scratch.Path("cost.json"), "--out", scratch.Path("cost.html"), "--offline")).Code);

        var seen = await browser.LookAt(scratch.Path("cost.html"));

        foreach (var (attention, suite) in new[] { ("rfa", "fused"), ("softmax", "published") })
            foreach (var population in new[] { "1", "20" })
            {
                var plan = JsonNode.Parse((await Typed.Run([.. small, "--attention", attention, "--suite", suite, "--population", population, "--queries", population])).Output)!;
                foreach (var network in new[] { "lan", "wan-1", "wan-2" })
                    Assert.Equal(
                        plan["seconds"]![network]!.GetValue<double>(),
                        seen["whatIf"]![$"tiny-roberta, 24 tokens, {attention}, {suite}, planned|{network}|{population}"]!.GetValue<double>(), 6);
            }
    }

    [Fact]
    public async Task The_tables_say_it_all_without_any_script()
    {
        using var scratch = new Scratch();
        await Demo(scratch.Folder);

        var page = await File.ReadAllTextAsync(scratch.Path("report.html"));

        Assert.Contains("<td class=\"number\" data-value=", page, StringComparison.Ordinal);
        Assert.Contains("id=\"what-if\"", page, StringComparison.Ordinal);
        Assert.Contains("id=\"timeline\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page.Replace("http-equiv", "", StringComparison.Ordinal).Split("<script>")[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_runs_stand_side_by_side_with_the_change()
    {
        using var scratch = new Scratch();
        foreach (var suite in new[] { "fused", "published" })
            await File.WriteAllTextAsync(scratch.Path($"{suite}.json"), (await Typed.Run("cost", "--model", "tiny-roberta", "--tokens", "24", "--suite", suite, "--json")).Output);

        var typed = await Typed.Run("report", scratch.Path("fused.json"), scratch.Path("published.json"), "--out", scratch.Path("both.html"), "--offline");

        Assert.Equal(0, typed.Code);
        var page = await File.ReadAllTextAsync(scratch.Path("both.html"));
        Assert.Contains("First run: What will 1 pass(es) of tiny-roberta cost, 24 tokens, rfa attention, fused protocols?", page, StringComparison.Ordinal);
        Assert.Contains("Second run: ", page, StringComparison.Ordinal);
        Assert.Contains("sent by each party, change", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bench layer --backward --model tiny-roberta --tokens 16", "table-phase-2-1", "byPhase.1.byOperation.0.sentBytes")]
    [InlineData("bench model --method prompt --prompt-rows 4 --model tiny-roberta --tokens 16", "table-byPhase-1", "byPhase.1.processorSeconds")]
    [InlineData("adapt --offline --batch 8 --texts 200 --features 8 --steps 20 --check-every 10", "table-layers-1", "heldOut.adapted.hiddenErrors.0.1")]
    [InlineData("tune --method sft --steps 3 --shots 4 --model tiny", "table-losses-1", "losses.private.2")]
    [InlineData("tune --method prompt --steps 3 --shots 4 --model tiny", "table-step-2", "step.byOperation.0.sentBytes")]
    [InlineData("cost --model tiny-roberta --tokens 16", "table-byLayer-1", "byLayer.0.sentBytes")]
    public async Task A_run_writes_its_page_itself(string command, string table, string number)
    {
        using var scratch = new Scratch();
        string[] data = command.StartsWith("tune", StringComparison.Ordinal) ? ["--data", scratch.Write("train.tsv", TuneTests.Texts()), "--label-words", "bad,good"] : [];

        var typed = await Typed.Run([.. command.Split(' '), .. data, "--out", scratch.Path("out"), "--json", "--report", scratch.Path("pages/run.html")]);

        Assert.True(typed.Code == 0, typed.Error);
        var value = number.Split('.').Aggregate(JsonNode.Parse(typed.Output)!, (node, step) => int.TryParse(step, out var i) ? node[i]! : node[step]!).GetValue<double>();
        var page = await File.ReadAllTextAsync(scratch.Path("pages/run.html"));
        var rows = page.Split($"<table id=\"{table}\">")[1].Split("</table>")[0];
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"data-value=\"{value:R}\""), rows, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page.Split("<script")[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_cannot_be_written_is_refused_before_the_run()
    {
        using var scratch = new Scratch();

        var typed = await Typed.Run("bench", "layer", "--model", "tiny-roberta", "--tokens", "16", "--out", scratch.Path("out"), "--report", Path.Combine(scratch.Write("file", ""), "run.html"));

        Assert.Equal(2, typed.Code);
        Assert.Contains("name another with --report", typed.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(scratch.Path("out/run.json")));
    }

    [Fact]
    public async Task A_page_may_be_given_its_folder()
    {
        using var scratch = new Scratch();
        string[] cost = ["cost", "--model", "tiny-roberta", "--json"];
        var typed = await Typed.Run([.. cost, "--report", scratch.Path("pages/")]);
        scratch.Write("run.json", typed.Output);
        Assert.Equal(0, (await Typed.Run("report", scratch.Path("run.json"), "--out", scratch.Folder, "--offline")).Code);
        var own = await Typed.Run([.. cost, "--out", scratch.Path("own"), "--report"]);

        Assert.True(typed.Code == 0, typed.Error);
        Assert.True(own.Code == 0, own.Error);
        foreach (var page in (string[])["pages/report.html", "report.html", "own/report.html"]) Assert.True(File.Exists(scratch.Path(page)), page);
    }

    [Fact]
    public async Task A_timeline_of_an_earlier_run_is_not_shown()
    {
        using var scratch = new Scratch();
        var run = JsonNode.Parse((await Typed.Run("cost", "--model", "tiny-roberta", "--json")).Output)!;
        scratch.Write("run.json", run.ToJsonString());
        scratch.Write("trace.json", """{"traceEvents":[{"ph":"X","pid":1,"tid":0,"name":"work","ts":-5,"dur":10}]}""");

        Assert.DoesNotContain("id=\"timeline\"", await Page(), StringComparison.Ordinal);
        run["transcript"] = "00";
        scratch.Write("run.json", run.ToJsonString());
        Assert.Contains("id=\"timeline\"", await Page(), StringComparison.Ordinal);

        async Task<string> Page()
        {
            Assert.Equal(0, (await Typed.Run("report", scratch.Folder, "--offline")).Code);
            return await File.ReadAllTextAsync(scratch.Path("report.html"));
        }
    }

    [Fact]
    public async Task Texts_of_a_run_cannot_write_the_page()
    {
        using var scratch = new Scratch();
        var run = JsonNode.Parse((await Typed.Run("cost", "--model", "tiny-roberta", "--json")).Output)!;
        run["model"] = "</script><script>alert(1)</script>";
        run["byOperation"]![0]!["operation"] = "<img src=x onerror=alert(2)>";
        run["\"><script>alert(3)</script>"] = new JsonArray(new JsonObject { ["\"><script>alert(4)</script>"] = 1, [""] = 2 });
        run[""] = new JsonArray(new JsonObject { ["a"] = 1 });
        await File.WriteAllTextAsync(scratch.Path("run.json"), run.ToJsonString());

        Assert.Equal(0, (await Typed.Run("report", scratch.Path("run.json"), "--offline")).Code);

        var page = await File.ReadAllTextAsync(scratch.Path("report.html"));
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "is no JSON")]
    [InlineData("[]", "is no run.json: it lacks \"schema\"")]
    [InlineData("{\"schema\":\"mpc-actors/1\"}", "is no run.json: it lacks \"schema\"")]
    [InlineData("{\"schema\":\"other\",\"command\":\"demo\"}", "is no run.json: it lacks \"schema\"")]
    [InlineData(null, "there is no file")]
    public async Task What_is_no_run_is_refused(string? content, string message)
    {
        using var scratch = new Scratch();
        if (content is not null) await File.WriteAllTextAsync(scratch.Path("run.json"), content);

        var typed = await Typed.Run("report", scratch.Path("run.json"), "--offline");

        Assert.Equal(2, typed.Code);
        Assert.Contains(message, typed.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(scratch.Path("report.html")));
    }

    [Theory]
    [InlineData("{\"schema\":\"mpc-actors/1\",\"command\":\"demo\"}")]
    [InlineData("{\"schema\":\"mpc-actors/1\",\"command\":\"cost\",\"rounds\":\"many\",\"byOperation\":[1],\"online\":[]}")]
    [InlineData("{\"schema\":\"mpc-actors/1\",\"command\":\"experiment x\",\"rows\":[{\"ours\":null}],\"figures\":[{}]}")]
    [InlineData("{\"schema\":\"mpc-actors/1\",\"command\":\"of a later version\",\"parts\":[{\"a\":1},{\"b\":\"x\"}]}")]
    public async Task A_run_that_lacks_things_still_makes_a_page(string content)
    {
        using var scratch = new Scratch();
        await File.WriteAllTextAsync(scratch.Path("run.json"), content);

        var typed = await Typed.Run("report", scratch.Folder, "--offline");

        Assert.True(typed.Code == 0, typed.Error);
        Assert.Contains("id=\"about\"", await File.ReadAllTextAsync(scratch.Path("report.html")), StringComparison.Ordinal);
    }

    static async Task Demo(string folder)
    {
        var typed = await Typed.Run("demo", "--offline", "--quick", "--out", folder);
        Assert.True(typed.Code == 0, typed.Error);
    }
}
