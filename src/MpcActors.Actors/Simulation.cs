using Akka.Actor;
using Akka.Configuration;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Actors;

/// <summary>What a simulated session is made of, apart from its programs.</summary>
public sealed record SimulationSettings(NetworkConditions Network, Work Work, Seed Seed)
{
    public FaultPlan Faults { get; init; } = FaultPlan.None;

    /// <summary>The session takes as long as it says: frames wait for the wall clock. The same bytes, the same virtual times.</summary>
    public bool IsRealTime { get; init; }

    /// <summary>Nobody deals before the run: what is dealt takes time and bandwidth like everything else, as it does between processes. The same bytes.</summary>
    public bool DealsInTime { get; init; }

    /// <summary>Is given the session's virtual time before it begins.</summary>
    public Action<TimeProvider> Begins { get; init; } = _ => { };

    /// <summary>HOCON over the defaults of hocon/reference.hocon.</summary>
    public Config Overrides { get; init; } = Config.Empty;
}

/// <summary>What a session came to. Results themselves leave through the owners' programs.</summary>
/// <param name="Transcript">Hash of every frame: equal for equal seeds, whatever the network.</param>
/// <param name="Recording">Turns and frames, to time the same run on another network.</param>
public sealed record Run(TimeSpan Elapsed, IReadOnlyList<ActorTimes> Roles, IReadOnlyList<LinkTraffic> Traffic, string Transcript, Recording Recording)
{
    public ActorTimes Of(Role role) => Roles.Single(times => times.Actor == (int)role);

    /// <summary>Bytes that <paramref name="from"/> sent <paramref name="to"/>, frames and all.</summary>
    public LinkTraffic Between(Role from, Role to) =>
        Traffic.FirstOrDefault(traffic => traffic.Link == new Link((int)from, (int)to), new LinkTraffic(new Link((int)from, (int)to), 0, 0, 0, 0));

    /// <summary>The times of this very run on another network.</summary>
    /// <param name="machine">What all roles share, as processes of one machine do; null where each has one of its own.</param>
    public RunTimes On(NetworkConditions network, SharedMachine? machine = null) => Replay.Run(Recording, network, machine);

    /// <summary>Writes what every role and link did on that network, in the trace event format that ui.perfetto.dev opens; leaves the stream open.</summary>
    public void WriteTrace(Stream stream, NetworkConditions network) => ChromeTrace.Write(stream, On(network).Timeline);
}

/// <summary>Runs one session of all roles in this process, over a simulated network.</summary>
public static class Simulation
{
    /// <exception cref="SessionFailedException">A role or a link failed; the message names it.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was requested; the session stops at the end of a turn.</exception>
    public static async Task<Run> RunAsync(
        SimulationSettings settings, IReadOnlyDictionary<Role, RoleProgram> programs, CancellationToken cancellation = default)
    {
        if (programs.Count == 0) throw new ArgumentException("a session needs at least one role", nameof(programs));
        cancellation.ThrowIfCancellationRequested();
        Role[] roles = [.. programs.Keys.Order()];
        var clock = new ConservativeClock<SealedFrame>(roles.ToDictionary(role => (int)role, role => role.Name()), settings.Network, record: true);
        settings.Begins(clock.Time);
        var transcript = new Transcript();
        var frameKey = settings.Seed.Derive("frames");
        var outcome = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var network = NetworkActor.Props(clock, settings.Faults, transcript, roles, settings.IsRealTime, settings.DealsInTime);
        var props = roles.ToDictionary(
            role => role, role => (Func<IActorRef, Props>)(actor => RoleActor.Props(role, programs[role], actor, frameKey, settings.Work, settings.DealsInTime)));

        var system = ActorSystem.Create("mpc", settings.Overrides.WithFallback(Hocon.Reference));
        try
        {
            await using var stop = cancellation.Register(() => outcome.TrySetCanceled(cancellation));
            system.ActorOf(Props.Create(() => new SessionActor(outcome, network, props)), "session");
            await outcome.Task;
        }
        finally
        {
            await system.Terminate();
        }

        return new(clock.Elapsed, clock.Actors, clock.Traffic, transcript.Hash(), clock.Recording);
    }

    /// <summary>The programs of both parties and the dealer, from the one program that all three run.</summary>
    public static Dictionary<Role, RoleProgram> PartyPrograms(PartyProgram program, Seed dealerSeed) => new()
    {
        [Role.PartyZero] = port => program(new Party(Seat.Zero, port)),
        [Role.PartyOne] = port => program(new Party(Seat.One, port)),
        [Role.Dealer] = port => program(new Party(Seat.Dealer, port, dealerSeed)),
    };
}
