using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MpcActors.Fss;

/// <summary>One key at every point: the tree is expanded level by level, each node once (Boyle, Gilboa, Ishai, CCS 2016, section 3.2.2).</summary>
static class FullDomainEvaluation
{
    /// <param name="corrections">The tile in which the key is number <paramref name="lane"/> of <paramref name="width"/>.</param>
    /// <param name="result">2^DomainBits words.</param>
    public static void Evaluate(
        TreeHashes hashes, KeyForm form, int party, ReadOnlySpan<ulong> root, ReadOnlySpan<ulong> corrections, int lane, int width, Span<ulong> result)
    {
        var leaves = 1 << form.Levels;
        var nodes = new Vector128<byte>[leaves];
        var hashed = new Vector128<byte>[leaves];
        var valueBlocks = form.HasValues ? new Vector128<byte>[leaves] : [];
        var values = MemoryMarshal.Cast<Vector128<byte>, ulong>(valueBlocks);
        var collected = new ulong[leaves];
        nodes[0] = Node.Root(root[0], root[1], party);

        for (var level = 0; level < form.Levels; level++)
        {
            var count = 1 << level;
            var correction = Vector128.Create(corrections[2 * lane], corrections[2 * lane + 1]).AsByte();
            var valueCorrection = form.HasValues ? corrections[2 * width + lane] : 0;
            hashes.Seeds.Apply(nodes.AsSpan(0, count), hashed);
            if (form.HasValues) hashes.Values.Apply(nodes.AsSpan(0, count), valueBlocks);

            // From the last node on, since the children take the places of nodes that have been read.
            for (var k = count - 1; k >= 0; k--)
            {
                var (node, sum) = (nodes[k], collected[k]);
                var t = Node.Control(node);
                var left = hashed[k] ^ (correction & Node.Mask(t));
                (nodes[2 * k], nodes[2 * k + 1]) = (left, left ^ node);
                (collected[2 * k], collected[2 * k + 1]) = form switch
                {
                    { HasValues: true } => (sum + values[2 * k] + (valueCorrection & (0 - t)), sum + values[2 * k + 1] + (valueCorrection & (0 - t))),
                    { Function: FssFunction.Comparison } => (sum, sum ^ Node.Control(left)),
                    _ => (0UL, 0UL),
                };
            }

            corrections = corrections[(form.LevelWords * width)..];
        }

        if (form.Payload == FssPayload.Bit) ReadBits(hashes, form, party, corrections, lane, nodes, hashed, collected, result);
        else ReadWords(hashes, form, party, corrections, lane, width, nodes, hashed, collected, result);
    }

    static void ReadWords(
        TreeHashes hashes, KeyForm form, int party, ReadOnlySpan<ulong> corrections, int lane, int width,
        ReadOnlySpan<Vector128<byte>> nodes, Vector128<byte>[] hashed, ReadOnlySpan<ulong> sums, Span<ulong> result)
    {
        var words = MemoryMarshal.Cast<Vector128<byte>, ulong>(hashed);
        for (var block = 0; block < form.LeafWords / 2; block++)
        {
            for (var k = 0; k < nodes.Length; k++) hashed[k] = Node.LeafInput(nodes[k], block);
            hashes.Leaves.Apply(hashed, hashed);
            for (var half = 0; half < 2; half++)
            {
                var place = 2 * block + half;
                var correction = corrections[place * width + lane];
                for (var k = 0; k < nodes.Length; k++)
                {
                    var sum = sums[k] + words[2 * k + half] + (correction & (0 - Node.Control(nodes[k])));
                    result[k * form.LeafWords + place] = Node.Signed(sum, (ulong)party);
                }
            }
        }
    }

    static void ReadBits(
        TreeHashes hashes, KeyForm form, int party, ReadOnlySpan<ulong> corrections, int lane,
        ReadOnlySpan<Vector128<byte>> nodes, Vector128<byte>[] hashed, ReadOnlySpan<ulong> parities, Span<ulong> result)
    {
        hashes.Leaves.Apply(nodes, hashed);
        var correction = Vector128.Create(corrections[2 * lane], corrections[2 * lane + 1]).AsByte();
        var turned = form.Function == FssFunction.Comparison ? (ulong)party : 0;
        for (var k = 0; k < nodes.Length; k++)
        {
            var leaf = (hashed[k] ^ (correction & Node.Mask(Node.Control(nodes[k])))).AsUInt64();
            for (var place = 0; place < 1 << form.LeafBits; place++)
                result[(k << form.LeafBits) + place] = (leaf[place >> 6] >> (place & 63) & 1) ^ parities[k] ^ turned;
        }
    }
}
