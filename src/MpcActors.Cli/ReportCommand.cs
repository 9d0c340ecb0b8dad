using System.CommandLine;
using MpcActors.Cli.Html;
using MpcActors.Data;

namespace MpcActors.Cli;

/// <summary>A run, or two, as one HTML file.</summary>
static class ReportCommand
{
    public const string FileName = "report.html";

    public static Command Create()
    {
        var first = new Argument<string>("RUN.json") { Description = "What a command wrote, or its folder" };
        var second = new Argument<string?>("OTHER.json") { Description = "Another run of the same command, set beside the first", Arity = ArgumentArity.ZeroOrOne };
        var file = Options.Text("--out", "FILE", $"The page, or its folder (default: {FileName} beside RUN.json)");
        var offline = Options.Flag("--offline", "Fetch nothing: charts only if their library is in the cache");
        var command = new ExemplifiedCommand(
            "report", "Writes a run as one HTML page: answer, charts, tables, sliders for other networks, timeline. It asks nothing of any server.",
            ("mpc report out/demo", "of the demo's run.json, into out/demo/report.html"),
            ("mpc report out/tune/run.json out/tune-2/run.json --out both.html", "two runs side by side"))
        {
            first, second, file, offline,
        };
        command.SetAction(async (result, cancellation) =>
        {
            RunFile[] runs = [.. new[] { result.GetValue(first), result.GetValue(second) }.OfType<string>().Select(RunFile.Read)];
            var path = FileOf(result.GetValue(file) ?? FolderOf(runs[0].Path));
            await WriteAsync(path, runs, result.GetValue(offline), result.InvocationConfiguration.Error, cancellation);
            result.InvocationConfiguration.Output.WriteLine($"File: {path}");
            return (int)ExitCode.Done;
        });
        return command;
    }

    /// <summary>A page's file: in a folder, if one is named.</summary>
    public static string FileOf(string path) => Directory.Exists(path) || Path.EndsInDirectorySeparator(path) ? Path.Combine(path, FileName) : path;

    public static string FolderOf(string file) => Path.GetDirectoryName(file) is { Length: > 0 } folder ? folder : ".";

    /// <summary>All experiments of a set on one page.</summary>
    public static async Task WriteSetAsync(string command, string file, IReadOnlyList<RunFile> runs, TextWriter error, CancellationToken cancellation) =>
        new OutputFolder(FolderOf(file)).Write(Path.GetFileName(file), ReportPage.OfSet(command, runs, await LibraryAsync(isOffline: false, new LineProgress(error), cancellation)));

    public static async Task WriteAsync(string file, IReadOnlyList<RunFile> runs, bool isOffline, TextWriter error, CancellationToken cancellation) =>
        Write(new OutputFolder(FolderOf(file)), Path.GetFileName(file), runs, await LibraryAsync(isOffline, new LineProgress(error), cancellation));

    /// <summary>The chart library; null where it is not in the cache and nothing may, or can, be fetched: a page without charts still has every number.</summary>
    public static async Task<string?> LibraryAsync(bool isOffline, IProgress<string> progress, CancellationToken cancellation)
    {
        if (isOffline) return await ChartLibrary.FindAsync(new ModelCache(), cancellation);
        try
        {
            return await ChartLibrary.EnsureAsync(new ModelCache(), progress, cancellation);
        }
        catch (MissingResourceException problem)
        {
            progress.Report($"the page is written without charts: {problem.Message}");
            return null;
        }
    }

    public static void Write(OutputFolder folder, string name, IReadOnlyList<RunFile> runs, string? charts)
    {
        try
        {
            folder.Write(name, ReportPage.Of(runs, charts));
        }
        catch (InvalidOperationException problem)
        {
            // A member that is a text where a number is due, and the like.
            throw new BadInputException($"'{string.Join("', '", runs.Select(run => run.Path))}' does not hold what 'mpc {runs[0].Command}' writes: {problem.Message}", problem);
        }
    }

    sealed class LineProgress(TextWriter error) : IProgress<string>
    {
        public void Report(string value) => error.WriteLine(value);
    }
}
