using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MpcActors.Fss;

/// <summary>A party's side: each key of a tile at a point of its own.</summary>
/// <remarks>
/// Eval of Boyle, Chandran, Gilboa, Gupta, Ishai, Kumar, Rathee, EUROCRYPT 2021, figure 1, over the tree of <see cref="KeyGeneration"/>.
/// The inner loops are compiled in full at once: their first calls may be as many as a program makes.
/// </remarks>
static class KeyEvaluation
{
    public static void Evaluate(
        TreeHashes hashes, KeyForm form, int party, ReadOnlySpan<ulong> roots, ReadOnlySpan<ulong> corrections,
        ReadOnlySpan<ulong> points, Span<ulong> result)
    {
        var width = points.Length;
        Span<Vector128<byte>> blocks = stackalloc Vector128<byte>[3 * FssKeys.TileKeys];
        var s = blocks[..width];
        var h = blocks.Slice(FssKeys.TileKeys, width);
        var values = blocks.Slice(2 * FssKeys.TileKeys, width);

        // V = 0, t = b.
        result.Clear();
        for (var j = 0; j < width; j++) s[j] = Node.Root(roots[2 * j], roots[2 * j + 1], party);

        for (var level = 0; level < form.Levels; level++)
        {
            var shift = form.DomainBits - 1 - level;
            if (!form.HasValues) hashes.Seeds.Apply(s, h);
            else
            {
                hashes.Seeds.Apply(s, h, hashes.Values, values);
                AddValues(shift, points, s, MemoryMarshal.Cast<Vector128<byte>, ulong>(values), corrections.Slice(2 * width, width), result);
            }

            var seedCorrections = MemoryMarshal.Cast<ulong, Vector128<byte>>(corrections[..(2 * width)]);
            if (form is { Function: FssFunction.Comparison, Payload: FssPayload.Bit }) DescendBeside(shift, points, seedCorrections, h, s, result);
            else Descend(shift, points, seedCorrections, h, s);
            corrections = corrections[(form.LevelWords * width)..];
        }

        if (form.Payload == FssPayload.Bit) ReadLeafBits(hashes, form, party, points, s, h, corrections, result);
        else ReadLeafWords(hashes, form, party, points, s, h, corrections, result);
    }

    /// <summary>To the child where the point goes: H(s) ⊕ t·s_CW on the left, and ⊕ s on the right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Descend(int shift, ReadOnlySpan<ulong> points, ReadOnlySpan<Vector128<byte>> corrections, ReadOnlySpan<Vector128<byte>> h, Span<Vector128<byte>> s)
    {
        // Equal lengths, said so that the loop has no bounds checks.
        corrections = corrections[..s.Length];
        h = h[..s.Length];
        points = points[..s.Length];
        var place = Vector128.Create(1UL << shift);
        for (var j = 0; j < s.Length; j++)
        {
            var node = s[j];
            s[j] = h[j] ^ Node.IfControl(node, corrections[j]) ^ Node.IfRight(points[j], place, node);
        }
    }

    /// <summary>The same, collecting t of left siblings: both parties' add up to whether α is below one of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void DescendBeside(
        int shift, ReadOnlySpan<ulong> points, ReadOnlySpan<Vector128<byte>> corrections, ReadOnlySpan<Vector128<byte>> h, Span<Vector128<byte>> s, Span<ulong> parities)
    {
        corrections = corrections[..s.Length];
        h = h[..s.Length];
        points = points[..s.Length];
        parities = parities[..s.Length];
        var place = Vector128.Create(1UL << shift);
        for (var j = 0; j < s.Length; j++)
        {
            var node = s[j];
            var left = h[j] ^ Node.IfControl(node, corrections[j]);
            parities[j] ^= Node.Control(left) & (points[j] >> shift);
            s[j] = left ^ Node.IfRight(points[j], place, node);
        }
    }

    /// <summary>V ← V + v + t·V_CW, where v is the value on the point's side; the sign (−1)^b comes once, at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddValues(int shift, ReadOnlySpan<ulong> points, ReadOnlySpan<Vector128<byte>> s, ReadOnlySpan<ulong> values, ReadOnlySpan<ulong> corrections, Span<ulong> sums)
    {
        corrections = corrections[..sums.Length];
        s = s[..sums.Length];
        points = points[..sums.Length];
        for (var j = 0; j < sums.Length; j++)
            sums[j] += values[2 * j + ((int)(points[j] >> shift) & 1)] + (corrections[j] & (0 - Node.Control(s[j])));
    }

    static void ReadLeafWords(
        TreeHashes hashes, KeyForm form, int party, ReadOnlySpan<ulong> points, ReadOnlySpan<Vector128<byte>> s, Span<Vector128<byte>> h, ReadOnlySpan<ulong> corrections, Span<ulong> sums)
    {
        var (width, places) = (points.Length, form.LeafWords - 1);
        for (var j = 0; j < width; j++) h[j] = Node.LeafInput(s[j], ((int)points[j] & places) >> 1);
        hashes.Leaves.Apply(h, h);
        var words = MemoryMarshal.Cast<Vector128<byte>, ulong>(h);
        for (var j = 0; j < width; j++)
        {
            var place = (int)points[j] & places;
            var sum = sums[j] + words[2 * j + (place & 1)] + (corrections[place * width + j] & (0 - Node.Control(s[j])));
            sums[j] = Node.Signed(sum, (ulong)party);
        }
    }

    static void ReadLeafBits(
        TreeHashes hashes, KeyForm form, int party, ReadOnlySpan<ulong> points, ReadOnlySpan<Vector128<byte>> s, Span<Vector128<byte>> h, ReadOnlySpan<ulong> corrections, Span<ulong> parities)
    {
        hashes.Leaves.Apply(s, h);
        var words = MemoryMarshal.Cast<Vector128<byte>, ulong>(h);
        var turned = form.Function == FssFunction.Comparison ? (ulong)party : 0;
        var last = (1 << form.LeafBits) - 1;
        for (var j = 0; j < points.Length; j++)
        {
            var place = (int)points[j] & last;
            var word = 2 * j + (place >> 6);
            var leaf = words[word] ^ (corrections[word] & (0 - Node.Control(s[j])));

            // α ≤ x so far; the comparison is its opposite, which one party turns round.
            parities[j] ^= (leaf >> (place & 63) & 1) ^ turned;
        }
    }
}
