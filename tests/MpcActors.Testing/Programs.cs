using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Testing;

/// <summary>Small programs of the parties that tests run in many places.</summary>
public static class Programs
{
    /// <summary>Ten truncated products in sequence of <paramref name="count"/> values, two rounds each, given back to nobody.</summary>
    public static PartyProgram TenProducts(int count, Action<Seat, Share>? output = null) => async party =>
    {
        await party.Start();
        await party.BeginEpoch(0);
        var shape = Shape.Vector(count);
        var x = Input(party, shape, 1.5);
        var y = Input(party, shape, 1.25);
        for (var i = 0; i < 10; i++)
        {
            var wires = await party.Mask(x, y);
            x = await party.TruncateTo(party.Multiply(wires[0], wires[1]));
        }

        await party.EndEpoch();
        output?.Invoke(party.Seat, x);
    };

    /// <summary>1.5 · 1.25¹⁰.</summary>
    public static double TenProductsResult => 1.5 * Math.Pow(1.25, 10);

    /// <summary>A shared constant, split by a stream of its own.</summary>
    static Share Input(Party party, Shape shape, double value)
    {
        var zero = Sharing.ZeroHalf(Seed.FromNumber(77).Derive("input", (ulong)(value * 100)), shape);
        return new(party.Seat switch
        {
            Seat.Zero => zero,
            Seat.One => -zero + FixedPoint.Encode(value),
            _ => RingTensor.Hollow(shape),
        }, FixedPoint.FractionBits);
    }
}
