using MpcActors.Actors;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Protocols.FunctionSecretSharing;
using MpcActors.Ring;

namespace MpcActors.Simulation.Tests;

/// <summary>Keys of function secret sharing on their way from the dealer's actor to both parties'.</summary>
public sealed class KeyTests
{
    static readonly double[] Values = [-3, 2, 0, -0.5, 7, 100, -100];

    [Fact]
    public async Task Gates_by_keys_run_between_actors_and_the_link_only_moves_time()
    {
        var outputs = new Dictionary<Seat, Share>();
        var lan = await Run(LinkProfile.Lan, (seat, share) => outputs[seat] = share);
        var wan = await Run(LinkProfile.Wan1, (_, _) => { });

        Assert.Equal(Values.Select(x => Math.Max(Math.Max(x, 0) - 1, 0)), FixedPoint.Decode(outputs[Seat.Zero].Value + outputs[Seat.One].Value));
        Assert.Equal(lan.Transcript, wan.Transcript);
    }

    static Task<Run> Run(NetworkConditions network, Action<Seat, Share> output) => Actors.Simulation.RunAsync(
        new SimulationSettings(network, Work.Modelled.Default, Seed.FromNumber(1)),
        Actors.Simulation.PartyPrograms(
            async party =>
            {
                await party.Start();
                await party.BeginEpoch(0);
                var x = party.Public(FixedPoint.Encode(Values, Shape.Vector(Values.Length)), FixedPoint.FractionBits);
                var (relu, _) = await party.ReluByKey(await party.Mask(x));
                var (again, _) = await party.ReluWithoutRound(await party.Mask(party.AddPublic(relu, -1)));
                await party.EndEpoch();
                output(party.Seat, again);
            },
            Seed.FromNumber(2)));
}
