using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>How an owner gives its values to the parties, and gets results back.</summary>
/// <remarks>Party zero's half is the stream of a fresh seed, so only the seed is sent; party one's is the value minus that.</remarks>
public static class Sharing
{
    /// <param name="seed">Used for this tensor and for nothing else.</param>
    /// <param name="phase">Offline for what is given out before a run.</param>
    public static void ShareWithParties(this Port port, RingTensor value, Seed seed, Phase phase = Phase.Online)
    {
        var seedBytes = new byte[Seed.Bytes];
        seed.WriteTo(seedBytes);
        port.Send(Role.PartyZero, seedBytes, phase);
        port.Send(Role.PartyOne, (value - ZeroHalf(seed, value.Shape)).Values, phase);
    }

    /// <summary>Sends the same bytes to both parties and the dealer, who has to know the shapes of what it deals for.</summary>
    public static void SendPublic(this Port port, byte[] bytes)
    {
        port.Send(Role.PartyZero, bytes);
        port.Send(Role.PartyOne, bytes);
        port.Send(Role.Dealer, bytes);
    }

    /// <summary>Waits for both halves of a result and adds them up.</summary>
    public static async ValueTask<RingTensor> Reconstruct(this Port port, Shape shape)
    {
        var zero = await port.ReceiveWords(Role.PartyZero, shape.Count);
        var one = await port.ReceiveWords(Role.PartyOne, shape.Count);
        return RingTensor.Of(shape, zero) + RingTensor.Of(shape, one);
    }

    public static RingTensor ZeroHalf(Seed seed, Shape shape)
    {
        var half = RingTensor.Uninitialized(shape);
        new Prg(seed).Fill(half.Values, 0);
        return half;
    }
}
