using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MpcActors.Actors.Nodes;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Actors.Tests.Nodes;

/// <summary>Nodes of one session in this process, over real TLS on loopback.</summary>
sealed class Loopback
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    readonly Dictionary<Role, X509Certificate2> _certificates;

    public Loopback(params Role[] roles)
    {
        _certificates = roles.ToDictionary(role => role, role => NodeCertificate.Create(role, TimeProvider.System));
        Roles = roles.Zip(FreePorts(roles.Length)).ToDictionary(
            pair => pair.First, pair => new NodeAddress("127.0.0.1", pair.Second, NodeCertificate.FingerprintOf(_certificates[pair.First])));
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

    static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }
}
