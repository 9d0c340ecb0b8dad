namespace MpcActors.Repository.Tests;

/// <summary>A source without the lines that are nothing but comment, which may name what the code must not use.</summary>
static class Code
{
    public static IEnumerable<string> Of(string file) =>
        Tree.Lines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal));
}
