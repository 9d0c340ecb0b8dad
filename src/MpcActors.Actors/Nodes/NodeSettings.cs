using System.Security.Cryptography.X509Certificates;
using MpcActors.Protocols;

namespace MpcActors.Actors.Nodes;

/// <summary>Where a role is reached, and how it is known: by the SHA-256 of its certificate, in hexadecimal.</summary>
/// <param name="Port">0 of one that dials all others.</param>
public sealed record NodeAddress(string Host, int Port, string Fingerprint)
{
    /// <summary>In place of the host of one that nobody dials.</summary>
    public const string Dials = "which dials";

    public override string ToString() => Port == 0 ? Host : $"{Host}:{Port}";
}

/// <summary>How long a node waits, and how much it holds.</summary>
/// <param name="Connect">For all peers to be there.</param>
/// <param name="Handshake">For a connection to say who it is.</param>
/// <param name="Silence">Without a byte from a peer, which says something every third of this time.</param>
/// <param name="Window">Bytes of payload that a peer sends ahead of the program that takes them.</param>
/// <param name="LargestPayload">Of a frame.</param>
/// <param name="Handshakes">Connections at once that have not said who they are.</param>
public sealed record NodeLimits(TimeSpan Connect, TimeSpan Handshake, TimeSpan Silence, long Window, int LargestPayload, int Handshakes)
{
    public static NodeLimits Default { get; } = new(
        TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), 64 << 20, MessageSerializer.LargestPayload, 16);
}

/// <summary>One of several sessions that take turns at the same addresses. Who comes for another one is left waiting and not refused.</summary>
/// <param name="Of">Whose turn it is, the same at all nodes of the session.</param>
/// <param name="Others">Fingerprints of certificates of whoever takes part in other sessions alone.</param>
/// <param name="IsAwaited">This node waits for its turn as long as anybody answers, and <see cref="NodeLimits.Connect"/> when nobody does.</param>
public sealed record Turn(string Of, IReadOnlySet<string> Others, bool IsAwaited);

/// <summary>One role in a process of its own.</summary>
/// <param name="Roles">All roles of the session, this one too.</param>
/// <param name="Certificate">With its private key.</param>
/// <param name="Facts">What all nodes must agree on before the first share is sent. Public.</param>
public sealed record NodeSettings(Role Self, IReadOnlyDictionary<Role, NodeAddress> Roles, X509Certificate2 Certificate, IReadOnlyList<Fact> Facts)
{
    public NodeLimits Limits { get; init; } = NodeLimits.Default;

    /// <summary>Progress and refusals, in sentences without secrets.</summary>
    public Action<string> Log { get; init; } = _ => { };

    /// <summary>Sees what the node does; none if not given.</summary>
    public NodeMonitor? Monitor { get; init; }

    /// <summary>What goes wrong with what this node sends, in trials; nothing if not given.</summary>
    public NodeTrouble? Trouble { get; init; }

    /// <summary>Who names the session and gathers what came of it: if nothing else is said the data owner, or the first role where there is none.</summary>
    public Role Coordinator
    {
        get => _coordinator ?? (Roles.ContainsKey(Role.DataOwner) ? Role.DataOwner : Roles.Keys.Min());
        init => _coordinator = value;
    }

    /// <summary>Where this is one of several sessions that take turns; null where it is not.</summary>
    public Turn? Turn { get; init; }

    readonly Role? _coordinator;

    /// <exception cref="ArgumentException">The settings cannot be those of a node.</exception>
    public void Validate()
    {
        if (!Roles.ContainsKey(Coordinator)) throw new ArgumentException($"{Coordinator.Name()} coordinates, but is none of the session's roles");
        if (!Roles.TryGetValue(Self, out var own)) throw new ArgumentException($"{Self.Name()} is none of the session's roles: {string.Join(", ", Roles.Keys.Order().Select(role => role.Name()))}");
        var fingerprint = NodeCertificate.FingerprintOf(Certificate);
        if (own.Fingerprint != fingerprint) throw new ArgumentException($"the certificate of {Self.Name()} has the fingerprint {fingerprint}, but the configuration says {own.Fingerprint}");
        if (!Certificate.HasPrivateKey) throw new ArgumentException($"the certificate of {Self.Name()} comes without its private key");
        var shared = Roles.GroupBy(role => role.Value.Fingerprint).FirstOrDefault(group => group.Count() > 1);
        if (shared is not null) throw new ArgumentException($"{string.Join(" and ", shared.Select(role => role.Key.Name()))} have the same fingerprint; each role needs a certificate of its own");
    }
}
