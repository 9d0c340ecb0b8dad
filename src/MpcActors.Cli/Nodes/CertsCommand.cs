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
    const string Name = "certs";
    const string Placeholder = "fingerprint = \"0000000000000000000000000000000000000000000000000000000000000000\"";

    static readonly string[] Extensions = [".pem", ".key", ".secret"];

    public static Command Create()
    {
        var folder = new Argument<string?>("DIR") { Description = "Folder for the files; none of them may be there yet", Arity = ArgumentArity.ZeroOrOne };
        var port = Options.Count("--port", "Port of the first role on this machine; the others follow", 7100, 1024, 65_000);
        var json = Options.Flag("--json", "Write one JSON object to standard output");
        var command = new ExemplifiedCommand(
            Name,
            "Makes a certificate, a key and a secret for every role, and node.hocon, the configuration of a deployment on this machine.",
            ("mpc certs deployment", "then: mpc up --config deployment/node.hocon"))
        {
            folder, port, json,
        };
        command.SetAction(result => Run(
            result.GetValue(folder) ?? throw new BadInputException("a folder is needed: mpc certs DIR"), result.GetValue(port), result.GetValue(json), result.InvocationConfiguration.Output, result.InvocationConfiguration.Error));
        return command;
    }

    static int Run(string folder, int port, bool isJson, TextWriter output, TextWriter error)
    {
        var fingerprints = Make(folder, port);
        foreach (var (role, fingerprint) in fingerprints) (isJson ? error : output).WriteLine($"{role,-12} {fingerprint}");
        (isJson ? error : output).WriteLine($"Files: {folder}; next: mpc up --config {Path.Combine(folder, "node.hocon")}");
        if (isJson) output.WriteLine(new CertsReport { Command = Name, Seed = 0, Fingerprints = fingerprints, Config = Path.Combine(folder, "node.hocon") }.ToJson());
        return (int)ExitCode.Done;
    }

    /// <summary>Writes the files of a deployment.</summary>
    /// <param name="port">Of the first role; the others follow.</param>
    /// <returns>Fingerprints by role.</returns>
    public static IReadOnlyDictionary<string, string> Make(string folder, int port)
    {
        var roles = Enum.GetValues<Role>();
        foreach (var file in roles.SelectMany(role => Extensions.Select(extension => role.Name() + extension)).Append("node.hocon"))
            if (File.Exists(Path.Combine(folder, file))) throw new BadInputException($"'{Path.Combine(folder, file)}' is there already; name another folder, or remove it");
        var files = new OutputFolder(folder);
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", "node.hocon"));
        var fingerprints = new Dictionary<string, string>();
        foreach (var role in roles)
        {
            using var certificate = NodeCertificate.Create(role, TimeProvider.System);
            using var key = certificate.GetECDsaPrivateKey()!;
            files.Write(role.Name() + ".pem", certificate.ExportCertificatePem() + "\n");
            WritePrivate(Path.Combine(folder, role.Name() + ".key"), key.ExportPkcs8PrivateKeyPem() + "\n");
            WritePrivate(Path.Combine(folder, role.Name() + ".secret"), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Ring.Seed.Bytes)) + "\n");
            fingerprints[role.Name()] = NodeCertificate.FingerprintOf(certificate);

            var at = text.IndexOf(Placeholder, StringComparison.Ordinal);
            text = string.Concat(text.AsSpan(0, at), $"fingerprint = \"{fingerprints[role.Name()]}\"", text.AsSpan(at + Placeholder.Length));
            text = text.Replace($"127.0.0.1:{7100 + (int)role}", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port + (int)role}"), StringComparison.Ordinal);
        }

        files.Write("node.hocon", text);
        return fingerprints;
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
