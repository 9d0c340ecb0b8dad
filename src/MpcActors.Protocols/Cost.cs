using MpcActors.Fss;

namespace MpcActors.Protocols;

/// <summary>What a protocol costs: rounds, bits each party sends to the other, and bits the dealer sends to both parties together.</summary>
/// <remarks>
/// A round is one message each way at the same time. Openings are packed and rounded up to whole 64-bit words a tensor. What
/// party zero needs of the dealer it expands from a seed, and of party one's half only corrections are sent. Keys of function
/// secret sharing are the exception: their corrections go to both parties, and are counted twice.
/// </remarks>
public readonly record struct Cost(int Rounds, long SentBits, long OfflineBits)
{
    public static Cost Free => default;

    public long SentBytes => SentBits / 8;

    public long OfflineBytes => OfflineBits / 8;

    public static Cost operator +(Cost left, Cost right) =>
        new(left.Rounds + right.Rounds, left.SentBits + right.SentBits, left.OfflineBits + right.OfflineBits);

    public static Cost operator -(Cost left, Cost right) =>
        new(left.Rounds - right.Rounds, left.SentBits - right.SentBits, left.OfflineBits - right.OfflineBits);

    public static Cost operator *(int times, Cost cost) => new(times * cost.Rounds, times * cost.SentBits, times * cost.OfflineBits);

    /// <summary>One round alone, to be added to what is opened in it.</summary>
    public static Cost Round => new(1, 0, 0);

    /// <summary>Opening a tensor of <paramref name="count"/> values by their low <paramref name="bits"/> bits, without the round.</summary>
    public static Cost Opening(long count, int bits = 64) => new(0, (count * bits + 63) / 64 * 64, 0);

    /// <summary>Corrections of <paramref name="words"/> dealt words.</summary>
    public static Cost Dealt(long words) => new(0, 0, words * 64);

    /// <summary>Keys of function secret sharing, their corrections to both parties.</summary>
    public static Cost Keys(KeyForm form, long count) => new(0, 0, 2 * count * form.CorrectionBits);

    /// <summary>Masking <paramref name="count"/> values in one round: a fresh uniform mask costs a seed, so nothing.</summary>
    public static Cost Masking(long count) => Round + Opening(count);

    public override string ToString() => $"{Rounds} rounds, {SentBytes} bytes sent by each party, {OfflineBytes} bytes dealt";
}
