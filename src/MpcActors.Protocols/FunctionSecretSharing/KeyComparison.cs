using MpcActors.Fss;
using MpcActors.Ring;

namespace MpcActors.Protocols.FunctionSecretSharing;

/// <summary>Comparison of open wires with public thresholds by one key a wire: no round to a share, one round to a masked bit.</summary>
/// <remarks>
/// <para>x &lt; t is the top bit of y = x − t, whose opening ŷ = x̂ − t is public and whose mask is that of x:</para>
/// <para>msb(y) = msb(ŷ) ⊕ msb(r) ⊕ [low63(ŷ) &lt; low63(r)] (Boyle, Chandran, Gilboa, Gupta, Ishai, Kumar, Rathee, EUROCRYPT
/// 2021, section 4; SIGMA, Gupta, Jawalkar, Mukherjee, Chandran, Gupta, Panwar, Sharma, PETS 2024, section 4).</para>
/// <para>1. Take a key to [z &lt; low63(r)] over 63 bits; one key does for all thresholds, since it does not depend on them.</para>
/// <para>2. Evaluate it at low63(ŷ): local.</para>
/// Prices a value: to a bit, 912 bytes of key to either party, 57 AES calls at each, and a bit opened; to a share, 1,504 bytes
/// to either and 121 AES calls. <see cref="Comparison"/> does it in three rounds with 49 bytes dealt and next to no computation.
/// </remarks>
public static class KeyComparison
{
    const int Bits = 63;
    const ulong LowBits = ulong.MaxValue >> 1;

    static readonly KeyForm _bitForm = KeyForm.Comparison(Bits, FssPayload.Bit);
    static readonly KeyForm _wordForm = KeyForm.Comparison(Bits);

    public static Cost CostOf(long count, int thresholds = 1) =>
        Cost.Keys(_bitForm, count) + Cost.Round + thresholds * (Cost.Opening(count, 1) + Cost.Dealt(count));

    public static Cost CostOfShares(long count) => Cost.Keys(_wordForm, count);

    /// <summary>x &lt; 0, as a signed number: one round.</summary>
    public static async ValueTask<MaskedBits> IsNegativeByKey(this Party party, Masked x) => (await party.IsBelowByKey(x, 0))[0];

    /// <summary>x &lt; t for each of <paramref name="thresholds"/>, which have the wire's fraction bits; |x − t| must be below 2^63. One round.</summary>
    public static async ValueTask<MaskedBits[]> IsBelowByKey(this Party party, Masked x, params long[] thresholds)
    {
        var plane = new Shape(1, BitBlocks.WordsFor(x.Shape.Count));
        KeyWork.Count(party, _bitForm, (long)x.Shape.Count * thresholds.Length);
        var keys = await party.TakeKeys(_bitForm, x.Shape.Count, () => new(Array.ConvertAll(x.Mask.Values, r => r & LowBits), []));

        // Shared as bits: msb(ŷ) ⊕ borrow, which lacks msb(r). Opened under u it is msb(y) under the mask u ⊕ msb(r), so the
        // dealer puts msb(r) into the mask and nobody has to share it.
        var opening = new Opening(party);
        var uniform = Array.ConvertAll(thresholds, _ => party.Correlations.UniformBits(plane));
        var slots = thresholds.Zip(uniform, (threshold, u) => opening.Xor(BitBlocks.Xor(ShareOfBits(keys, x, threshold), u))).ToArray();
        await opening.Exchange();
        return [.. slots.Zip(uniform, (slot, u) => new MaskedBits(
            BitBlocks.ToIntegers(slot.Opened, x.Shape),
            party.Correlations.Derived(x.Shape, () => WithTopBit(BitBlocks.ToIntegers(u, x.Shape), x.Mask))))];
    }

    /// <summary>x &lt; t for each of <paramref name="thresholds"/> as a share of 0 or 1 without fraction bits; |x − t| must be below 2^63. No round.</summary>
    /// <remarks>The key is dual: it shares h = msb(r) ⊕ borrow, and msb(y) = m + (1 − 2m)·h for the public m = msb(ŷ).</remarks>
    public static async ValueTask<Share[]> IsBelowShares(this Party party, Masked x, params long[] thresholds)
    {
        KeyWork.Count(party, _wordForm, (long)x.Shape.Count * thresholds.Length);
        var keys = await party.TakeKeys(_wordForm, x.Shape.Count, () => new(
            Array.ConvertAll(x.Mask.Values, r => r & LowBits),
            Array.ConvertAll(x.Mask.Values, r => (r >> 63) ^ 1),
            Array.ConvertAll(x.Mask.Values, r => r >> 63)));
        return Array.ConvertAll(thresholds, threshold => new Share(TimesSign(keys, x, threshold, party.Seat == Seat.One ? 1UL : 0), 0));
    }

    /// <summary>A key to (r·[z &lt; low63(r)] turned as above), for <see cref="KeyRelu"/>: shares r·h.</summary>
    internal static ValueTask<FssKeys?> TakeProductKeys(Party party, Masked x)
    {
        KeyWork.Count(party, _wordForm, x.Shape.Count);
        return party.TakeKeys(_wordForm, x.Shape.Count, () => new(
            Array.ConvertAll(x.Mask.Values, r => r & LowBits),
            Array.ConvertAll(x.Mask.Values, r => r >> 63 == 0 ? r : 0),
            Array.ConvertAll(x.Mask.Values, r => r >> 63 == 0 ? 0 : r)));
    }

    /// <summary>m·<paramref name="whole"/> + (1 − 2m)·[key at low63(ŷ)], for m = msb(ŷ).</summary>
    internal static RingTensor TimesSign(FssKeys? keys, Masked x, long threshold, ulong whole)
    {
        if (keys is null) return RingTensor.Hollow(x.Shape);
        var open = x.Public + (0 - (ulong)threshold);
        var result = RingTensor.Uninitialized(x.Shape);
        keys.Evaluate(open.Values, result.Values);
        var (points, shares) = (open.Values, result.Values);
        Parallelism.ForChunks(shares.Length, (start, length) =>
        {
            for (var i = start; i < start + length; i++)
            {
                var sign = points[i] >> 63;
                shares[i] = (shares[i] ^ (0 - sign)) + sign + (whole & (0 - sign));
            }
        });
        return result;
    }

    /// <summary>msb(ŷ) ⊕ borrow, as bits exclusive-or shared, 64 a word.</summary>
    static RingTensor ShareOfBits(FssKeys? keys, Masked x, long threshold)
    {
        var plane = new Shape(1, BitBlocks.WordsFor(x.Shape.Count));
        if (keys is null) return RingTensor.Hollow(plane);
        var open = x.Public + (0 - (ulong)threshold);
        var bits = new ulong[x.Shape.Count];
        keys.Evaluate(open.Values, bits);
        var (points, isOne) = (open.Values, keys.Party == 1);
        if (isOne) for (var i = 0; i < bits.Length; i++) bits[i] ^= points[i] >> 63;
        var words = new ulong[plane.Count];
        Packing.Pack(bits, 1, words);
        return RingTensor.Of(plane, words);
    }

    static RingTensor WithTopBit(RingTensor bits, RingTensor mask)
    {
        var values = new ulong[bits.Count];
        for (var i = 0; i < values.Length; i++) values[i] = bits.Values[i] ^ (mask.Values[i] >> 63);
        return RingTensor.Of(bits.Shape, values);
    }
}
