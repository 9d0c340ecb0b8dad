using MpcActors.Actors;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Simulation.Tests;

public sealed class SameRunTests
{
    [Fact]
    public async Task Messages_that_are_serialized_change_nothing()
    {
        var byReference = await Runs.Products();
        var serialized = await Runs.Products(overrides: Runs.Serializing);

        RequireSame(byReference, serialized);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_bytes_times_and_trace()
    {
        var first = await Runs.Products();
        var second = await Runs.Products();

        RequireSame(first, second);
        Assert.Equal(TraceOf(first.Run, LinkProfile.Lan), TraceOf(second.Run, LinkProfile.Lan));
        Assert.NotEqual(TraceOf(first.Run, LinkProfile.Lan), TraceOf(first.Run, LinkProfile.Wan2));
    }

    [Fact]
    public async Task Runs_side_by_side_do_not_disturb_each_other()
    {
        var alone = await Runs.Products(seed: 1);
        var other = await Runs.Products(seed: 2);

        var together = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Runs.Products(seed: 1 + (ulong)i % 2)));

        for (var i = 0; i < together.Length; i++) RequireSame(i % 2 == 0 ? alone : other, together[i]);
        Assert.NotEqual(alone.Run.Transcript, other.Run.Transcript);
    }

    [Fact]
    public async Task Measured_and_modelled_work_send_the_same_bytes() =>
        Assert.Equal((await Runs.Products()).Run.Transcript, (await Runs.Products(work: Work.Measured)).Run.Transcript);

    [Fact]
    public async Task The_pump_and_the_simulation_come_to_the_same_shares()
    {
        var seed = Seed.FromNumber(5);
        var outputs = new Dictionary<Seat, Share>();
        var pump = TwoParty.Run(seed, [], async (party, _) => [await Product(party)]);

        var run = await Actors.Simulation.RunAsync(new(LinkProfile.Wan1, Work.Free, Seed.FromNumber(6)), Actors.Simulation.PartyPrograms(
            async party =>
            {
                await party.Start();
                await party.BeginEpoch(0);
                outputs[party.Seat] = await Product(party);
                await party.EndEpoch();
            },
            seed));

        Assert.Equal(pump.Zero[0].Value.Values, outputs[Seat.Zero].Value.Values);
        Assert.Equal(pump.One[0].Value.Values, outputs[Seat.One].Value.Values);
        Assert.Equal(pump.Cost.Rounds * LinkProfile.Wan1.Latency + pump.Cost.Rounds * LinkProfile.Wan1.TimeToSend(8 * 7 + 25), run.Elapsed);

        static async ValueTask<Share> Product(Party party)
        {
            var x = party.Public(Encoded(party, 3.5), FixedPoint.FractionBits);
            var y = party.Public(Encoded(party, -2), FixedPoint.FractionBits);
            var (left, right) = (await party.Mask(x), await party.Mask(y));
            return await party.TruncateTo(party.Multiply(left, right));
        }

        static RingTensor Encoded(Party party, double value)
        {
            var shape = Shape.Vector(7);
            return party.Seat is Seat.Zero or Seat.One ? RingTensor.Zeros(shape) + FixedPoint.Encode(value) : RingTensor.Hollow(shape);
        }
    }

    static byte[] TraceOf(Run run, NetworkConditions network)
    {
        using var stream = new MemoryStream();
        run.WriteTrace(stream, network);
        return stream.ToArray();
    }

    static void RequireSame((Run Run, ulong[] Zero, ulong[] One) expected, (Run Run, ulong[] Zero, ulong[] One) actual)
    {
        Assert.Equal(expected.Zero, actual.Zero);
        Assert.Equal(expected.One, actual.One);
        Assert.Equal(expected.Run.Transcript, actual.Run.Transcript);
        Assert.Equal(expected.Run.Elapsed, actual.Run.Elapsed);
        Assert.Equal(expected.Run.Roles, actual.Run.Roles);
        Assert.Equal(expected.Run.Traffic, actual.Run.Traffic);
    }
}
