using Akka.Configuration;
using MpcActors.Actors;
using MpcActors.Actors.Crews;
using MpcActors.Protocols;

namespace MpcActors.Cli;

/// <summary>How processes find each other; hocon/cluster.hocon is an example with every setting explained.</summary>
/// <param name="SeedNodes">Where coordinators run.</param>
/// <param name="PairsWithin">How long a data owner with several pairs waits for all before it begins with those that are there.</param>
/// <param name="Trusted">Certificates that may play a role besides the one in a node's own file.</param>
sealed record ClusterFile(
    string Path, IReadOnlyList<(string Host, int Port)> SeedNodes, string Host, TimeSpan AnnounceEvery, TimeSpan PairsWithin, int Attempts, int ModelOwnerSeats, IReadOnlyDictionary<Role, string[]> Trusted, Config Akka)
{
    /// <exception cref="BadInputException">The file cannot be one; the message says what, where and what would do.</exception>
    public static ClusterFile Read(string path)
    {
        var config = BadInputException.Check(() => Hocon.Load(path));
        var section = Section.Of(config, path, "mpc.cluster", "seed-nodes", "host", "announce-every", "pairs-within", "attempts", "model-owner-seats", "trusted");
        (string, int)[] seeds = [.. section.Texts("seed-nodes").Select(text => NodeFile.Address(text) ?? throw section.Bad("seed-nodes", $"a list of addresses, each {NodeFile.AddressIs}"))];
        if (seeds.Length == 0) throw new BadInputException($"'{path}' lacks mpc.cluster.seed-nodes: where a coordinator runs, such as [\"127.0.0.1:7200\"]");
        var trusted = section.Has("trusted") ? Section.Of(config, path, "mpc.cluster.trusted", NodeFile.RoleNames) : null;
        return new(
            path,
            seeds,
            section.Text("host", "127.0.0.1"),
            section.Time("announce-every", TimeSpan.FromSeconds(1)),
            section.Time("pairs-within", TimeSpan.FromSeconds(30)),
            section.Count("attempts", 10),
            section.Count("model-owner-seats", 8, 1, 1000),
            NodeFile.RoleNames.ToDictionary(NodeFile.RoleOf, name => trusted is null ? [] : Array.ConvertAll(
                trusted.Texts(name), text => NodeFile.Fingerprint(text) ?? throw trusted.Bad(name, $"a list of fingerprints, each {NodeFile.FingerprintIs}"))),
            config);
    }

    /// <summary>For Akka, at an address of this process's own.</summary>
    /// <param name="port">0 for any that is free.</param>
    public Config At(string host, int port) => ConfigurationFactory.ParseString(
        $$"""
        akka {
          remote.dot-netty.tcp { hostname = "{{host}}", port = {{port}} }
          cluster.seed-nodes = [{{string.Join(", ", SeedNodes.Select(seed => $"\"akka.tcp://{ClusterShell.SystemName}@{seed.Host}:{seed.Port}\""))}}]
        }
        """).WithFallback(Akka);
}
