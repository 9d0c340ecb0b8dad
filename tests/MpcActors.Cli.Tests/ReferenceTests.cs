using System.Reflection;
using System.Xml.Linq;
using MpcActors.Protocols;

namespace MpcActors.Cli.Tests;

public sealed class ReferenceTests
{
    [Fact]
    public async Task Every_public_type_has_its_comment_in_the_reference()
    {
        using var scratch = new Scratch();

        var typed = await Typed.Run("reference", "--out", scratch.Folder);

        Assert.True(typed.Code == 0, typed.Error);
        Assert.Contains("[MpcActors.Protocols](Protocols.md)", await File.ReadAllTextAsync(scratch.Path("index.md")), StringComparison.Ordinal);
        var page = await File.ReadAllTextAsync(scratch.Path("Protocols.md"));
        foreach (var type in typeof(Party).Assembly.GetExportedTypes()) Assert.Contains(type.Name.Split('`')[0], page, StringComparison.Ordinal);
        Assert.Contains("public static ValueTask<MaskedBits[]> IsBelowByKey(this Party party, Masked x, params long[] thresholds)\n```\n\nx &lt; t for each of `thresholds`", page, StringComparison.Ordinal);
        Assert.Contains("- `rows`", page, StringComparison.Ordinal);
    }

    /// <summary>A member that is called otherwise than the compiler calls it would lose its comment without a word.</summary>
    [Theory]
    [InlineData("Ring", typeof(Ring.RingTensor))]
    [InlineData("Protocols", typeof(Party))]
    [InlineData("Network", typeof(Network.LinkProfile))]
    public async Task No_comment_of_a_public_member_is_lost(string library, Type one)
    {
        using var scratch = new Scratch();
        Assert.Equal(0, (await Typed.Run("reference", "--out", scratch.Folder)).Code);
        var page = await File.ReadAllTextAsync(scratch.Path($"{library}.md"));
        var members = one.Assembly.GetExportedTypes()
            .SelectMany(type => type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly).Select(member => $"{type.FullName!.Replace('+', '.')}.{member.Name.Replace('.', '#')}"))
            .ToHashSet();

        // Comments of plain text, whose words need no conversion.
        string[] comments =
        [
            .. XDocument.Load(Path.ChangeExtension(one.Assembly.Location, ".xml")).Descendants("member")
                .Where(member => members.Contains(((string)member.Attribute("name")!)[2..].Split('(')[0].Split('`')[0]))
                .Select(member => member.Element("summary")).OfType<XElement>().Where(summary => !summary.HasElements)
                .Select(summary => string.Join(' ', summary.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace("<", "&lt;", StringComparison.Ordinal)),
        ];

        Assert.True(comments.Length > 20, $"{comments.Length} comments");
        Assert.All(comments, comment => Assert.Contains(comment, page, StringComparison.Ordinal));
    }
}
