using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MpcActors.Actors.Nodes;
using MpcActors.Protocols;

namespace MpcActors.Cli;

/// <summary>Certificates, keys and secrets for all roles of a deployment, and a configuration that names them.</summary>
static class CertsCommand
{
    /// <summary>What names the folder, for messages.</summary>
    public const string FolderArgument = "mpc certs DIR";

    const string Name = "certs";
    public const string NoFingerprint = "0000000000000000000000000000000000000000000000000000000000000000";

    public const string ClusterConfig = "cluster.hocon";

    const string Placeholder = $"fingerprint = \"{NoFingerprint}\"";

    static readonly Role[] Pair = [Role.PartyZero, Role.PartyOne, Role.Dealer];
    static readonly string[] Extensions = [".pem", ".key", ".secret"];

    public static Command Create()
    {
        var folder = new Argument<string?>("DIR") { Description = "Folder for the files; none of them may be there yet", Arity = ArgumentArity.ZeroOrOne };
        var port = Options.Count("--port", "Port of the first role on this machine; the others follow", 7100, 1024, 65_000);
        var pairs = Options.Count("--pairs", "Party pairs with a dealer each, for a cluster, for one data owner that divides its work, or for a federation's clients; without --clients the second has its own node-2.hocon, and so on", 1, 1, 100);
        var clients = Options.CountIfAny("--clients", "Of a federation, in place of a data owner: clients with texts of their own", most: FederateOptions.MostClients);
        var spares = Options.Count("--spares", "With --clients: party pairs beyond --pairs, which take the place of others in a cluster", 0, 0, FederateOptions.MostClients);
        var json = Options.Flag("--json", "Write one JSON object to standard output");
        var command = new ExemplifiedCommand(
            Name,
            "Makes a certificate, a key and a secret for every role, and node.hocon, the configuration of a deployment on this machine.",
            ("mpc certs deployment", "then: mpc up --config deployment/node.hocon"),
            ("mpc certs federation --clients 3", "of a federated tuning; then: mpc up --config federation/node.hocon"),
            ("mpc certs federation --clients 4 --pairs 2", "whose clients are divided among two party pairs, in one file; with Akka.Cluster: mpc up --config federation/node.hocon --cluster federation/cluster.hocon"),
            ("mpc certs deployment --pairs 2", "then: mpc up --config deployment/node.hocon --pair deployment/node-2.hocon"),
            ("mpc certs deployment --pairs 2", "or, with Akka.Cluster: mpc up --config deployment/node.hocon --cluster deployment/cluster.hocon --spare deployment/node-2.hocon"))
        {
            folder, port, pairs, clients, spares, json,
        };
        command.SetAction(result => Run(
            result.GetValue(folder) ?? throw new BadInputException("a folder is needed: mpc certs DIR"), result.GetValue(port), result.GetValue(pairs), result.GetValue(clients), result.GetValue(spares), result.GetValue(json), result.InvocationConfiguration.Output, result.InvocationConfiguration.Error));
        return command;
    }

    static int Run(string folder, int port, int pairs, int? clients, int spares, bool isJson, TextWriter output, TextWriter error)
    {
        if (clients is null && spares > 0) throw new BadInputException("--spares goes with --clients: further pairs of a data owner have a configuration each, so --pairs counts them all");
        var fingerprints = clients is { } count ? FederatedCerts.Make(folder, port, count, pairs, spares) : Make(folder, port, pairs);
        foreach (var (role, fingerprint) in fingerprints) (isJson ? error : output).WriteLine($"{role,-12} {fingerprint}");
        (isJson ? error : output).WriteLine($"Files: {folder}; next: mpc up --config {Path.Combine(folder, "node.hocon")}");
        if (isJson) output.WriteLine(new CertsReport { Command = Name, Seed = 0, Fingerprints = fingerprints, Config = Path.Combine(folder, "node.hocon") }.ToJson());
        return (int)ExitCode.Done;
    }

    /// <summary>Writes the files of a deployment.</summary>
    /// <param name="port">Of the first role; the others follow, then those of further pairs.</param>
    /// <returns>Fingerprints by role; of further pairs as "party-0-2".</returns>
    public static IReadOnlyDictionary<string, string> Make(string folder, int port, int pairs = 1)
    {
        var roles = Enum.GetValues<Role>();
        var members = Enumerable.Range(1, pairs).SelectMany(pair => (pair == 1 ? roles : Pair).Select(role => (Pair: pair, Role: role, Name: NameOf(role, pair)))).ToArray();
        RequireNew(folder, members.Select(member => member.Name), [.. Enumerable.Range(1, pairs).Select(ConfigOf), ClusterConfig]);
        var files = new OutputFolder(folder, FolderArgument);
        var fingerprints = members.ToDictionary(member => member.Name, member => WriteMember(files, member.Name, member.Role.Name()));

        for (var pair = 1; pair <= pairs; pair++)
        {
            var text = Shipped("node.hocon");
            // The ports that are given may be among those that are replaced.
            foreach (var role in roles) text = text.Replace(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{7100 + (int)role}"), PlaceOf(role), StringComparison.Ordinal);
            foreach (var role in roles)
            {
                var own = Pair.Contains(role) ? pair : 1;
                var (name, place) = (NameOf(role, own), text.IndexOf(Placeholder, StringComparison.Ordinal));
                text = string.Concat(text.AsSpan(0, place), $"fingerprint = \"{fingerprints[name]}\"", text.AsSpan(place + Placeholder.Length));
                // A data owner who divides its work takes part in one session a pair, at an address each.
                var block = role == Role.ModelOwner ? 0 : pair - 1;
                text = text.Replace(PlaceOf(role), string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port + roles.Length * block + (int)role}"), StringComparison.Ordinal)
                    .Replace($"\"{role.Name()}.pem\"", $"\"{name}.pem\"", StringComparison.Ordinal).Replace($"\"{role.Name()}.key\"", $"\"{name}.key\"", StringComparison.Ordinal);
            }

            files.Write(ConfigOf(pair), text);
        }

        WriteCluster(files, port, roles.Length * pairs, members.Select(member => (member.Role, fingerprints[member.Name])));
        return fingerprints;

        static string PlaceOf(Role role) => $"<{role.Name()}>";

        static string NameOf(Role role, int pair) => pair == 1 ? role.Name() : string.Create(CultureInfo.InvariantCulture, $"{role.Name()}-{pair}");
    }

    /// <summary>The configuration of a pair, from 1.</summary>
    public static string ConfigOf(int pair) => pair == 1 ? "node.hocon" : string.Create(CultureInfo.InvariantCulture, $"node-{pair}.hocon");

    /// <summary>An example configuration that comes with the program.</summary>
    public static string Shipped(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", file));

    /// <exception cref="BadInputException">One of the files that will be made is there.</exception>
    public static void RequireNew(string folder, IEnumerable<string> members, params ReadOnlySpan<string> more)
    {
        foreach (var file in (string[])[.. members.SelectMany(member => Extensions.Select(extension => member + extension)), .. more])
            if (File.Exists(Path.Combine(folder, file))) throw new BadInputException($"'{Path.Combine(folder, file)}' is there already; name another folder, or remove it");
    }

    /// <summary>How processes find each other, and whom they trust.</summary>
    /// <param name="port">Of the first role of so many; the coordinator is behind them.</param>
    /// <param name="trusted">Fingerprints of machines any of which may play its role.</param>
    public static void WriteCluster(OutputFolder files, int port, int listening, IEnumerable<(Role Role, string Fingerprint)> trusted)
    {
        var text = Shipped(ClusterConfig).Replace("127.0.0.1:7200", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port + 100 * ((listening + 99) / 100)}"), StringComparison.Ordinal);
        foreach (var role in trusted.GroupBy(one => one.Role))
            text = text.Replace($"    {role.Key.Name()} = []", $"    {role.Key.Name()} = [{string.Join(", ", role.Select(one => $"\"{one.Fingerprint}\""))}]", StringComparison.Ordinal);
        files.Write(ClusterConfig, text);
    }

    /// <summary>A certificate, a key and a secret.</summary>
    /// <param name="subject">Of the certificate.</param>
    /// <returns>The fingerprint.</returns>
    public static string WriteMember(OutputFolder files, string name, string subject)
    {
        using var certificate = NodeCertificate.Create(subject, TimeProvider.System);
        using var key = certificate.GetECDsaPrivateKey()!;
        files.Write(name + ".pem", certificate.ExportCertificatePem() + "\n");
        WritePrivate(Path.Combine(files.Folder, name + ".key"), key.ExportPkcs8PrivateKeyPem() + "\n");
        WritePrivate(Path.Combine(files.Folder, name + ".secret"), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Ring.Seed.Bytes)) + "\n");
        return NodeCertificate.FingerprintOf(certificate);
    }

    /// <summary>For this user's eyes alone, from the first byte on.</summary>
    static void WritePrivate(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(path, options);
        stream.Write(Encoding.ASCII.GetBytes(text));
    }

    sealed record CertsReport : Report
    {
        public required IReadOnlyDictionary<string, string> Fingerprints { get; init; }

        public required string Config { get; init; }
    }
}
