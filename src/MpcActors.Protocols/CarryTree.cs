using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>One level of the carry tree: products of up to four opened bits by dealt products of their masks.</summary>
/// <remarks>
/// With v = p xor m for a factor v, its opened p and its mask m, the product of factors is the exclusive or over all subsets S
/// of them of the product of m over S and of p over the others. A node needs e_0 b_1, e_0 e_1 b_2, e_0 e_1 e_2 b_3 and
/// e_0 e_1 e_2 e_3, so the dealer deals, for M_S the product of the masks of e_i, i in S:
/// <para>M_S of the four sets of two or three out of e_0, e_1, e_2;</para>
/// <para>M_S times the mask of b_1, b_2, b_3, e_3 for the 1, 3, 7 and 7 sets S that are not empty among the factors before it.</para>
/// </remarks>
[SkipLocalsInit]
static class CarryTree
{
    /// <summary>Dealt planes a node: 4 + 1 + 3 + 7 + 7, and no last 7 at the last node.</summary>
    const int PerNode = 22;
    const int PerNodeWithoutEqual = 15;

    public static int ProductsFor(int nodes) => PerNode * nodes - (PerNode - PerNodeWithoutEqual);

    /// <summary>At the dealer's: the products of the masks of one level's factors.</summary>
    public static RingTensor Products(RingTensor masks)
    {
        var nodes = (masks.Shape.Rows + 1) / Carries.PerNode;
        var products = RingTensor.Uninitialized(new(ProductsFor(nodes), masks.Shape.Columns));
        BitBlocks.ForEach(masks.Shape.Columns, block =>
        {
            Span<Vector256<ulong>> scratch = stackalloc Vector256<ulong>[Carries.PerNode * Carries.Radix];
            Span<Vector256<ulong>> planes = stackalloc Vector256<ulong>[PerNode * Carries.Radix];
            Span<Vector256<ulong>> sets = stackalloc Vector256<ulong>[8];
            var values = BitBlocks.Load(masks, block, scratch);
            for (var node = 0; node < nodes; node++)
            {
                var m = values[(Carries.PerNode * node)..];
                var to = planes[(PerNode * node)..];
                (sets[1], sets[2], sets[4]) = (m[0], m[1], m[2]);
                (to[0], to[1], to[2]) = (sets[3], sets[5], sets[6]) = (m[0] & m[1], m[0] & m[2], m[1] & m[2]);
                to[3] = sets[7] = sets[3] & m[2];
                var at = 4;
                for (var factor = 1; factor < (node < nodes - 1 ? 5 : 4); factor++)
                {
                    for (var set = 1; set < SetsBefore(factor); set++) to[at++] = sets[set] & m[2 + factor];
                }
            }

            BitBlocks.Store(planes, products, block);
        });
        return products;
    }

    /// <summary>Joins the pieces of each node.</summary>
    public static Carries Join(Carries pieces, RingTensor opened, RingTensor masks, RingTensor products, bool isOne)
    {
        var (nodes, words) = (pieces.Tops.Shape.Rows, pieces.Tops.Shape.Columns);
        if (opened.IsHollow || masks.IsHollow) return Carries.Hollow(nodes, words);
        var joined = Carries.Uninitialized(nodes, words);
        var one = isOne ? Vector256<ulong>.AllBitsSet : Vector256<ulong>.Zero;
        BitBlocks.ForEach(words, block =>
        {
            Span<Vector256<ulong>> scratchTops = stackalloc Vector256<ulong>[Carries.Radix];
            Span<Vector256<ulong>> scratchOpened = stackalloc Vector256<ulong>[Carries.PerNode * Carries.Radix];
            Span<Vector256<ulong>> scratchMasks = stackalloc Vector256<ulong>[Carries.PerNode * Carries.Radix];
            Span<Vector256<ulong>> scratchProducts = stackalloc Vector256<ulong>[PerNode * Carries.Radix];
            Span<Vector256<ulong>> below = stackalloc Vector256<ulong>[Carries.Radix];
            Span<Vector256<ulong>> equal = stackalloc Vector256<ulong>[Carries.Radix];
            var tops = BitBlocks.Load(pieces.Tops, block, scratchTops);
            var p = BitBlocks.Load(opened, block, scratchOpened);
            var m = BitBlocks.Load(masks, block, scratchMasks);
            var dealt = BitBlocks.Load(products, block, scratchProducts);
            for (var node = 0; node < nodes; node++)
            {
                below[node] = tops[node];
                JoinNode(p[(Carries.PerNode * node)..], m[(Carries.PerNode * node)..], dealt[(PerNode * node)..], one,
                    node == nodes - 1, ref below[node], out equal[node]);
            }

            joined.Store(below[..nodes], equal[..nodes], block);
        });
        return joined;
    }

    static void JoinNode(
        ReadOnlySpan<Vector256<ulong>> p, ReadOnlySpan<Vector256<ulong>> m, ReadOnlySpan<Vector256<ulong>> dealt, Vector256<ulong> one,
        bool isLast, ref Vector256<ulong> below, out Vector256<ulong> equal)
    {
        Span<Vector256<ulong>> sets = stackalloc Vector256<ulong>[8];
        (sets[0], sets[1], sets[2], sets[4]) = (one, m[0], m[1], m[2]);
        (sets[3], sets[5], sets[6], sets[7]) = (dealt[0], dealt[1], dealt[2], dealt[3]);
        below ^= Product(1, p, m, sets, dealt[4..]) ^ Product(2, p, m, sets, dealt[5..]) ^ Product(3, p, m, sets, dealt[8..]);
        equal = isLast ? default : Product(4, p, m, sets, dealt[15..]);
    }

    /// <summary>The product of a factor (1, 2, 3 for b_1, b_2, b_3; 4 for e_3) and the e_i before it.</summary>
    static Vector256<ulong> Product(
        int factor, ReadOnlySpan<Vector256<ulong>> p, ReadOnlySpan<Vector256<ulong>> m,
        ReadOnlySpan<Vector256<ulong>> sets, ReadOnlySpan<Vector256<ulong>> dealt)
    {
        // First the factor times each M_S, then e_i, last first, joins: M_S e_i v = M_{S and i} v xor p_i M_S v.
        Span<Vector256<ulong>> products = stackalloc Vector256<ulong>[8];
        var (open, count) = (p[2 + factor], SetsBefore(factor));
        products[0] = m[2 + factor] ^ (open & sets[0]);
        for (var set = 1; set < count; set++) products[set] = dealt[set - 1] ^ (open & sets[set]);
        for (var i = Math.Min(factor, 3) - 1; i >= 0; i--)
        {
            count /= 2;
            for (var set = 0; set < count; set++) products[set] = products[set + count] ^ (p[i] & products[set]);
        }

        return products[0];
    }

    static int SetsBefore(int factor) => 1 << Math.Min(factor, 3);
}
