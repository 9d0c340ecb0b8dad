using System.CommandLine;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MpcActors.Cli;

/// <summary>Where results and everything else go: with --json standard output is the JSON object alone.</summary>
sealed record Output(TextWriter Results, TextWriter Error, bool IsJson)
{
    /// <summary>Of tables that go to a file or a pipe.</summary>
    const int Width = 140;

    public static Output Of(ParseResult result, CommonSettings settings) =>
        new(result.InvocationConfiguration.Output, result.InvocationConfiguration.Error, settings.Json);

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
}
