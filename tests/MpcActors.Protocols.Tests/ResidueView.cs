using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests;

/// <summary>The uniformity check for values that are opened by their low bits only, where words of both halves do not simply add up.</summary>
static class ResidueView
{
    /// <summary>Checks the first frame of a run: <paramref name="count"/> values of <paramref name="bits"/> bits.</summary>
    public static void Check(TwoPartyRun run, int count, int bits)
    {
        ulong[] zero = new ulong[count], one = new ulong[count];
        Packing.Unpack(run.Sent(Role.PartyZero, Role.PartyOne).First(), bits, zero);
        Packing.Unpack(run.Sent(Role.PartyOne, Role.PartyZero).First(), bits, one);

        // Packed again without gaps, uniform values are uniform bytes; a last part of a word is not full.
        var words = new ulong[Packing.WordsFor(count, bits)];
        Packing.Pack(zero.Zip(one, (x, y) => x + y).ToArray(), bits, words);
        UniformView.Check(words.AsSpan(0, words.Length - 1).ToArray());
    }
}
