using System.Numerics.Tensors;
using MpcActors.Ring;

namespace MpcActors.Protocols.Published;

/// <summary>CrypTen's circuits on words of 64 bits shared by exclusive or (mpc/primitives/circuit.py): the sign of a sum, and equality.</summary>
/// <remarks>Words are opened whole, even where a level of the tree looks at half of their bits.</remarks>
static class BinaryCircuits
{
    public static Cost CostOfSign(long count) =>
        (1 + PrefixTree.Levels) * Cost.Round + Cost.Opening((2 + 4 * PrefixTree.Levels) * count) + Cost.Dealt((1 + 2 * PrefixTree.Levels) * count);

    public static Cost CostOfEquality(long count) => PrefixTree.Levels * (Cost.Round + Cost.Opening(2 * count) + Cost.Dealt(count));

    /// <summary>The top bit of the sum of both parties' words, as words 0 or 1 shared by exclusive or: 7 rounds, 26 words each way (A2B and a shift).</summary>
    /// <remarks>
    /// <para>1. Party zero's word x and party one's y are themselves shares of what to add: a carry is set where x and y, and passed on where x xor y.
    /// The first needs an AND, a round; of the second each party's half is its own word.</para>
    /// <para>2. Six levels join ever longer runs of bits (<see cref="PrefixTree"/>), a round each.</para>
    /// <para>3. The sum is (x xor y) xor the carries one place up.</para>
    /// </remarks>
    public static async ValueTask<RingTensor> SignOfSum(Party party, RingTensor words)
    {
        party.Meter.CountElements((1L + 2 * PrefixTree.Levels) * words.Count);
        if (words.IsHollow)
        {
            await BinaryProduct.Round(party, words.Count, rows: 2, null);
            for (var level = 0; level < PrefixTree.Levels; level++) await BinaryProduct.Round(party, words.Count, rows: 4, null);
            return words;
        }

        var bits = RingTensor.Uninitialized(words.Shape);
        var state = await BinaryProduct.Round(party, words.Count, rows: 2, new CommonBits(words, party.Seat));
        for (var level = 0; level < PrefixTree.Levels; level++)
        {
            var next = await BinaryProduct.Round(party, words.Count, rows: 4, new PrefixTree(words, state, bits, level, party.Seat));
            Array.ForEach(state, block => block.Release());
            state = next;
        }

        Array.ForEach(state, block => block.Release());
        return bits;
    }

    /// <summary>Whether both parties' words sum to zero, as words 0 or 1 shared by exclusive or: 6 rounds, 12 words each way.</summary>
    /// <remarks>Party zero's word equals minus party one's in all bits; an AND of a word with itself, half as far up each time, brings the AND of all bits to the top.</remarks>
    public static async ValueTask<RingTensor> IsZeroSum(Party party, RingTensor words)
    {
        party.Meter.CountElements((long)PrefixTree.Levels * words.Count);
        if (words.IsHollow)
        {
            for (var level = 0; level < PrefixTree.Levels; level++) await BinaryProduct.Round(party, words.Count, rows: 2, null);
            return words;
        }

        var bits = RingTensor.Uninitialized(words.Shape);
        RingTensor[]? state = null;
        var equal = party.Seat == Seat.Zero ? words.Map(static (x, destination) => TensorPrimitives.OnesComplement(x, destination)) : -words;
        for (var shift = 32; shift > 0; shift /= 2)
        {
            var next = await BinaryProduct.Round(party, words.Count, rows: 2, new AllBits(equal, state, bits, shift, party.Seat));
            Array.ForEach(state ?? [], block => block.Release());
            state = next;
        }

        Array.ForEach(state!, block => block.Release());
        equal.Release();
        return bits;
    }
}
