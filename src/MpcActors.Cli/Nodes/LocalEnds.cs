using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MpcActors.Actors.Nodes;
using MpcActors.Network;
using MpcActors.Protocols;

namespace MpcActors.Cli;

/// <summary>Where roles that are all on this machine listen and dial: each listens at a free port, and dials the others through their shapers, if a network is to be between them.</summary>
sealed class LocalEnds : IDisposable
{
    static int _blocks;

    readonly Dictionary<Role, IPEndPoint> _own;
    readonly Dictionary<Role, LinkShaper> _shapers;

    /// <param name="network">Between any two; without shapers if it is <see cref="Loopback"/>.</param>
    public LocalEnds(LinkProfile network, IReadOnlyList<Role> roles)
    {
        _own = roles.Zip(FreePorts(roles.Count)).ToDictionary(pair => pair.First, pair => new IPEndPoint(IPAddress.Loopback, pair.Second));
        _shapers = network == Loopback ? [] : _own.ToDictionary(end => end.Key, end => new LinkShaper(network, end.Value));
    }

    /// <summary>As fast as this machine is with itself.</summary>
    public static LinkProfile Loopback { get; } = new("loopback", TimeSpan.Zero, 1_000_000_000_000);

    /// <summary>As a role sees them.</summary>
    public IReadOnlyDictionary<Role, IPEndPoint> AddressesFor(Role self) =>
        _own.ToDictionary(end => end.Key, end => end.Key != self && _shapers.TryGetValue(end.Key, out var shaper) ? shaper.Address : end.Value);

    /// <summary>The same as lines of a configuration, which replace those before them.</summary>
    public string SettingsFor(Role self) =>
        string.Concat(AddressesFor(self).Select(end => string.Create(CultureInfo.InvariantCulture, $"mpc.roles.{end.Key.Name()}.address = \"{end.Value}\"\n")));

    public void Dispose()
    {
        foreach (var shaper in _shapers.Values) shaper.Dispose();
    }

    /// <summary>Free a moment ago; of a block that no other call has been given, below those ports that the system gives to whoever dials.</summary>
    static int[] FreePorts(int count)
    {
        const int least = 12_000, blocks = 256, block = 32;
        while (true)
        {
            var first = least + block * (int)((uint)(7 * Environment.ProcessId + Interlocked.Increment(ref _blocks)) % blocks);
            var ports = Enumerable.Range(first, count).ToArray();
            try
            {
                foreach (var port in ports)
                {
                    using var listener = new TcpListener(IPAddress.Loopback, port);
                    listener.Start();
                }

                return ports;
            }
            catch (SocketException)
            {
                // Somebody's; another block may be free.
            }
        }
    }
}
