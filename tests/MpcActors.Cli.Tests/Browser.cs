using System.Diagnostics;
using System.Text.Json.Nodes;

namespace MpcActors.Cli.Tests;

/// <summary>Chromium as the machine has it, driven by Playwright from npm: looks at a page and says what it saw.</summary>
public sealed class Browser : IDisposable
{
    const string Playwright = "playwright-core@1.55.0";

    static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>Null where there is no browser that starts, no Node.js, or nothing may be fetched.</summary>
    public static string? Path { get; } =
        Environment.GetEnvironmentVariable("MPC_ACTORS_OFFLINE") == "1" || Find("npm") is null ? null : Names.Select(Find).OfType<string>().FirstOrDefault(Starts);

    readonly Scratch _installed = new();
    bool _isInstalled;

    public async Task<JsonNode> LookAt(string page)
    {
        if (!_isInstalled) await Run("npm", "install", "--prefix", _installed.Folder, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", Playwright);
        _isInstalled = true;
        return JsonNode.Parse(await Run("node", Tool("look_at_page.mjs"), _installed.Folder, Path!, page))!;
    }

    public void Dispose() => _installed.Dispose();

    /// <summary>Some containers hold a browser that cannot run in them.</summary>
    static bool Starts(string browser)
    {
        using var process = Process.Start(new ProcessStartInfo(browser, ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "about:blank"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (process.WaitForExit(TimeSpan.FromMinutes(1))) return process.ExitCode == 0;
        process.Kill(entireProcessTree: true);
        return false;
    }

    static async Task<string> Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await errors}");
        return output;
    }

    static string Tool(string name) => System.IO.Path.Combine(Repository.Root, "tests", "tools", name);

    static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator).Select(folder => System.IO.Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
