using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace MpcActors.Cli.Tests;

/// <summary>docs/TUTORIAL.md, executed: its files written, its commands run as processes of their own in an empty folder, what they print compared with what it says.</summary>
public sealed partial class TutorialTests
{
    const string Program = "$ ./mpc ", PortOfPage = "7300";

    [Fact]
    public async Task What_the_tutorial_says_happens()
    {
        var page = (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "TUTORIAL.md"))).ReplaceLineEndings("\n");
        using var scratch = new Scratch();
        var files = NamedFile().Matches(page);
        foreach (Match file in files) scratch.Write(file.Groups[1].Value, file.Groups[2].Value + "\n");
        var commands = Console().Matches(page).Select(block => block.Groups[1].Value.Split('\n')).ToArray();

        Assert.NotEmpty(files);
        Assert.True(commands.Length > 5, "the tutorial has lost its commands");
        foreach (var lines in commands)
        {
            Assert.StartsWith(Program, lines[0], StringComparison.Ordinal);
            // The page's port may be somebody's here.
            var command = lines[0][Program.Length..].Replace(PortOfPage, Deployment.FreePorts(5).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            var (code, output) = await Run(scratch.Folder, command.Split(' '));
            Assert.True(code == 0, $"{lines[0]} ended with {code}: {output}");
            foreach (var expected in lines.Skip(1)) Assert.Contains(expected, output, StringComparison.Ordinal);
        }

        // What the text names as left behind.
        foreach (var left in (string[])["out/tune/run.json", "out/tune/prompt.json", "out/tune/trace.json", "out/up/trace.json", "both.html"]) Assert.True(File.Exists(scratch.Path(left)), left);
    }

    static async Task<(int Code, string Output)> Run(string folder, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(CommandLine).Assembly.Location, .. arguments]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }

    [GeneratedRegex(@"<!-- file: (\S+) -->\n```\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex NamedFile();

    [GeneratedRegex(@"```console\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Console();
}
