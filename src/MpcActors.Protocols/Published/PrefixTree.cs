using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MpcActors.Ring;
using static MpcActors.Protocols.Published.BinaryProduct;

namespace MpcActors.Protocols.Published;

/// <summary>One level of the carries of an addition within words: which runs of bits set a carry, which pass one on.</summary>
/// <remarks>
/// The circuit of Damgård, Fitzi, Kiltz, Nielsen, Toft (TCC 2006), section 6.3, as CrypTen lays it out: at level i the highest bit
/// of each lower run of 2^i bits is spread over the run above it, and there S ← S xor P·S' and P ← P·P'. Both ANDs have the same first
/// factor, which CrypTen broadcasts before it masks it: it is opened twice, under two masks, so a level opens four words, not three.
/// </remarks>
/// <param name="Words">The parties' words, whose exclusive or says at first where a carry is passed on, and at last what the carries meet.</param>
/// <param name="State">Blocks of where a carry is set; from the second level on, with another row of where one is passed on.</param>
/// <param name="Bits">Where the last level writes the top bits of the sums, 0 or 1.</param>
sealed record PrefixTree(RingTensor Words, RingTensor[] State, RingTensor Bits, int Level, Seat Seat) : IBinaryRound
{
    public const int Levels = 6;

    /// <summary>Masks P twice, then S' and P'.</summary>
    public void Mask(in BinaryBlock block, int start, int end)
    {
        var (set, (passed, first), level) = (State[block.Index].Values, Passed(block), Level);
        var (from, to) = (From(level), To(level));
        for (var i = start; i < end; i += Width)
        {
            var n = Math.Min(Width, end - i);
            var (s, p) = (Load(set, i, n), Load(passed, first + i, n));
            StoreMasked(p & to, block, 0, i, n);
            StoreMasked(p & to, block, 1, i, n);
            StoreMasked(Spread(s & from, level), block, 2, i, n);
            StoreMasked(Spread(p & from, level), block, 3, i, n);
        }
    }

    public void Join(in BinaryBlock block, int start, int end)
    {
        if (Level == Levels - 1)
        {
            JoinTop(block, start, end);
            return;
        }

        var (set, (passed, first)) = (State[block.Index].Values, Passed(block));
        var (below, one) = (~To(Level), Ones(Seat));
        for (var i = start; i < end; i += Width)
        {
            var n = Math.Min(Width, end - i);
            var s = Load(set, i, n) ^ Product(block, 0, 2, i, n, one);
            var p = (Load(passed, first + i, n) & below) ^ Product(block, 1, 3, i, n, one);
            Store(s, block.Products, i, n);
            Store(p, block.Products, block.Length + i, n);
        }
    }

    /// <summary>At the last level only the carry into the top bit is wanted.</summary>
    void JoinTop(in BinaryBlock block, int start, int end)
    {
        var (set, words, bits, one) = (State[block.Index].Values, Words.Values, Bits.Values, Ones(Seat));
        for (var i = start; i < end; i += Width)
        {
            var n = Math.Min(Width, end - i);
            var carries = Load(set, i, n) ^ Product(block, 0, 2, i, n, one);
            Store((Load(words, block.First + i, n) ^ (carries << 1)) >>> 63, bits, block.First + i, n);
        }
    }

    (ulong[] Values, int First) Passed(in BinaryBlock block) => Level == 0 ? (Words.Values, block.First) : (State[block.Index].Values, block.Length);

    /// <summary>The highest bit of each lower run: 2^i − 1 and every 2^(i+1) on.</summary>
    static Vector512<ulong> From(int level)
    {
        var (bits, run) = (0UL, 1 << level);
        for (var at = run - 1; at < 64; at += 2 * run) bits |= 1UL << at;
        return Vector512.Create(bits);
    }

    /// <summary>The upper runs.</summary>
    static Vector512<ulong> To(int level) => Spread(From(level), level);

    /// <summary>Copies each bit to the 2^i places above it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<ulong> Spread(Vector512<ulong> bits, int level) => (bits << ((1 << level) + 1)) - (bits << 1);
}
