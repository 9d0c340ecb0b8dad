namespace MpcActors.Cli.Tests;

static class Repository
{
    /// <summary>The folder of MpcActors.sln, above the built tests.</summary>
    public static string Root { get; } = Find();

    static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "MpcActors.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
