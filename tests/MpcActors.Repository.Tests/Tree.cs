using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace MpcActors.Repository.Tests;

/// <summary>The files that belong to the repository, by path from its root with forward slashes.</summary>
static class Tree
{
    static readonly string[] NotOurs = [".git", "artifacts", "out", "bin", "obj", ".vs", ".idea"];

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<string> Files { get; } = Tracked() ?? Walked();

    /// <summary>Files that are read as text: everything but data.</summary>
    public static IEnumerable<string> TextFiles => Files.Where(file =>
        Path.GetExtension(file) is not (".gz" or ".safetensors" or ".png") && !Path.GetFileName(file).StartsWith("LICENSE", StringComparison.Ordinal));

    public static IEnumerable<string> Sources(params string[] folders) =>
        Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal) && folders.Any(folder => file.StartsWith(folder + "/", StringComparison.Ordinal)));

    public static IEnumerable<string> Documents => Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal) && (!file.Contains('/') || file.StartsWith("docs/", StringComparison.Ordinal)));

    public static string PathOf(string file) => Path.Combine(Root, file);

    public static string Read(string file) => File.ReadAllText(PathOf(file));

    public static string[] Lines(string file) => File.ReadAllLines(PathOf(file));

    public static bool Exists(string file) => Path.Exists(PathOf(file));

    static string FindRoot([CallerFilePath] string here = "")
    {
        // From the built test first, so that a moved tree tests itself; from this source where the output folder is elsewhere.
        foreach (var start in new[] { AppContext.BaseDirectory, Path.GetDirectoryName(here)! })
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
                if (File.Exists(Path.Combine(folder.FullName, "MpcActors.sln"))) return folder.FullName;
        throw new InvalidOperationException($"MpcActors.sln is in no folder above {AppContext.BaseDirectory}");
    }

    /// <summary>What git tracks, so that a user's own files are not judged; null where there is no git or no checkout.</summary>
    static List<string>? Tracked()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-C", Root, "ls-files", "-z"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var files = git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(Exists).ToList();
            git.WaitForExit();
            return git.ExitCode == 0 && files.Count > 0 ? files : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    static List<string> Walked() => [.. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
        .Where(file => !file.Split('/').Any(NotOurs.Contains))
        .Order(StringComparer.Ordinal)];
}
