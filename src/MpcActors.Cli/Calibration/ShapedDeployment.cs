using MpcActors.Actors;
using MpcActors.Actors.Nodes;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Cli;

/// <summary>A session of processes on this machine with a network between them: four children, and the data owner in this process.</summary>
sealed class ShapedDeployment : IDisposable
{
    const int FirstPort = 7100;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly string _folder = Directory.CreateTempSubdirectory("mpc-calibration-").FullName;
    readonly LocalEnds _ends;

    /// <param name="session">Lines of mpc.session.</param>
    public ShapedDeployment(LinkProfile network, string session)
    {
        var roles = Enum.GetValues<Role>();
        CertsCommand.Make(_folder, FirstPort);
        var common = File.ReadAllText(Path.Combine(_folder, "node.hocon")) + $"\nmpc.session {{\n{session}\n}}\n";
        _ends = new(network, roles);
        foreach (var self in roles) File.WriteAllText(ConfigOf(self), common + _ends.SettingsFor(self));
    }

    /// <summary>As the role sees it.</summary>
    public NodeFile FileOf(Role role) => NodeFile.Read(ConfigOf(role));

    /// <summary>Runs the session of a data owner's program.</summary>
    /// <returns>The transcript.</returns>
    /// <exception cref="SessionFailedException">A role failed.</exception>
    public Task<string> RunAsync(TimedQuestions owner, Seed name, CancellationToken cancellation)
    {
        var file = FileOf(Role.DataOwner);
        return RunAsync(null, _ => session => owner.Program(file.SecretsOf(Role.DataOwner), session), name, cancellation);
    }

    /// <summary>Runs a probe of the links.</summary>
    /// <param name="owner">The data owner's program, which sees the other roles' processes.</param>
    /// <exception cref="SessionFailedException">A role failed.</exception>
    public Task ProbeAsync(int rounds, Func<IReadOnlyList<RoleProcess>, RoleProgram> owner, CancellationToken cancellation) =>
        RunAsync(rounds, children => _ => owner(children), Seed.FromNumber(1), cancellation);

    async Task<string> RunAsync(int? probeRounds, Func<IReadOnlyList<RoleProcess>, Func<Seed, RoleProgram>> owner, Seed name, CancellationToken cancellation)
    {
        var file = FileOf(Role.DataOwner);
        var common = new CommonSettings(false, file.Session.Tuning.Seed, _folder, LinkProfile.Lan, Work.Measured);
        var silent = new Output(TextWriter.Null, TextWriter.Null, IsJson: true);
        var children = Enum.GetValues<Role>().Where(role => role != Role.DataOwner)
            .Select(role => RoleProcess.Of(role, new NodeRun("", FileOf(role), common, Checkpoint.None) { ProbeRounds = probeRounds }, silent)).ToArray();
        try
        {
            var outcome = await Node.RunAsync(LinkProbe.Agreed(file.SettingsOf(Role.DataOwner, _ => { }), probeRounds), owner(children), name, cancellation);
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
        _ends.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    string ConfigOf(Role role) => Path.Combine(_folder, $"{role.Name()}.hocon");
}
