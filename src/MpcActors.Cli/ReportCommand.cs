using System.CommandLine;
using MpcActors.Cli.Html;
using MpcActors.Data;

namespace MpcActors.Cli;

/// <summary>A run, or two, as one HTML file.</summary>
static class ReportCommand
{
    public static Command Create()
    {
        var first = new Argument<string>("RUN.json") { Description = "What a command wrote, or its folder" };
        var second = new Argument<string?>("OTHER.json") { Description = "Another run of the same command, set beside the first", Arity = ArgumentArity.ZeroOrOne };
        var file = Options.Text("--out", "FILE", "The page (default: report.html beside RUN.json)");
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
            var path = result.GetValue(file) ?? Path.Combine(Path.GetDirectoryName(runs[0].Path) is { Length: > 0 } folder ? folder : ".", "report.html");
            var charts = await LibraryAsync(result.GetValue(offline), new LineProgress(result.InvocationConfiguration.Error), cancellation);
            Write(new OutputFolder(Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : "."), Path.GetFileName(path), runs, charts);
            result.InvocationConfiguration.Output.WriteLine($"File: {path}");
            return (int)ExitCode.Done;
        });
        return command;
    }

    /// <summary>The chart library; null where nothing may be fetched and it is not in the cache.</summary>
    public static async Task<string?> LibraryAsync(bool isOffline, IProgress<string> progress, CancellationToken cancellation) =>
        isOffline ? await ChartLibrary.FindAsync(new ModelCache(), cancellation) : await ChartLibrary.EnsureAsync(new ModelCache(), progress, cancellation);

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
