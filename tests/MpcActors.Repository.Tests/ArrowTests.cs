using System.Xml.Linq;

namespace MpcActors.Repository.Tests;

/// <summary>Which project may know of which. What compat/Runtime.targets adds is apart: it is the packages' stand-in.</summary>
public sealed class ArrowTests
{
    static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["MpcActors.Ring"] = [],
        ["MpcActors.Fss"] = ["MpcActors.Ring"],
        ["MpcActors.Protocols"] = ["MpcActors.Ring", "MpcActors.Fss"],
        ["MpcActors.Data"] = [],
        ["MpcActors.Models"] = ["MpcActors.Protocols", "MpcActors.Data"],
        ["MpcActors.Tuning"] = ["MpcActors.Models"],
        ["MpcActors.Network"] = [],
        ["MpcActors.Actors"] = ["MpcActors.Protocols", "MpcActors.Network", "MpcActors.Tuning"],
        ["MpcActors.Cli"] = ["MpcActors.Actors", "MpcActors.Tuning", "MpcActors.Data", "MpcActors.Network", "MpcActors.Fss", "MpcActors.Experiments"],
        ["MpcActors.Experiments"] = ["MpcActors.Actors", "MpcActors.Tuning"],
        ["MpcActors.Benchmarks"] = ["MpcActors.Models", "MpcActors.Tuning", "MpcActors.Actors", "MpcActors.Testing"],
        ["MpcActors.Testing"] = ["MpcActors.Protocols", "MpcActors.Network"],
        ["MpcActors.Simulation.Tests"] = ["MpcActors.Actors", "MpcActors.Testing"],
        ["MpcActors.Repository.Tests"] = [],
        ["MpcActors.Compat.Tests"] = [],
        ["MpcActors.Compat.Akka"] = [],
        ["MpcActors.Compat.MessagePack"] = [],
        ["MpcActors.Compat.TestKit"] = ["MpcActors.Compat.Akka"],
    };

    /// <summary>Where Akka.NET may be named. Models can be read without knowing that actors exist, and so on.</summary>
    static readonly string[] KnowActors =
    [
        "src/MpcActors.Actors/", "src/MpcActors.Cli/", "compat/",
        "tests/MpcActors.Actors.Tests/", "tests/MpcActors.Cli.Tests/", "tests/MpcActors.Simulation.Tests/", "tests/MpcActors.Compat.Tests/",
        "tests/MpcActors.Repository.Tests/",
    ];

    public static TheoryData<string> Projects => [.. Tree.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Projects))]
    public void A_project_references_what_the_architecture_says(string project)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        var allowed = Arrows.TryGetValue(name, out var arrows) ? arrows
            : name.EndsWith(".Tests", StringComparison.Ordinal) ? [name[..^".Tests".Length], "MpcActors.Testing"]
            : throw new InvalidOperationException($"{project} is in no row of this test; decide what it may reference and add it");
        var references = XDocument.Load(Tree.PathOf(project)).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
        Expect.None(references.Except(allowed));
    }

    [Fact]
    public void Akka_and_its_message_format_are_named_by_the_actors_alone()
    {
        var strangers = Tree.Sources("src", "tests", "experiments")
            .Where(file => !KnowActors.Any(known => file.StartsWith(known, StringComparison.Ordinal)))
            .Where(file => Code.Of(file).Any(line => line.Contains("Akka.", StringComparison.Ordinal) || line.Contains("using MessagePack", StringComparison.Ordinal)));
        Expect.None(strangers);
    }

    [Fact]
    public void The_solution_lists_every_project()
    {
        var listed = Tree.Lines("MpcActors.sln").Where(line => line.Contains(".csproj\"", StringComparison.Ordinal))
            .Select(line => line.Split('"')[5].Replace('\\', '/'));
        Assert.Equal(Tree.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal)).Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }
}
