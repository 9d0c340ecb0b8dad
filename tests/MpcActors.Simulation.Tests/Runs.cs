using Akka.Configuration;
using MpcActors.Actors;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Simulation.Tests;

/// <summary>Runs of one small program, ten truncated products, with what the parties got.</summary>
static class Runs
{
    /// <summary>A run that has not ended by then hangs: the tests assert no time, this only keeps a broken build from waiting for ever.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static Config Serializing { get; } = ConfigurationFactory.ParseString("akka.actor.serialize-messages = on");

    public static async Task<(Run Run, ulong[] Zero, ulong[] One)> Products(
        NetworkConditions? network = null, FaultPlan? faults = null, ulong seed = 1, int count = 5, Config? overrides = null, Work? work = null)
    {
        var outputs = new Dictionary<Seat, Share>();
        var settings = new SimulationSettings(network ?? LinkProfile.Lan, work ?? Work.Modelled.Default, Seed.FromNumber(seed))
        {
            Faults = faults ?? FaultPlan.None,
            Overrides = overrides ?? Config.Empty,
        };
        var run = await Run(settings, Programs.TenProducts(count, (seat, share) => outputs[seat] = share));
        return (run, outputs[Seat.Zero].Value.Values, outputs[Seat.One].Value.Values);
    }

    public static Task<Run> Run(SimulationSettings settings, PartyProgram program, CancellationToken cancellation = default) =>
        Actors.Simulation.RunAsync(settings, Actors.Simulation.PartyPrograms(program, settings.Seed.Derive("dealer")), cancellation).WaitAsync(Patience, CancellationToken.None);

    public static Task<Run> Run(PartyProgram program, CancellationToken cancellation = default) =>
        Run(new(LinkProfile.Lan, Work.Free, Seed.FromNumber(1)), program, cancellation);
}
