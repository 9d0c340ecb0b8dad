using System.Globalization;
using Akka.Configuration;
using MpcActors.Network;

namespace MpcActors.Actors;

/// <summary>The configuration files of hocon/, composed by fallback: Akka ignores HOCON's include where no callback resolves it.</summary>
public static class Hocon
{
    static readonly string[] LinkKeys = ["name", "latency", "bandwidth", "jitter", "loss", "retransmit-after"];

    static readonly Lazy<Config> Defaults = new(() => Load(Shipped("reference")));

    /// <summary>All defaults: hocon/reference.hocon.</summary>
    public static Config Reference => Defaults.Value;

    /// <exception cref="ArgumentException">There is no such file, or it is no HOCON.</exception>
    public static Config Load(string file)
    {
        if (Directory.Exists(file)) throw new ArgumentException($"'{file}' is a folder; name the configuration file in it");
        if (!File.Exists(file)) throw new ArgumentException($"there is no configuration file '{file}'");
        try
        {
            var text = File.ReadAllText(file);
            Brackets.RequireMatching(text);
            return ConfigurationFactory.ParseString(text);
        }
        catch (Exception problem) when (problem is not (IOException or UnauthorizedAccessException or OutOfMemoryException))
        {
            throw new ArgumentException($"'{file}' is no HOCON: {problem.Message}", problem);
        }
    }

    /// <summary>Names of the networks that come with the program: every file of hocon/ that has an mpc.link.</summary>
    public static IReadOnlyList<string> Networks { get; } = ["lan", "wan-1", "wan-2"];

    /// <summary>A network by the name of a shipped profile or by file, with latency and bandwidth of its own where given.</summary>
    /// <remarks>mpc.link has latency and bandwidth, and may have name, jitter, loss (a probability) and retransmit-after; see <see cref="LinkProfile"/>.</remarks>
    /// <exception cref="ArgumentException">There is no such network, or a figure cannot be.</exception>
    public static LinkProfile Network(string nameOrFile, string? latency = null, string? bandwidth = null)
    {
        if (!Networks.Contains(nameOrFile) && !File.Exists(nameOrFile))
            throw new ArgumentException($"unknown network '{nameOrFile}': use {string.Join(", ", Networks)}, or the path of a HOCON file with an mpc.link section");
        var file = Networks.Contains(nameOrFile) ? Shipped(nameOrFile) : nameOrFile;
        var link = Load(file).GetConfig("mpc.link");
        if (link is null || link.IsEmpty || !link.Root.IsObject()) throw new ArgumentException($"'{file}' has no mpc.link section with latency and bandwidth");
        return Profile(link, "mpc.link", nameOrFile, file, latency, bandwidth);
    }

    /// <summary>Lines of single clients by their number from 1, from sections such as mpc.clients.client-3 of a file; none of a shipped network.</summary>
    /// <exception cref="ArgumentException">A section is not that of a client, or a figure cannot be.</exception>
    public static IReadOnlyDictionary<int, LinkProfile> ClientNetworks(string nameOrFile)
    {
        var profiles = new SortedDictionary<int, LinkProfile>();
        if (Networks.Contains(nameOrFile) || Load(nameOrFile).GetConfig("mpc.clients") is not { IsEmpty: false } clients) return profiles;
        foreach (var (key, _) in clients.AsEnumerable())
        {
            if (!key.StartsWith("client-", StringComparison.Ordinal) || !int.TryParse(key["client-".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var client) || client < 1)
                throw new ArgumentException($"'{nameOrFile}' has mpc.clients.{key}, which is no client: use client-1, client-2 and so on");
            profiles[client] = Profile(clients.GetConfig(key), $"mpc.clients.{key}", nameOrFile, nameOrFile) with { Name = key };
        }

        return profiles;
    }

    static LinkProfile Profile(Config link, string section, string nameOrFile, string file, string? latency = null, string? bandwidth = null)
    {
        foreach (var (key, _) in link.AsEnumerable())
            if (!LinkKeys.Contains(key)) throw new ArgumentException($"'{file}' has {section}.{key}, which is not known: use {string.Join(", ", LinkKeys)}");
        try
        {
            var profile = new LinkProfile(
                link.GetString("name", Path.GetFileNameWithoutExtension(file)),
                LinkUnits.ParseLatency(latency ?? Required(link, section, "latency", file)),
                LinkUnits.ParseBitsPerSecond(bandwidth ?? Required(link, section, "bandwidth", file)));
            return profile with
            {
                Jitter = Time("jitter", profile.Jitter),
                Loss = Probability("loss", profile.Loss),
                RetransmitAfter = Time("retransmit-after", profile.RetransmitAfter),
            };
        }
        catch (Exception problem) when (problem is FormatException or ConfigurationException or ArgumentOutOfRangeException)
        {
            throw new ArgumentException($"network '{nameOrFile}': {problem.Message}", problem);
        }

        TimeSpan Time(string key, TimeSpan otherwise) => link.HasPath(key) ? LinkUnits.ParseLatency(link.GetString(key)) : otherwise;

        double Probability(string key, double otherwise) => !link.HasPath(key) ? otherwise
            : double.TryParse(link.GetString(key), CultureInfo.InvariantCulture, out var value) ? value
            : throw new FormatException($"'{link.GetString(key)}' cannot be read: {key} is a probability such as 0.01.");
    }

    static string Required(Config link, string section, string key, string file) =>
        link.GetString(key, null) ?? throw new ArgumentException($"'{file}' lacks {section}.{key}");

    static string Shipped(string name) => Path.Combine(AppContext.BaseDirectory, "hocon", name + ".hocon");
}
