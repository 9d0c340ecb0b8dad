using System.Globalization;
using System.Text;
using MpcActors.Protocols;
using MpcActors.Tuning.Federated;

namespace MpcActors.Cli;

/// <summary>The files of a federation's deployment: hocon/federation.hocon with real fingerprints and as many clients and party pairs as asked for.</summary>
static class FederatedCerts
{
    const int FirstPort = 7100;

    static readonly string[] Listening = [FederationSeeds.PartyZero, FederationSeeds.Server, FederationSeeds.Dealer];

    static readonly Role[] Played = [Role.PartyZero, Role.PartyOne, Role.Dealer];

    /// <param name="port">Of the first role that listens; two others follow, then those of further pairs.</param>
    /// <param name="spares">Pairs that the federation does not use.</param>
    /// <returns>Fingerprints by role.</returns>
    public static IReadOnlyDictionary<string, string> Make(string folder, int port, int clients, int pairs, int spares)
    {
        FederateOptions.RequireUse(pairs, clients, "--pairs");
        string[] own = [.. Enumerable.Range(0, clients).Select(FederationSeeds.Client)];
        string[] listening = [.. Enumerable.Range(0, pairs + spares).SelectMany(pair => Listening.Select(role => FederationSeeds.At(role, pair)))];
        string[] names = [.. listening, FederationSeeds.ModelOwner, .. own];
        CertsCommand.RequireNew(folder, names, "node.hocon", CertsCommand.ClusterConfig);
        var files = new OutputFolder(folder, CertsCommand.FolderArgument);
        var fingerprints = names.ToDictionary(name => name, name => CertsCommand.WriteMember(files, name, name));

        var (text, first) = (new StringBuilder(), new List<(string Role, string Line)>());
        foreach (var line in CertsCommand.Shipped("federation.hocon").Split('\n').SkipLast(1))
        {
            if (line.StartsWith("    client-2 ", StringComparison.Ordinal)) continue;
            if (line.StartsWith("    client-1 ", StringComparison.Ordinal))
            {
                foreach (var client in own) Add(line.Replace("client-1 ", $"{client,-8} ", StringComparison.Ordinal).Replace("\"client-1.", $"\"{client}.", StringComparison.Ordinal), client);
                continue;
            }

            if (Listening.FirstOrDefault(role => line.StartsWith($"    {role} ", StringComparison.Ordinal)) is { } role)
            {
                // Those of further pairs stand behind the first pair's.
                first.Add((role, line));
                Add(Placed(line, role, 0), role);
                if (role == Listening[^1])
                    foreach (var (pair, other) in Enumerable.Range(1, pairs + spares - 1).SelectMany(pair => first.Select(other => (pair, other))))
                        Add(Placed(other.Line, other.Role, pair), FederationSeeds.At(other.Role, pair));
                continue;
            }

            Add(
                line.Replace("clients = 2 ", string.Create(CultureInfo.InvariantCulture, $"clients = {clients,-2}"), StringComparison.Ordinal)
                    .Replace("pairs = 1 ", string.Create(CultureInfo.InvariantCulture, $"pairs = {pairs,-2}"), StringComparison.Ordinal),
                names.FirstOrDefault(name => line.StartsWith($"    {name} ", StringComparison.Ordinal)));
        }

        files.Write("node.hocon", text.ToString());
        CertsCommand.WriteCluster(files, port, listening.Length, listening.Select((name, i) => (Played[i % Played.Length], fingerprints[name])));
        return fingerprints;

        string Placed(string line, string role, int pair)
        {
            var (name, place) = (FederationSeeds.At(role, pair), Array.IndexOf(Listening, role));
            return line.Replace($"    {role,-11}", $"    {name,-11}", StringComparison.Ordinal).Replace($"\"{role}.", $"\"{name}.", StringComparison.Ordinal)
                .Replace(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FirstPort + place}"), string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port + Listening.Length * pair + place}"), StringComparison.Ordinal);
        }

        void Add(string line, string? name)
        {
            if (name is not null) line = line.Replace(CertsCommand.NoFingerprint, fingerprints[name], StringComparison.Ordinal);
            text.Append(line).Append('\n');
        }
    }
}
