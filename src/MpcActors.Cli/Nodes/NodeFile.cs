using System.Globalization;
using System.Security.Cryptography;
using Akka.Configuration;
using MpcActors.Actors;
using MpcActors.Actors.Nodes;
using MpcActors.Data;
using MpcActors.Models.Transformers.Training;
using MpcActors.Protocols;
using MpcActors.Tuning;
using MpcActors.Tuning.Gradients;

namespace MpcActors.Cli;

/// <summary>What a session of processes computes: the owners' choices, the same as the options of <c>tune</c>.</summary>
/// <param name="Task">A task that comes with the program; nothing where <paramref name="Data"/> is a file.</param>
sealed record SessionBlock(
    string Task, string? Data, string? Test, string[] Labels, string Model, string Attention, AdaptedWeights? Weights, string Prompt, int PromptRows, int Shots, int TestTexts, TuningSettings Tuning)
{
    /// <summary>Null with forward-only tuning.</summary>
    public GradientSettings? Gradients { get; init; }

    /// <summary>Null where the model is not in a folder.</summary>
    public ModelFolder? Folder { get; init; }

    /// <summary>What the session ends in: a prompt at the data owner's, or tensors at the model owner's.</summary>
    public string ResultFile => Gradients is null or { Method: TuningMethod.Prompt } ? GradientFiles.Prompt : GradientFiles.Tensors;
}

/// <summary>Weights of the attention as <c>adapt</c> writes them; only the owners have the file, and all know its hash.</summary>
sealed record AdaptedWeights(string File, string Sha256);

/// <summary>Where a role is, and the files that its own process needs; paths are relative to the configuration file.</summary>
sealed record RoleBlock(NodeAddress Address, string Certificate, string Key, string? Secret);

/// <summary>The configuration of a deployment; hocon/node.hocon is an example with every setting explained.</summary>
sealed record NodeFile(string Path, SessionBlock Session, IReadOnlyDictionary<Role, RoleBlock> Roles, NodeLimits Limits)
{
    const int FingerprintDigits = 2 * SHA256.HashSizeInBytes;
    const int TinyLatent = 50;

    public const string AddressIs = "a host and a port, such as \"127.0.0.1:7100\"";
    public static readonly string FingerprintIs = $"the SHA-256 of the role's certificate, {FingerprintDigits} hexadecimal digits; 'mpc certs' prints them";

    public static string[] Tasks { get; } = ["tiny", .. SentimentSentences.Names];

    /// <exception cref="BadInputException">The file cannot be one; the message says what, where and what would do.</exception>
    public static NodeFile Read(string path)
    {
        var config = BadInputException.Check(() => Hocon.Load(path));
        _ = Section.Of(config, path, "mpc", "session", "roles", "transport");
        return new NodeFile(path, ReadSession(config, path), ReadRoles(config, path), ReadLimits(config, path));
    }

    public static Role RoleOf(string name) =>
        Enum.GetValues<Role>().Cast<Role?>().FirstOrDefault(role => role!.Value.Name() == name)
        ?? throw new BadInputException($"unknown role '{name}': use {string.Join(", ", RoleNames)}{Nearest.Hint(name, RoleNames)}");

    public static string[] RoleNames { get; } = [.. Enum.GetValues<Role>().Select(role => role.Name())];

    /// <summary>What a node of this deployment is made of.</summary>
    /// <param name="roles">Of the session; those of this file if not given.</param>
    public NodeSettings SettingsOf(Role role, Action<string> log, IReadOnlyDictionary<Role, NodeAddress>? roles = null)
    {
        var addresses = roles ?? Roles.ToDictionary(entry => entry.Key, entry => entry.Value.Address);
        var settings = new NodeSettings(role, addresses, RoleFiles.Certificate(Roles[role], Beside), [.. Facts, RolesOf(addresses)]) { Limits = Limits, Log = log };
        BadInputException.Check(settings.Validate);
        return settings;
    }

    /// <summary>The role's own seed: from its secret's file, or else from the session's number, which is good for comparisons alone.</summary>
    public SessionSecrets SecretsOf(Role role) => new(asked =>
    {
        if (asked != role) throw new InvalidOperationException($"{role.Name()} asks for the secret of {asked.Name()}");
        return Roles[role].Secret is { } file ? RoleFiles.Secret(file, Beside) : SessionSecrets.FromNumber(role, Session.Tuning.Seed);
    });

    /// <summary>A path of the file as seen from here.</summary>
    public string Beside(string path) => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!, path);

    /// <summary>What all nodes have to agree on; a node does not need the owner's choices for it.</summary>
    public IReadOnlyList<Fact> Facts =>
    [
        new("method", Session.Gradients is { } method ? GradientOptions.NameOf(method.Method) : GradientOptions.ForwardOnly),
        new("model", Session.Folder?.Sha256 ?? Session.Model),
        new("attention", Session.Attention),
        new("attention weights", Session.Weights?.Sha256 ?? EncoderModel.Shipped),
        new("labels", Session.Labels.Length > 0 ? string.Join(" | ", Session.Labels) : $"those of {Session.Task}"),
        .. Session.Gradients is { } gradients ? TrainingBlock.FactsOf(gradients) :
        [
            new("reveal", Session.Tuning.Reveal == Reveal.Loss ? "loss" : "logits"),
            new("prompt", $"{Session.Prompt} of {Session.PromptRows} rows"),
            new("latent dimension", Session.Tuning.LatentDimension.ToString(CultureInfo.InvariantCulture)),
        ],
    ];

    static Fact RolesOf(IReadOnlyDictionary<Role, NodeAddress> roles) => new("roles", Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(
        string.Join('\n', roles.OrderBy(role => role.Key).Select(role => $"{role.Key.Name()} {role.Value.Fingerprint}"))))));

    static SessionBlock ReadSession(Config config, string path)
    {
        var section = Section.Of(
            config, path, "mpc.session",
            [.. TrainingBlock.Keys, .. ModelFolder.Keys, "task", "data", "test", "labels", "model", "attention", "attention-weights", "attention-weights-sha256", "prompt", "prompt-rows", "optimizer", "queries", "population", "latent-dimension", "patience", "shots", "test-texts", "seed", "reveal"]);
        var data = section.Has("data") ? section.Text("data") : null;
        if (data is not null && section.Has("task")) throw new BadInputException($"'{path}' has both mpc.session.task and mpc.session.data; use one of them");
        var (method, seed) = (section.Choice("method", GradientOptions.ForwardOnly, GradientOptions.Methods), section.Seed("seed", 1));
        var folder = ModelFolder.Read(section, method);
        var labels = folder?.Sentences ?? section.Texts("labels");
        if (data is not null && labels.Length < 2) throw new BadInputException($"'{path}': mpc.session.labels is needed with data: a label sentence a class, such as [\"This is bad.\", \"This is good.\"]");
        if (data is null && folder is null && labels.Length > 0) throw new BadInputException($"'{path}': mpc.session.labels goes with data; the tasks that come with the program have their own");
        var model = section.Text("model", "tiny");
        if (section.Has("attention-weights") != section.Has("attention-weights-sha256"))
            throw new BadInputException($"'{path}': mpc.session.attention-weights and attention-weights-sha256 go together: the owners read the file, and all nodes agree on its SHA-256");
        var weights = section.Has("attention-weights")
            ? new AdaptedWeights(section.Text("attention-weights"), Fingerprint(section.Text("attention-weights-sha256")) ?? throw section.Bad("attention-weights-sha256", $"the SHA-256 of the file, {FingerprintDigits} hexadecimal digits"))
            : null;
        var reveal = section.Choice("reveal", "logits", ["logits", "loss"]) == "loss" ? Reveal.Loss : Reveal.Logits;
        var gradients = TrainingBlock.Read(section, method, seed);
        var defaults = new TuningSettings();
        var tuning = defaults with
        {
            Optimizer = gradients is null ? Optimizers.Parse(section.Choice("optimizer", "cma-es", Optimizers.Names)) : defaults.Optimizer,
            LatentDimension = section.Count("latent-dimension", model == "tiny" ? TinyLatent : defaults.LatentDimension, 2),
            Population = section.Count("population", defaults.Population, 4),
            Queries = section.Count("queries", 40),
            PrefixRows = section.Count("prompt-rows", defaults.PrefixRows, most: UseLiteModel.MaxTokens),
            Patience = section.Count("patience", 0, 0) is > 0 and var patience ? patience : null,
            Seed = seed,
            Reveal = reveal,
            FitOffsets = reveal == Reveal.Logits,
        };
        BadInputException.Check(tuning.Validate);
        return new(
            data is null ? section.Choice("task", "tiny", Tasks) : "", data, section.Has("test") ? section.Text("test") : null, labels, model,
            section.Choice("attention", "softmax", Attentions.Names), weights, section.Choice("prompt", "prefix", PromptForms.Names), tuning.PrefixRows,
            section.Count("shots", 16), section.Count("test-texts", 100), tuning) { Gradients = gradients, Folder = folder };
    }

    /// <summary>Lower-case and without colons; null where it is none.</summary>
    public static string? Fingerprint(string text) =>
        text.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant() is { Length: FingerprintDigits } digits && digits.All(char.IsAsciiHexDigit) ? digits : null;

    /// <summary>Null where the text is no host and port.</summary>
    public static (string Host, int Port)? Address(string text) =>
        text.LastIndexOf(':') is > 0 and var colon && int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65_535
            ? (text[..colon], port)
            : null;

    /// <param name="isDialled">Others dial it, so it has an address.</param>
    public static RoleBlock ReadRole(Config config, string path, string name, bool isDialled, params string[] more)
    {
        var section = Section.Of(config, path, $"mpc.roles.{name}", [.. isDialled ? ["address"] : Array.Empty<string>(), "fingerprint", "certificate", "key", "secret", .. more]);
        var (host, port) = isDialled ? Address(section.Text("address")) ?? throw section.Bad("address", AddressIs) : (NodeAddress.Dials, 0);
        var fingerprint = Fingerprint(section.Text("fingerprint")) ?? throw section.Bad("fingerprint", FingerprintIs);
        return new(new NodeAddress(host, port, fingerprint), section.Text("certificate", $"{name}.pem"), section.Text("key", $"{name}.key"), section.Has("secret") ? section.Text("secret") : null);
    }

    static Dictionary<Role, RoleBlock> ReadRoles(Config config, string path)
    {
        _ = Section.Of(config, path, "mpc.roles", RoleNames);
        return RoleNames.ToDictionary(RoleOf, name => ReadRole(config, path, name, isDialled: true));
    }

    public static NodeLimits ReadLimits(Config config, string path)
    {
        if (!config.HasPath("mpc.transport")) return NodeLimits.Default;
        var section = Section.Of(config, path, "mpc.transport", "connect-timeout", "handshake-timeout", "silence", "window", "largest-frame", "handshakes");
        var initial = NodeLimits.Default;
        var (connect, handshake) = (section.Time("connect-timeout", initial.Connect), section.Time("handshake-timeout", initial.Handshake));
        if (connect <= handshake)
            throw new BadInputException($"'{path}': mpc.transport.connect-timeout is {connect.TotalSeconds:0.###} s, but must be longer than handshake-timeout, {handshake.TotalSeconds:0.###} s: one peer that does not answer would use up the time for all");
        return new(
            connect,
            handshake,
            section.Time("silence", initial.Silence),
            section.Bytes("window", initial.Window, 1 << 16, 1L << 40),
            (int)section.Bytes("largest-frame", initial.LargestPayload, 1 << 16, MessageSerializer.LargestPayload),
            section.Count("handshakes", initial.Handshakes, 1, 1024));
    }
}
