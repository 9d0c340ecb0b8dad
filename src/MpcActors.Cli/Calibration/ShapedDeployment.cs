using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MpcActors.Actors.Nodes;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Cli;

/// <summary>A session of processes on this machine whose connections all pass through shapers: four children, and the data owner in this process.</summary>
sealed class ShapedDeployment : IDisposable
{
    const int FirstPort = 7100;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    static int _blocks;

    readonly string _folder = Directory.CreateTempSubdirectory("mpc-calibration-").FullName;
    readonly Dictionary<Role, LinkShaper> _shapers;

    /// <param name="session">Lines of mpc.session.</param>
    public ShapedDeployment(LinkProfile network, string session)
    {
        var roles = Enum.GetValues<Role>();
        CertsCommand.Make(_folder, FirstPort);
        var common = File.ReadAllText(Path.Combine(_folder, "node.hocon")) + $"\nmpc.session {{\n{session}\n}}\n";
        var ports = roles.Zip(FreePorts(roles.Length)).ToDictionary(pair => pair.First, pair => pair.Second);
        _shapers = roles.ToDictionary(role => role, role => new LinkShaper(network, new IPEndPoint(IPAddress.Loopback, ports[role])));
        foreach (var self in roles)
        {
            // Each listens at its own port, and dials the others through their shapers.
            var addresses = roles.Select(role => string.Create(CultureInfo.InvariantCulture, $"mpc.roles.{role.Name()}.address = \"127.0.0.1:{(role == self ? ports[role] : _shapers[role].Address.Port)}\"\n"));
            File.WriteAllText(ConfigOf(self), common + string.Concat(addresses));
        }
    }

    /// <summary>As the role sees it.</summary>
    public NodeFile FileOf(Role role) => NodeFile.Read(ConfigOf(role));

    /// <summary>Runs the session of a data owner's program.</summary>
    /// <returns>The transcript.</returns>
    /// <exception cref="MpcActors.Actors.SessionFailedException">A role failed.</exception>
    public async Task<string> RunAsync(TimedQuestions owner, Seed name, Output output, CancellationToken cancellation)
    {
        var file = FileOf(Role.DataOwner);
        var common = new CommonSettings(false, file.Session.Tuning.Seed, _folder, LinkProfile.Lan, Actors.Work.Measured);
        var children = Enum.GetValues<Role>().Where(role => role != Role.DataOwner)
            .Select(role => RoleProcess.Of(role, new NodeRun("", FileOf(role), common, Checkpoint.None), output)).ToArray();
        try
        {
            var outcome = await Node.RunAsync(
                file.SettingsOf(Role.DataOwner, _ => { }), session => owner.Program(file.SecretsOf(Role.DataOwner), session), name, cancellation);
            await Task.WhenAll(children.Select(child => child.Ended)).WaitAsync(Patience, cancellation);
            return outcome.Transcript!;
        }
        finally
        {
            foreach (var child in children) child.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var shaper in _shapers.Values) shaper.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Free a moment ago; of a block that no other call has been given, below those ports that the system gives to whoever dials.</summary>
    public static int[] FreePorts(int count)
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

    string ConfigOf(Role role) => Path.Combine(_folder, $"{role.Name()}.hocon");
}
