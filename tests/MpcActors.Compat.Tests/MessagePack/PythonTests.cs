using System.Diagnostics;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace MpcActors.Compat.Tests.MessagePackFormat;

/// <summary>Both directions with a living second implementation. Where Python has no msgpack, golden.json stands for it.</summary>
public class PythonTests(ITestOutputHelper output)
{
    // Debian installs its packages for /usr/bin/python3, which need not be the first on the path.
    static readonly string? Python = Array.Find(["python3", "/usr/bin/python3"], python => Run(python, ["-c", "import msgpack"], "") is not null);

    [Fact]
    public void Python_reads_and_writes_the_same_trees()
    {
        if (Python is null)
        {
            output.WriteLine("not run: this machine has no python3 with msgpack");
            return;
        }

        var trees = Trees.Any.Sample(300, 8).Select(Trees.Create).ToArray();
        var ours = trees.Select(tree => Convert.ToHexStringLower(Tree.Bytes(tree))).ToArray();
        Assert.Equal(ours, Vectors("encode", trees.Select(tree => tree?.ToJsonString() ?? "null")));
        var read = Vectors("decode", ours);
        Assert.All(trees.Zip(read), pair => Assert.True(JsonNode.DeepEquals(pair.First, JsonNode.Parse(pair.Second)), pair.Second));
    }

    [Fact]
    public void The_golden_file_is_what_its_script_makes()
    {
        if (Python is null) return;
        Assert.Equal(File.ReadAllLines(Fixtures.PathOf("golden.json")), Vectors("make", []));
    }

    static string[] Vectors(string command, IEnumerable<string> lines) =>
        Run(Python!, [Fixtures.PathOf("vectors.py"), command], string.Concat(lines.Select(line => line + "\n")))!
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    static string? Run(string program, string[] arguments, string input)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            process.WaitForExit();
            return process.ExitCode == 0 ? output.Result : arguments[0] == "-c" ? null : throw new InvalidOperationException(errors.Result);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
