using System.Globalization;
using System.Text;
using MpcActors.Tuning.Federated;

namespace MpcActors.Cli;

/// <summary>The files of a federation's deployment: hocon/federation.hocon with real fingerprints and as many clients as asked for.</summary>
static class FederatedCerts
{
    const int FirstPort = 7100;

    static readonly string[] Listening = [FederationSeeds.PartyZero, FederationSeeds.Server, FederationSeeds.Dealer];

    /// <param name="port">Of the first role that listens; two others follow.</param>
    /// <returns>Fingerprints by role.</returns>
    public static IReadOnlyDictionary<string, string> Make(string folder, int port, int clients)
    {
        string[] own = [.. Enumerable.Range(0, clients).Select(FederationSeeds.Client)];
        string[] names = [.. Listening, FederationSeeds.ModelOwner, .. own];
        CertsCommand.RequireNew(folder, names, "node.hocon");
        var files = new OutputFolder(folder, CertsCommand.FolderArgument);
        var fingerprints = names.ToDictionary(name => name, name => CertsCommand.WriteMember(files, name, name));

        var text = new StringBuilder();
        foreach (var line in CertsCommand.Shipped("federation.hocon").Split('\n').SkipLast(1))
        {
            if (line.StartsWith("    client-2 ", StringComparison.Ordinal)) continue;
            if (line.StartsWith("    client-1 ", StringComparison.Ordinal))
            {
                foreach (var client in own) Add(line.Replace("client-1 ", $"{client,-8} ", StringComparison.Ordinal).Replace("\"client-1.", $"\"{client}.", StringComparison.Ordinal), client);
                continue;
            }

            Add(line.Replace("clients = 2 ", string.Create(CultureInfo.InvariantCulture, $"clients = {clients,-2}"), StringComparison.Ordinal), names.FirstOrDefault(name => line.StartsWith($"    {name} ", StringComparison.Ordinal)));
        }

        files.Write("node.hocon", text.ToString());
        return fingerprints;

        void Add(string line, string? name)
        {
            if (name is not null) line = line.Replace(CertsCommand.NoFingerprint, fingerprints[name], StringComparison.Ordinal);
            var place = Array.IndexOf(Listening, name);
            if (place >= 0) line = line.Replace(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FirstPort + place}"), string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port + place}"), StringComparison.Ordinal);
            text.Append(line).Append('\n');
        }
    }
}
