using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Testing;

/// <summary>What a run in memory came to: outputs of both parties, what they cost, and every word that was opened.</summary>
public sealed record TwoPartyRun(IReadOnlyList<Share> Zero, IReadOnlyList<Share> One, Cost Cost, Cost Planned, IReadOnlyList<Frame> Frames)
{
    /// <summary>The sum of both halves of the only output.</summary>
    public RingTensor Opened => Zero[0].Value + One[0].Value;

    public double[] Decoded => FixedPoint.Decode(Opened, Zero[0].FractionBits);

    public double[] DecodedAt(int index) => FixedPoint.Decode(Zero[index].Value + One[index].Value, Zero[index].FractionBits);

    /// <summary>Payloads from <paramref name="from"/> to <paramref name="to"/>, in order, as words.</summary>
    public IEnumerable<ulong[]> Sent(Role from, Role to) =>
        Frames.Where(frame => frame.From == from && frame.To == to && frame.Phase == Phase.Online).Select(frame => Words.FromBytes(frame.Payload));
}

/// <summary>Runs a program of both parties and the dealer in memory, frames first come first served on one thread, no actor anywhere.</summary>
public static class TwoParty
{
    /// <summary>A program from shared inputs to shared outputs.</summary>
    public delegate ValueTask<Share[]> Program(Party party, Share[] inputs);

    public static TwoPartyRun Run(Seed seed, double[] x, Func<Party, Share, ValueTask<Share>> program) =>
        Run(seed, [Encode(x)], async (party, inputs) => [await program(party, inputs[0])]);

    public static TwoPartyRun Run(Seed seed, double[] x, double[] y, Func<Party, Share, Share, ValueTask<Share>> program) =>
        Run(seed, [Encode(x), Encode(y)], async (party, inputs) => [await program(party, inputs[0], inputs[1])]);

    /// <summary>Runs <paramref name="program"/> on ring values with their fraction bits; also plans it, for the comparison of costs.</summary>
    public static TwoPartyRun Run(Seed seed, (RingTensor Value, int FractionBits)[] inputs, Program program)
    {
        var outputs = new Dictionary<Seat, Share[]>();
        var costs = new Dictionary<Seat, Cost>();
        var frames = new List<Frame>();
        Pump.Run(new Dictionary<Role, Func<Port, ValueTask>>
        {
            [Role.PartyZero] = port => RunAt(new Party(Seat.Zero, port), port, Role.PartyOne),
            [Role.PartyOne] = port => RunAt(new Party(Seat.One, port), port, Role.PartyZero),
            [Role.Dealer] = port => RunAt(new Party(Seat.Dealer, port, seed), port, Role.PartyZero),
        }, frames.Add);

        var planner = new Port(Role.PartyZero, _ => { });
        var plan = new Party(Seat.Planner, planner);
        var planned = program(plan, InputsOf(Seat.Planner));
        if (!planned.IsCompletedSuccessfully) throw new InvalidOperationException("a program waited for a frame while it was planned");
        return new TwoPartyRun(outputs[Seat.Zero], outputs[Seat.One], costs[Seat.One], planner.Meter.CostOf(Role.PartyOne), frames);

        async ValueTask RunAt(Party party, Port port, Role peer)
        {
            await party.Start();
            await party.BeginEpoch(0);
            outputs[party.Seat] = await program(party, InputsOf(party.Seat));
            costs[party.Seat] = port.Meter.CostOf(peer);
            await party.EndEpoch();
        }

        Share[] InputsOf(Seat seat) => inputs.Select((input, i) =>
        {
            var zero = Sharing.ZeroHalf(seed.Derive("input", (ulong)i), input.Value.Shape);
            return new Share(seat switch
            {
                Seat.Zero => zero,
                Seat.One => input.Value - zero,
                _ => RingTensor.Hollow(input.Value.Shape),
            }, input.FractionBits);
        }).ToArray();
    }

    public static (RingTensor Value, int FractionBits) Encode(double[] values, int fractionBits = FixedPoint.FractionBits) =>
        Encode(values, Shape.Vector(values.Length), fractionBits);

    public static (RingTensor Value, int FractionBits) Encode(double[] values, Shape shape, int fractionBits = FixedPoint.FractionBits) =>
        (FixedPoint.Encode(values, shape, fractionBits), fractionBits);
}
