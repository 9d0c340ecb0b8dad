using MpcActors.Actors;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Simulation.Tests;

public sealed class SimulationTests
{
    static Task<Run> Run(NetworkConditions network, Work work, ulong seed = 1, Action<Seat, Share>? output = null, int count = 100, FaultPlan? faults = null) =>
        Actors.Simulation.RunAsync(
            new SimulationSettings(network, work, Seed.FromNumber(seed)) { Faults = faults ?? FaultPlan.None },
            Actors.Simulation.PartyPrograms(Programs.TenProducts(count, output), Seed.FromNumber(seed).Derive("dealer")));

    [Fact]
    public async Task Both_parties_and_the_dealer_finish_with_the_product()
    {
        var outputs = new Dictionary<Seat, Share>();

        await Run(LinkProfile.Lan, Work.Measured, output: (seat, share) => outputs[seat] = share);

        var opened = FixedPoint.Decode(outputs[Seat.Zero].Value + outputs[Seat.One].Value);
        Assert.All(opened, value => Assert.Equal(Programs.TenProductsResult, value, 1e-3));
        Assert.True(outputs[Seat.Dealer].Value.IsHollow);
    }

    [Fact]
    public async Task The_link_only_moves_time()
    {
        var lan = await Run(LinkProfile.Lan, Work.Modelled.Default);
        var again = await Run(LinkProfile.Lan, Work.Modelled.Default);
        var wan = await Run(LinkProfile.Wan1, Work.Modelled.Default);
        var other = await Run(LinkProfile.Lan, Work.Modelled.Default, seed: 2);

        Assert.Equal(lan.Transcript, again.Transcript);
        Assert.Equal(lan.Elapsed, again.Elapsed);
        Assert.Equal(lan.Transcript, wan.Transcript);
        Assert.True(wan.Elapsed > lan.Elapsed);
        Assert.NotEqual(lan.Transcript, other.Transcript);
    }

    [Fact]
    public async Task A_recorded_run_on_another_network_takes_what_a_live_one_takes()
    {
        var lan = await Run(LinkProfile.Lan, Work.Modelled.Default);
        var wan = await Run(LinkProfile.Wan1, Work.Modelled.Default);

        Assert.Equal(lan.Elapsed, lan.On(LinkProfile.Lan).Elapsed);
        Assert.Equal(wan.Elapsed, lan.On(LinkProfile.Wan1).Elapsed);
    }

    [Fact]
    public async Task With_free_computation_the_time_is_what_rounds_and_bits_say()
    {
        const int count = 1000;
        var run = await Run(LinkProfile.Wan1, Work.Free, count: count);

        // Twenty rounds; two words a value in every second, one in the others; each frame with its header.
        var expected = TimeSpan.Zero;
        for (uint round = 0; round < 20; round++)
        {
            var frame = new Frame(Role.PartyZero, Role.PartyOne, round, Phase.Online, new byte[(round % 2 == 0 ? 2 : 1) * 8 * count]);
            expected += LinkProfile.Wan1.Latency + LinkProfile.Wan1.TimeToSend(MessageSerializer.LengthOf(frame));
        }

        Assert.Equal(expected, run.Elapsed);
    }
}
