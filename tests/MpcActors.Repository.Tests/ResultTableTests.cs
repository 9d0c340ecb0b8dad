using System.Text.RegularExpressions;

namespace MpcActors.Repository.Tests;

/// <summary>Every table of results in a document is what a command wrote under experiments/results; experiments/tables puts it there.</summary>
public sealed partial class ResultTableTests
{
    [Fact]
    public void A_table_between_markers_is_the_file_of_its_name()
    {
        foreach (var (document, name, table) in Tree.Documents.SelectMany(document => Tables(document).Select(table => (document, table.Name, table.Text))))
        {
            var results = Tree.Files.Where(file => file.StartsWith("experiments/results/", StringComparison.Ordinal) && file.EndsWith($"/{name}.md", StringComparison.Ordinal)).ToArray();
            Assert.True(results.Length > 0, $"{document} shows the table '{name}', but experiments/results has no {name}.md");
            Assert.True(results.Any(file => Tree.Read(file).Trim() == table.Trim()), $"the table '{name}' in {document} is not that of {string.Join(" or ", results)}; run experiments/tables");
        }
    }

    [Fact]
    public void Every_marker_has_its_end()
    {
        foreach (var document in Tree.Documents)
            Assert.Equal(Begin().Count(Tree.Read(document)), Tables(document).Count());
    }

    static IEnumerable<(string Name, string Text)> Tables(string document) =>
        Table().Matches(Tree.Read(document)).Select(match => (match.Groups[1].Value, match.Groups[2].Value));

    [GeneratedRegex(@"^<!-- table: ", RegexOptions.Multiline)]
    private static partial Regex Begin();

    [GeneratedRegex(@"^<!-- table: ([\w/-]+) -->\n(.*?)^<!-- end -->$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Table();
}
