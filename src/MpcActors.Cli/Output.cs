using System.CommandLine;
using MpcActors.Cli.Html;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MpcActors.Cli;

/// <summary>Where results and everything else go: with --json standard output is the JSON object alone.</summary>
/// <param name="Page">File of the HTML page, or null.</param>
sealed record Output(TextWriter Results, TextWriter Error, bool IsJson, string? Page = null)
{
    /// <summary>Of tables that go to a file or a pipe.</summary>
    const int Width = 140;

    public static Output Of(ParseResult result, CommonSettings settings) => new(result.InvocationConfiguration.Output, result.InvocationConfiguration.Error, settings.Json, settings.Page);

    /// <summary>Of a command that has its own options.</summary>
    public static Output Of(ParseResult result, Option<bool> json, Option<string?> page, string folder) =>
        new(result.InvocationConfiguration.Output, result.InvocationConfiguration.Error, result.GetValue(json), PageOf(result, page, folder));

    /// <param name="folder">Of the run's files, where the page goes if no file is named.</param>
    public static string? PageOf(ParseResult result, Option<string?> page, string folder)
    {
        if (result.GetResult(page) is null) return null;
        var file = result.GetValue(page) is { } path ? ReportCommand.FileOf(path) : Path.Combine(folder, ReportCommand.FileName);
        _ = new OutputFolder(ReportCommand.FolderOf(file), page.Name);
        return file;
    }

    public void Show(Report report, IEnumerable<IRenderable> tables, string? last = null)
    {
        var writer = IsJson ? Error : Results;
        var isTerminal = ReferenceEquals(writer, Console.Out) ? !Console.IsOutputRedirected : ReferenceEquals(writer, Console.Error) && !Console.IsErrorRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        if (!isTerminal) console.Profile.Width = Width;
        foreach (var table in tables) console.Write(table);
        if (last is not null) writer.WriteLine(last);
        if (IsJson) Results.WriteLine(report.ToJson());
    }

    /// <summary>The same, and the page where one was asked for.</summary>
    /// <param name="folder">Of the run's files.</param>
    public async Task ShowAsync(Report report, IEnumerable<IRenderable> tables, string folder, string? last, CancellationToken cancellation)
    {
        Show(report, tables, last);
        if (Page is null) return;
        await ReportCommand.WriteAsync(Page, [RunFile.Parse(report.ToJson(), Path.Combine(folder, "run.json"))], isOffline: false, Error, cancellation);
        (IsJson ? Error : Results).WriteLine($"Page: {Page} (open it in a browser)");
    }
}
