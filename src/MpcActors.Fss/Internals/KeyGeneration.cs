using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MpcActors.Fss;

/// <summary>The dealer's side: the correction words of a tile of keys, level by level.</summary>
/// <remarks>
/// Gen of Boyle, Chandran, Gilboa, Gupta, Ishai, Kumar, Rathee, EUROCRYPT 2021, figure 1 (line numbers are theirs), over the
/// correlated tree of Half-Tree, EUROCRYPT 2023: instead of G(s) = (s_L ‖ t_L ‖ s_R ‖ t_R) of two calls, the children are
/// H(s) and H(s) ⊕ s, with t as the lowest bit. On the path to α both parties' nodes differ by the same Δ (whose lowest bit
/// is 1), elsewhere by nothing. Without values it is Gen of the point function.
/// </remarks>
static class KeyGeneration
{
    /// <param name="below">f(x) for x &lt; α of a comparison, f(α) of a point function.</param>
    /// <param name="above">f(x) for x ≥ α of a comparison.</param>
    /// <param name="corrections">The words of the tile (<see cref="FssKeys"/> has the layout).</param>
    public static void Generate(
        TreeHashes hashes, KeyForm form, ReadOnlySpan<ulong> alphas, ReadOnlySpan<ulong> below, ReadOnlySpan<ulong> above,
        ReadOnlySpan<ulong> zeroRoots, ReadOnlySpan<ulong> oneRoots, Span<ulong> corrections)
    {
        var width = alphas.Length;
        const int tile = FssKeys.TileKeys;
        Span<Vector128<byte>> blocks = stackalloc Vector128<byte>[6 * tile];
        Span<ulong> pathValues = stackalloc ulong[tile];
        var s0 = blocks[..width];
        var s1 = blocks.Slice(tile, width);
        var h0 = blocks.Slice(2 * tile, width);
        var h1 = blocks.Slice(3 * tile, width);
        var v0 = blocks.Slice(4 * tile, width);
        var v1 = blocks.Slice(5 * tile, width);

        // Lines 2 and 3: random roots, V_α = 0, t_b = b.
        pathValues.Clear();
        for (var j = 0; j < width; j++)
        {
            s0[j] = Node.Root(zeroRoots[2 * j], zeroRoots[2 * j + 1], 0);
            s1[j] = Node.Root(oneRoots[2 * j], oneRoots[2 * j + 1], 1);
        }

        // Line 4.
        for (var level = 0; level < form.Levels; level++)
        {
            var shift = form.DomainBits - 1 - level;
            var place = Vector128.Create(1UL << shift);
            var seedCorrections = MemoryMarshal.Cast<ulong, Vector128<byte>>(corrections[..(2 * width)]);

            // Line 5: expand both parties' nodes.
            if (!form.HasValues)
            {
                hashes.Seeds.Apply(s0, h0);
                hashes.Seeds.Apply(s1, h1);
            }
            else
            {
                hashes.Seeds.Apply(s0, h0, hashes.Values, v0);
                hashes.Seeds.Apply(s1, h1, hashes.Values, v1);
                CorrectValues(
                    shift, alphas, below, above, s1, MemoryMarshal.Cast<Vector128<byte>, ulong>(v0), MemoryMarshal.Cast<Vector128<byte>, ulong>(v1),
                    pathValues, corrections.Slice(2 * width, width));
            }

            for (var j = 0; j < width; j++)
            {
                // Lines 6 to 8: s_CW makes the children equal where α does not go, and leaves Δ where it goes.
                var (zero, one, alpha) = (s0[j], s1[j], alphas[j]);
                var correction = h0[j] ^ h1[j] ^ Node.IfRight(~alpha, place, zero ^ one);
                seedCorrections[j] = correction;

                // Lines 12 to 15: the nodes on the path; t is in them.
                s0[j] = h0[j] ^ Node.IfControl(zero, correction) ^ Node.IfRight(alpha, place, zero);
                s1[j] = h1[j] ^ Node.IfControl(one, correction) ^ Node.IfRight(alpha, place, one);
            }

            corrections = corrections[(form.LevelWords * width)..];
        }

        if (form.Payload == FssPayload.Bit) CorrectLeafBits(hashes, form, alphas, below, s0, s1, h0, h1, corrections);
        else CorrectLeafWords(hashes, form, alphas, below, above, s0, s1, h0, h1, pathValues, corrections);
    }

    /// <summary>Lines 9 to 11 of a level: V_CW, and V_α, what both parties' values add up to on the path so far.</summary>
    static void CorrectValues(
        int shift, ReadOnlySpan<ulong> alphas, ReadOnlySpan<ulong> below, ReadOnlySpan<ulong> above,
        ReadOnlySpan<Vector128<byte>> s1, ReadOnlySpan<ulong> v0, ReadOnlySpan<ulong> v1, Span<ulong> pathValues, Span<ulong> valueCorrections)
    {
        for (var j = 0; j < alphas.Length; j++)
        {
            var keep = (int)(alphas[j] >> shift) & 1;
            var (kept, lost) = (2 * j + keep, 2 * j + (keep ^ 1));
            var t1 = Node.Control(s1[j]);

            // Line 10 adds β where the path turns right, since what lies left of it is below α. What lies right of the path
            // gets its value in the same way, so a dual comparison (two values) is as large as a simple one.
            var wanted = keep == 1 ? below[j] : above[j];
            var correction = Node.Signed(v1[lost] - v0[lost] - pathValues[j] + wanted, t1);
            valueCorrections[j] = correction;
            pathValues[j] += v0[kept] - v1[kept] + Node.Signed(correction, t1);
        }
    }

    /// <summary>Line 17 for a leaf of several words: each is made what the function is there.</summary>
    static void CorrectLeafWords(
        TreeHashes hashes, KeyForm form, ReadOnlySpan<ulong> alphas, ReadOnlySpan<ulong> below, ReadOnlySpan<ulong> above,
        Span<Vector128<byte>> s0, Span<Vector128<byte>> s1, Span<Vector128<byte>> h0, Span<Vector128<byte>> h1,
        ReadOnlySpan<ulong> pathValues, Span<ulong> corrections)
    {
        var width = alphas.Length;
        for (var block = 0; block < form.LeafWords / 2; block++)
        {
            for (var j = 0; j < width; j++) (h0[j], h1[j]) = (Node.LeafInput(s0[j], block), Node.LeafInput(s1[j], block));
            hashes.Leaves.Apply(h0, h0);
            hashes.Leaves.Apply(h1, h1);
            var l0 = MemoryMarshal.Cast<Vector128<byte>, ulong>(h0);
            var l1 = MemoryMarshal.Cast<Vector128<byte>, ulong>(h1);
            for (var half = 0; half < 2; half++)
            {
                var place = (ulong)(2 * block + half);
                for (var j = 0; j < width; j++)
                {
                    var alpha = alphas[j] & (ulong)(form.LeafWords - 1);
                    var wanted = form.Function == FssFunction.Comparison ? place < alpha ? below[j] : above[j] : place == alpha ? below[j] : 0;
                    corrections[(int)place * width + j] =
                        Node.Signed(l1[2 * j + half] - l0[2 * j + half] - pathValues[j] + wanted, Node.Control(s1[j]));
                }
            }
        }
    }

    /// <summary>The same for a leaf of 128 bits. A comparison's are set from α on: evaluation turns them round.</summary>
    static void CorrectLeafBits(
        TreeHashes hashes, KeyForm form, ReadOnlySpan<ulong> alphas, ReadOnlySpan<ulong> betas,
        ReadOnlySpan<Vector128<byte>> s0, ReadOnlySpan<Vector128<byte>> s1, Span<Vector128<byte>> h0, Span<Vector128<byte>> h1, Span<ulong> corrections)
    {
        hashes.Leaves.Apply(s0, h0);
        hashes.Leaves.Apply(s1, h1);
        var leaves = MemoryMarshal.Cast<ulong, Vector128<byte>>(corrections);
        for (var j = 0; j < alphas.Length; j++)
        {
            var alpha = (int)(alphas[j] & ((1UL << form.LeafBits) - 1));
            var wanted = form.Function == FssFunction.Comparison ? UInt128.MaxValue << alpha : (UInt128)(betas[j] & 1) << alpha;
            leaves[j] = h0[j] ^ h1[j] ^ Vector128.Create((ulong)wanted, (ulong)(wanted >> 64)).AsByte();
        }
    }
}
