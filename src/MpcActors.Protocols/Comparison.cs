using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>Comparison of open wires with public thresholds: three rounds, 34 bits a value each way.</summary>
/// <remarks>
/// <para>x &lt; t is the top bit of x − t = (x̂ − t) − r, where x̂ − t is public. That is msb(x̂ − t) xor msb(r) xor the borrow
/// [x̂ − t &lt; r] of the lowest 63 bits. All values go side by side as bit planes, 64 of them a word.</para>
/// <para>1. Take r's digits in unary (<see cref="Digits"/>; look-up by public index as in Ishai, Kushilevitz, Meldgaard,
/// Orlandi, Paskin-Cherniavsky, TCC 2013) and compare digit by digit: local.</para>
/// <para>2. Join sixteen results to four and four to one (<see cref="CarryTree"/>; products of up to four factors in a round as
/// in ABY2.0, Patra, Schneider, Suresh, Yalame, USENIX Security 2021): two rounds.</para>
/// <para>3. Open the bit under a mask that is shared additively, too: one round.</para>
/// A function-secret-sharing key (<see cref="FunctionSecretSharing.KeyComparison"/>) saves two or all of these rounds but takes
/// some hundred AES calls a value at each party and 1 to 3 KiB dealt; digits of seven bits would save one round for 250 bytes dealt instead of 49.
/// All thresholds of a wire share the digits and the rounds.
/// </remarks>
public static class Comparison
{
    const int Nodes = Digits.Count / Carries.Radix;

    public static Cost CostOf(long count, int thresholds = 1)
    {
        var words = (count + 63) / 64;
        var opened = Carries.FactorsFor(Digits.Count) + Carries.FactorsFor(Nodes) + 1;
        var dealt = CarryTree.ProductsFor(Nodes) + CarryTree.ProductsFor(1);
        return 3 * Cost.Round + thresholds * Cost.Opening(opened * words)
            + Cost.Dealt(Digits.Planes * words) + thresholds * Cost.Dealt(dealt * words + count);
    }

    /// <summary>x &lt; 0, as a signed number.</summary>
    public static async ValueTask<MaskedBits> IsNegative(this Party party, Masked x) => (await party.IsBelow(x, 0))[0];

    /// <summary>x &lt; t for each of <paramref name="thresholds"/>, which have the wire's fraction bits; |x − t| must be below 2^63.</summary>
    public static async ValueTask<MaskedBits[]> IsBelow(this Party party, Masked x, params long[] thresholds)
    {
        var (words, isOne) = (BitBlocks.WordsFor(x.Shape.Count), party.Seat == Seat.One);
        party.Meter.CountElements(CostOf(x.Shape.Count, thresholds.Length).OfflineBits / 64);

        var digits = party.Correlations.DerivedBits(new(Digits.Planes, words), () => Digits.Unary(x.Mask));
        var carries = Array.ConvertAll(thresholds, threshold => Digits.Compare(x.Public, (ulong)threshold, digits, isOne));
        carries = await Join(party, carries);
        carries = await Join(party, carries);
        return await Open(party, carries, x.Shape);
    }

    /// <summary>One level of the tree for all thresholds: one round.</summary>
    static async ValueTask<Carries[]> Join(Party party, Carries[] carries)
    {
        var opening = new Opening(party);
        var masks = Array.ConvertAll(carries, level => party.Correlations.UniformBits(level.Factors.Shape));
        var slots = carries.Zip(masks, (level, mask) => opening.Xor(BitBlocks.Xor(level.Factors, mask))).ToArray();
        await opening.Exchange();
        return [.. carries.Select((level, i) =>
        {
            var products = party.Correlations.DerivedBits(
                new(CarryTree.ProductsFor(level.Tops.Shape.Rows), level.Tops.Shape.Columns), () => CarryTree.Products(masks[i]));
            return CarryTree.Join(level, slots[i].Opened, masks[i], products, party.Seat == Seat.One);
        })];
    }

    /// <summary>Opens the results under masks: one round.</summary>
    static async ValueTask<MaskedBits[]> Open(Party party, Carries[] carries, Shape shape)
    {
        var opening = new Opening(party);
        var masks = Array.ConvertAll(carries, root => party.Correlations.UniformBits(root.Tops.Shape));
        var slots = carries.Zip(masks, (root, mask) => opening.Xor(BitBlocks.Xor(root.Tops, mask))).ToArray();
        await opening.Exchange();
        return [.. masks.Select((mask, i) => new MaskedBits(
            BitBlocks.ToIntegers(slots[i].Opened, shape),
            party.Correlations.Derived(shape, () => BitBlocks.ToIntegers(mask, shape))))];
    }
}
