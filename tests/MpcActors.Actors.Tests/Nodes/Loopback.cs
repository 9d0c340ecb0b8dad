using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using MpcActors.Actors.Nodes;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Actors.Tests.Nodes;

/// <summary>Nodes of one session in this process, over real TLS on loopback.</summary>
sealed class Loopback
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>A party pair and its dealer.</summary>
    public static Role[] Three { get; } = [Role.PartyZero, Role.PartyOne, Role.Dealer];

    readonly Dictionary<Role, X509Certificate2> _certificates;

    public Loopback(params Role[] roles)
    {
        _certificates = roles.ToDictionary(role => role, role => NodeCertificate.Create(role, TimeProvider.System));
        var port = FreePorts.Block((9000, 256), 8, [.. Enumerable.Range(0, roles.Length)]);
        Roles = roles.ToDictionary(role => role, role => new NodeAddress("127.0.0.1", port++, NodeCertificate.FingerprintOf(_certificates[role])));
    }

    public Dictionary<Role, NodeAddress> Roles { get; }

    public NodeLimits Limits { get; init; } = NodeLimits.Default with { Connect = TimeSpan.FromSeconds(30) };

    public Seed Session { get; init; } = Seed.FromNumber(5);

    public ConcurrentQueue<string> Log { get; } = new();

    public NodeSettings Settings(Role role) => new(role, Roles, _certificates[role], [new("model", "none")]) { Limits = Limits, Log = line => Log.Enqueue($"{role.Name()}: {line}") };

    public X509Certificate2 Certificate(Role role) => _certificates[role];

    public Task<NodeOutcome> Start(Role role, RoleProgram program, Func<NodeSettings, NodeSettings>? change = null, CancellationToken cancellation = default)
    {
        var settings = (change ?? (same => same))(Settings(role));
        return Task.Run(() => Node.RunAsync(settings, _ => program, role == settings.Coordinator ? Session : null, cancellation), CancellationToken.None);
    }

    public async Task<Dictionary<Role, NodeOutcome>> Run(IReadOnlyDictionary<Role, RoleProgram> programs)
    {
        var running = programs.ToDictionary(role => role.Key, role => Start(role.Key, role.Value));
        await Task.WhenAll(running.Values).WaitAsync(Patience);
        return running.ToDictionary(role => role.Key, role => role.Value.Result);
    }
}
