using System.Text.RegularExpressions;

namespace MpcActors.Repository.Tests;

/// <summary>The documents name what is there.</summary>
public sealed partial class DocumentTests
{
    const string Architecture = "docs/ARCHITECTURE.md";

    public static TheoryData<string> Documents => [.. Tree.Documents];

    public static TheoryData<string> Projects =>
        [.. Tree.Files.Where(file => file.StartsWith("src/", StringComparison.Ordinal) && file.EndsWith(".csproj", StringComparison.Ordinal)).Select(file => Path.GetFileNameWithoutExtension(file))];

    [Theory, MemberData(nameof(Documents))]
    public void A_document_has_one_title_on_its_first_line(string document)
    {
        var titles = Prose(document).Where(line => line.StartsWith("# ", StringComparison.Ordinal));
        Assert.Equal(Tree.Lines(document)[0], Assert.Single(titles));
    }

    [Theory, MemberData(nameof(Projects))]
    public void The_architecture_names_the_file_to_read_first(string project)
    {
        var row = Assert.Single(Tree.Lines(Architecture), line => line.StartsWith($"| `{project}` |", StringComparison.Ordinal));
        Assert.Contains(RepositoryPath().Matches(row), match => match.Value.StartsWith($"src/{project}/", StringComparison.Ordinal) && match.Value.EndsWith(".cs", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Documents))]
    public void Every_path_in_a_document_exists(string document)
    {
        var paths = Tree.Lines(document).SelectMany(line => RepositoryPath().Matches(line)).Select(match => match.Value.TrimEnd('.', '/'));
        Expect.None(paths.Distinct().Where(path => !Tree.Exists(path)));
    }

    [Theory, MemberData(nameof(Documents))]
    public void Every_link_in_a_document_leads_somewhere(string document)
    {
        var folder = Path.GetDirectoryName(Tree.PathOf(document))!;
        var links = Prose(document).SelectMany(line => Link().Matches(line)).Select(match => match.Groups[1].Value.Split('#')[0]);
        Expect.None(links.Where(link => link.Length > 0 && !link.Contains("://", StringComparison.Ordinal) && !Path.Exists(Path.Combine(folder, link))));
    }

    [Theory, MemberData(nameof(Documents))]
    public void Code_in_a_document_is_code_of_the_file_that_it_is_from(string document)
    {
        var text = string.Join('\n', Tree.Lines(document));
        Expect.None(Quotation().Matches(text)
            .Where(quotation => !string.Join('\n', Tree.Lines(quotation.Groups[1].Value)).Contains(quotation.Groups[2].Value, StringComparison.Ordinal))
            .Select(quotation => $"{quotation.Groups[1].Value}: {quotation.Groups[2].Value}"));
    }

    [Fact]
    public void Every_decision_that_the_code_cites_is_recorded()
    {
        var cited = Tree.Sources("src", "compat", "tests", "experiments").Append(".editorconfig")
            .SelectMany(file => Decision().Matches(Tree.Read(file))).Select(match => match.Groups[1].Value).Distinct();
        Expect.None(cited.Where(number => !Tree.Files.Any(file => file.StartsWith($"docs/decisions/{number}-", StringComparison.Ordinal))));
    }

    [Fact]
    public void Decisions_are_numbered_without_a_gap()
    {
        var numbers = Tree.Files.Where(file => file.StartsWith("docs/decisions/", StringComparison.Ordinal)).Select(file => Path.GetFileName(file)[..4]).Order(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(numbers);
        Assert.Equal(Enumerable.Range(1, numbers.Length).Select(number => $"{number:0000}"), numbers);
    }

    static IEnumerable<string> Prose(string document)
    {
        var isCode = false;
        foreach (var line in Tree.Lines(document))
        {
            if (line.StartsWith("```", StringComparison.Ordinal)) isCode = !isCode;
            else if (!isCode) yield return line;
        }
    }

    /// <summary>A path from the root in code marks; patterns with a star or an ellipsis are not paths.</summary>
    [GeneratedRegex(@"(?<=`)(src|docs|tests|hocon|compat|experiments|\.ci)/[\w./-]*(?=`)")]
    private static partial Regex RepositoryPath();

    /// <summary>A file, and the code that follows.</summary>
    [GeneratedRegex(@"<!-- from: (\S+) -->\n```csharp\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Quotation();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"docs/decisions/(\d{4})")]
    private static partial Regex Decision();
}
