using System.Diagnostics;

namespace MpcActors.Cli.Tests;

/// <summary>What <c>dotnet pack</c> makes can be used by somebody who has nothing else of this repository.</summary>
public sealed class PackageTests
{
#if AKKA_PACKAGES
    const string Runtime = "-p:AkkaRuntime=packages";
#else
    const string Runtime = "-p:AkkaRuntime=local";
#endif

    const string Program = """
        using MpcActors.Protocols;
        using MpcActors.Ring;
        System.Console.WriteLine(Rectification.CostOf(1000, truncates: false).Rounds + " rounds, " + FixedPoint.Decode(FixedPoint.Encode(1.5)));
        """;

    [OnlineFact]
    public async Task The_libraries_serve_an_empty_project()
    {
        using var scratch = new Scratch();
        foreach (var name in new[] { "Ring", "Fss", "Protocols" }) await Pack(name, scratch);
        scratch.Write("Program.cs", Program);
        scratch.Write("own.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <NuGetAudit>false</NuGetAudit>
                <RestoreAdditionalProjectSources>{scratch.Path("feed")}</RestoreAdditionalProjectSources>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="MpcActors.Protocols" Version="0.1.0" /></ItemGroup>
            </Project>
            """);

        Assert.Equal("4 rounds, 1.5", (await Dotnet(scratch, "run", "--project", scratch.Path("own.csproj"))).Trim());
    }

    [Fact]
    public async Task The_program_is_a_tool()
    {
        using var scratch = new Scratch();
        await Pack("Cli", scratch);
        await Dotnet(scratch, "tool", "install", "MpcActors.Cli", "--tool-path", scratch.Path("tools"), "--source", scratch.Path("feed"), "--version", "0.1.0");

        var cost = await Run(scratch, scratch.Path(System.IO.Path.Combine("tools", "mpc-actors")), "cost", "--model", "tiny-roberta", "--json");
        Assert.Contains("\"command\": \"cost\"", cost, StringComparison.Ordinal);
        // Its files came with it: a network is one of them.
        Assert.Contains("\"wan-1\"", cost, StringComparison.Ordinal);
    }

    static Task<string> Pack(string name, Scratch scratch) => Run(
        null, "dotnet", "pack", System.IO.Path.Combine(Repository.Root, "src", $"MpcActors.{name}"), "-c", "Release", "--no-build", "-v", "quiet", Runtime, "-o", scratch.Path("feed"));

    /// <summary>With a package folder of its own, so that no other build finds these packages.</summary>
    static Task<string> Dotnet(Scratch scratch, params string[] arguments) => Run(scratch, "dotnet", arguments);

    static async Task<string> Run(Scratch? scratch, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        if (scratch is not null) (start.WorkingDirectory, start.Environment["NUGET_PACKAGES"]) = (scratch.Folder, scratch.Path("packages"));
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {output}{await errors}");
        return output;
    }
}
