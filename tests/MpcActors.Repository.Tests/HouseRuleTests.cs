using System.Text.RegularExpressions;

namespace MpcActors.Repository.Tests;

/// <summary>Rules that a reviewer would otherwise have to remember. Words are put together so that this file does not break them.</summary>
public sealed partial class HouseRuleTests
{
    const long LargestFile = 4 << 20;

    [Fact]
    public void Nothing_is_left_open_in_the_code() =>
        Expect.None(Hits(Tree.Sources("src", "compat", "tests", "experiments"), string.Join('|', "TO" + "DO", "FIX" + "ME", "HA" + "CK", "NotImplemented" + "Exception", @"\bSk" + @"ip\s*=\s*""")));

    [Fact]
    public void No_file_names_a_place_on_one_machine() =>
        Expect.None(Hits(Tree.TextFiles, @"(?<![\w.])/(work|root|home|Users)/" + @"\w"));

    [Fact]
    public void No_file_names_a_package_host() =>
        Expect.None(Hits(Tree.TextFiles, string.Join('|', @"\bnuget" + @"\.org", @"\bnpmjs" + @"\.", @"\bdebian" + @"\.(org|net)", @"\bpypi" + @"\.org")));

    [Fact]
    public void No_file_is_large() =>
        Expect.None(Tree.Files.Where(file => new FileInfo(Tree.PathOf(file)).Length > LargestFile));

    [Fact]
    public void An_actor_never_suspends_its_mailbox() =>
        Expect.None(Hits(Tree.Sources("src"), @"\bReceive(Any)?Async\s*[<(]"));

    [Fact]
    public void Nothing_that_failed_is_started_again() =>
        Expect.None(Hits(Tree.Sources("src"), @"\bDirective\.(Restart|Resume)\b"));

    [Fact]
    public void The_licence_is_Apache_2_and_every_derived_file_has_its_notice()
    {
        Assert.Contains("Apache License", Tree.Read("LICENSE"), StringComparison.Ordinal);
        var notice = Tree.Read("NOTICE");
        foreach (var file in Tree.Files.Where(file => file.StartsWith("src/MpcActors.Data/Resources/", StringComparison.Ordinal)))
            Assert.Contains(file, notice, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_test_project_tests_something() =>
        Expect.None(Tree.Files.Where(file => file.EndsWith(".Tests.csproj", StringComparison.Ordinal))
            .Where(project => !Tree.Sources(Path.GetDirectoryName(project)!.Replace('\\', '/')).Any(source => TestAttribute().IsMatch(Tree.Read(source)))));

    [Fact]
    public void The_commands_can_be_run()
    {
        foreach (var script in new[] { "mpc", ".ci/run" })
        {
            Assert.StartsWith("#!/usr/bin/env bash\n", Tree.Read(script), StringComparison.Ordinal);
            if (!OperatingSystem.IsWindows())
                Assert.True(File.GetUnixFileMode(Tree.PathOf(script)).HasFlag(UnixFileMode.UserExecute), $"{script} is not executable");
        }
    }

    [Fact]
    public void The_package_sources_are_the_users_own()
    {
        var config = NuGetElements().Matches(Tree.Read("NuGet.config")).Select(match => match.Value);
        Expect.None(config);
    }

    static IEnumerable<string> Hits(IEnumerable<string> files, string pattern)
    {
        var regex = new Regex(pattern, RegexOptions.CultureInvariant);
        foreach (var file in files)
        {
            var lines = file.EndsWith(".cs", StringComparison.Ordinal) && !pattern.Contains("TO" + "DO", StringComparison.Ordinal) ? [.. Code.Of(file)] : Tree.Lines(file);
            foreach (var line in lines.Where(line => regex.IsMatch(line)))
                yield return $"{file}: {line.Trim()}";
        }
    }

    [GeneratedRegex(@"\[(Fact|Theory)\b")]
    private static partial Regex TestAttribute();

    [GeneratedRegex("<(clear|packageSources|packageSourceMapping|disabledPackageSources)")]
    private static partial Regex NuGetElements();
}
