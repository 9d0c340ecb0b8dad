using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MpcActors.Cli.Html;

/// <summary>One HTML file of one run, or of two side by side. Nothing is asked of any server: styles, script, charts and numbers are in the file.</summary>
/// <remarks>Tables are plain HTML and hold every number, so the page says all of it without its script too; the script draws the charts, the sliders and the timeline.</remarks>
static class ReportPage
{
    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <param name="charts">The chart library's script; null leaves the charts out.</param>
    public static string Of(IReadOnlyList<RunFile> runs, string? charts)
    {
        Section[] sections = runs.Count == 1 ? [.. SectionsOf(runs[0])] : [.. SideBySide.Of([.. SectionsOf(runs[0])], [.. SectionsOf(runs[1])])];
        Headline[] headlines = [.. runs.Select(Headline.Of)];
        if (runs.Count > 1) headlines = [.. headlines.Zip((string[])["First run: ", "Second run: "], (headline, which) => headline with { Question = which + headline.Question })];
        return Of($"mpc {runs[0].Command}", runs, headlines, sections, Strips.Beside(runs[0]), charts);
    }

    /// <summary>Several experiments, one below the other.</summary>
    public static string OfSet(string command, IReadOnlyList<RunFile> runs, string? charts)
    {
        Section[] sections =
        [
            .. runs.SelectMany((run, i) => SectionsOf(run).Select(section => section with { Id = string.Create(CultureInfo.InvariantCulture, $"experiment-{i + 1}-{section.Id}"), Title = $"{Words.Experiment(run.Command)}: {section.Title}" })),
        ];
        return Of($"mpc {command}", runs, [new("What comes out of every experiment, beside the papers?", string.Join(" ", runs.Select(run => $"{Words.Experiment(run.Command)}: {Headline.Of(run).Answer}")))], sections, null, charts);
    }

    static string Of(string title, IReadOnlyList<RunFile> runs, IReadOnlyList<Headline> headlines, IReadOnlyList<Section> sections, Strips? strips, string? charts)
    {
        var whatIf = WhatIf.Of(runs[0]);
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        // The browser itself keeps the page from asking anybody.
        page.Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n");
        page.Append("<link rel=\"icon\" href=\"data:,\">\n");
        page.Append(CultureInfo.InvariantCulture, $"<title>{Text(title)}</title>\n<style>\n{Resource("page.css")}</style>\n</head>\n<body>\n");
        Header(page, headlines, sections, strips is not null);
        page.Append("<main id=\"main\">\n");
        foreach (var section in sections) Write(page, section, charts is not null);
        WriteWhatIf(page, whatIf);
        if (strips is not null) page.Append("<section id=\"timeline\"><h2>Timeline of roles and links</h2>\n<p>Virtual time from left to right; the darker, the busier. The same data, frame by frame, is in <code>trace.json</code> for Perfetto.</p>\n<div class=\"js\"><div id=\"strips\"></div><label>Part that is shown, in percent: from <input id=\"strip-from\" type=\"number\" min=\"0\" max=\"99\" value=\"0\"> to <input id=\"strip-to\" type=\"number\" min=\"1\" max=\"100\" value=\"100\"></label></div></section>\n");
        About(page, runs);
        page.Append("</main>\n<footer>Written by MpcActors. Charts: Apache ECharts, Apache License 2.0, copyright The Apache Software Foundation.</footer>\n");
        var data = new { charts = sections.Where(section => section.Chart is not null).ToDictionary(section => section.Id, section => section.Chart), whatIf, strips };
        // The serializer escapes every <, so that no text of a run can end the element.
        page.Append(CultureInfo.InvariantCulture, $"<script type=\"application/json\" id=\"data\">{JsonSerializer.Serialize(data, Json)}</script>\n");
        if (charts is not null) page.Append("<script>").Append(charts.Replace("</script", "<\\/script", StringComparison.OrdinalIgnoreCase)).Append("</script>\n");
        page.Append("<script>\n").Append(Resource("page.js")).Append("</script>\n</body>\n</html>\n");
        return page.ToString();
    }

    static IEnumerable<Section> SectionsOf(RunFile run) => run.Command switch
    {
        "federate" or "up" or "node" when FederationSections.IsOf(run) => [.. FederationSections.Of(run), .. PlainSections.Of(run, "perRound", "step", "join", "aggregation")],
        "tune" or "up" or "node" when run.Members("training").Any() => [.. GradientSections.Of(run), .. PlainSections.Of(run, "accuracy", "attention", "step", "losses", "checks", "networks", "transcript")],
        "demo" or "tune" or "up" or "node" => [.. TuningSections.Of(run), .. PlainSections.Of(run, "accuracy", "comparisons", "attention", "curves", "networks", "transcripts")],
        "adapt" => [.. AdaptSections.Of(run), .. PlainSections.Of(run, "heldOut", "tasks", "curve")],
        "cost" or "bench layer" or "bench model" => [.. OperationSections.Of(run), .. PlainSections.Of(run, "byOperation", "byLayer", "byPhase", "seconds")],
        _ => [.. ExperimentSections.Of(run), .. PlainSections.Of(run, "rows", "figures")],
    };

    static void Header(StringBuilder page, IReadOnlyList<Headline> headlines, IReadOnlyList<Section> sections, bool hasTimeline)
    {
        page.Append("<a class=\"skip\" href=\"#main\">Skip to the results</a>\n<header>\n");
        for (var i = 0; i < headlines.Count; i++)
        {
            page.Append(i == 0 ? "<h1>" : "<p class=\"question\">").Append(Text(headlines[i].Question)).Append(i == 0 ? "</h1>\n" : "</p>\n");
            page.Append("<p class=\"answer\">").Append(Text(headlines[i].Answer)).Append("</p>\n");
        }

        page.Append("<nav aria-label=\"Parts of this page\"><ul>");
        foreach (var section in sections) Link(section.Id, section.Title);
        Link("what-if", "What if");
        if (hasTimeline) Link("timeline", "Timeline");
        Link("about", "About this run");
        page.Append("</ul></nav>\n</header>\n");

        void Link(string id, string title) => page.Append(CultureInfo.InvariantCulture, $"<li><a href=\"#{id}\">{Text(title)}</a></li>");
    }

    static void Write(StringBuilder page, Section section, bool hasCharts)
    {
        page.Append(CultureInfo.InvariantCulture, $"<section id=\"{section.Id}\"><h2>{Text(section.Title)}</h2>\n");
        if (section.Text.Length > 0) page.Append("<p>").Append(Text(section.Text)).Append("</p>\n");
        if (section.Chart is { } chart)
        {
            page.Append(hasCharts
                ? string.Create(CultureInfo.InvariantCulture, $"<figure class=\"js\"><div class=\"chart\" data-chart=\"{section.Id}\" role=\"img\" aria-label=\"{Text(chart.Summary)}\"></div></figure>\n")
                : "<p class=\"note\">The chart library was not at hand when this page was written; the table has every number.</p>\n");
        }

        for (var i = 0; i < section.Tables.Count; i++) Write(page, section.Tables[i], $"{section.Id}-{i + 1}");
        page.Append("</section>\n");
    }

    static void Write(StringBuilder page, DataTable table, string id)
    {
        if (table.Rows.Count == 0) return;
        page.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{Text(table.Title)}\"><table id=\"table-{id}\"><caption>{Text(table.Title)} <button type=\"button\" class=\"js csv\" data-table=\"table-{id}\">CSV</button></caption>\n<thead><tr>");
        foreach (var column in table.Columns) page.Append("<th scope=\"col\">").Append(Text(column.Name)).Append("</th>");
        page.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows)
        {
            page.Append("<tr>");
            for (var i = 0; i < row.Count; i++)
            {
                var shown = Text(Words.Of(row[i], table.Columns[i].Unit));
                // The number as it is in run.json, for copies of the table.
                var value = (row[i] is Quantity quantity ? quantity.Value : row[i]) is double number ? string.Create(CultureInfo.InvariantCulture, $" class=\"number\" data-value=\"{number:R}\"") : "";
                page.Append(i < table.Keys ? $"<th scope=\"row\"{value}>{shown}</th>" : $"<td{value}>{shown}</td>");
            }

            page.Append("</tr>\n");
        }

        page.Append("</tbody></table></div>\n");
    }

    static void WriteWhatIf(StringBuilder page, WhatIf whatIf)
    {
        page.Append("<section id=\"what-if\"><h2>What if the network were another?</h2>\n<p>Rounds, bytes and computation are the planner's, or this run's own; seconds are rounds times latency, bits over bandwidth, and computation.</p>\n<form class=\"js\">\n<label>What <select id=\"what\">");
        for (var i = 0; i < whatIf.Scenarios.Count; i++) page.Append(CultureInfo.InvariantCulture, $"<option value=\"{i}\">{Text(whatIf.Scenarios[i].Name)}</option>");
        page.Append("</select></label>\n<div class=\"presets\" role=\"group\" aria-label=\"Networks\">");
        foreach (var network in whatIf.Networks) page.Append(CultureInfo.InvariantCulture, $"<button type=\"button\" data-network=\"{Text(network.Name)}\">{Text(network.Name)}</button>");
        page.Append("</div>\n");
        Slider("latency", "Latency, one way, in milliseconds", 0.01, 1000);
        Slider("bandwidth", "Bandwidth of each direction, in Mbps", 1, 100_000);
        Slider("population", "Prompts in the same rounds", 1, 20);
        page.Append("<output id=\"what-seconds\" aria-live=\"polite\"></output>\n</form></section>\n");

        void Slider(string name, string label, double least, double most) => page.Append(CultureInfo.InvariantCulture,
            $"<label>{label} <input id=\"{name}\" type=\"number\" min=\"{least}\" max=\"{most}\" step=\"any\"><input id=\"{name}-slider\" type=\"range\" min=\"{Math.Log(least):R}\" max=\"{Math.Log(most):R}\" step=\"any\" aria-label=\"{label}, slider\"></label>\n");
    }

    static void About(StringBuilder page, IReadOnlyList<RunFile> runs)
    {
        page.Append("<section id=\"about\"><h2>About this run</h2>\n");
        foreach (var run in runs)
        {
            page.Append("<dl>");
            Say("command", $"mpc {run.Command}");
            Say("seed", run.Number("seed")?.ToString("0", CultureInfo.InvariantCulture));
            Say("commit", run.Text("commit"));
            Say("Akka.NET and MessagePack", run.Text("runtime") == "packages" ? "packages" : "stand-ins");
            Say("took", run.Number("elapsedSeconds") is { } seconds ? Words.Seconds(seconds) : null);
            foreach (var member in run.Members("machine")) Say(member.Name, member.Name == "memoryBytes" ? Words.Bytes(member.Value.GetDouble()) : member.Value.ToString());
            page.Append("</dl>\n");
            var notes = run.List("notes").Select(note => note.ToString()).ToArray();
            if (notes.Length > 0) page.Append("<ul class=\"notes\">").AppendJoin("", notes.Select(note => $"<li>{Text(note)}</li>")).Append("</ul>\n");
        }

        page.Append("</section>\n");

        void Say(string name, string? value)
        {
            if (value is { Length: > 0 }) page.Append(CultureInfo.InvariantCulture, $"<dt>{Text(name)}</dt><dd>{Text(value)}</dd>");
        }
    }

    static string Text(string text) => WebUtility.HtmlEncode(text);

    static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"the program lacks its resource {name}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
