using System.Runtime.Intrinsics;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>Shared results of comparing pieces of two numbers, most significant piece first, four pieces to a node of the carry tree.</summary>
/// <remarks>
/// Of piece i, b_i says that the first number's is below the second's and e_i that they are equal. A node joins four:
/// <code>B = b_0 xor e_0 b_1 xor e_0 e_1 b_2 xor e_0 e_1 e_2 b_3,    E = e_0 e_1 e_2 e_3.</code>
/// b_0 enters as it is; the other seven are multiplied, and have to be opened under masks. The last node has no use for E and
/// so none for its e_3.
/// </remarks>
/// <param name="Factors">e_0, e_1, e_2, b_1, b_2, b_3 and e_3 of each node, without the last e_3; no planes at all after the root.</param>
/// <param name="Tops">b_0 of each node; after the root the result.</param>
sealed record Carries(RingTensor Factors, RingTensor Tops)
{
    /// <summary>Planes of factors a node.</summary>
    public const int PerNode = 7;

    /// <summary>How many pieces a node joins.</summary>
    public const int Radix = 4;

    public static Carries Hollow(int pieces, int words) => new(
        RingTensor.Hollow(new(FactorsFor(pieces), words)), RingTensor.Hollow(new(NodesFor(pieces), words)));

    public static Carries Uninitialized(int pieces, int words) => new(
        RingTensor.Uninitialized(new(FactorsFor(pieces), words)), RingTensor.Uninitialized(new(NodesFor(pieces), words)));

    public static int FactorsFor(int pieces) => pieces == 1 ? 0 : PerNode * NodesFor(pieces) - 1;

    static int NodesFor(int pieces) => (pieces + Radix - 1) / Radix;

    /// <summary>Sorts a block of all pieces' planes into factors and tops.</summary>
    public void Store(ReadOnlySpan<Vector256<ulong>> below, ReadOnlySpan<Vector256<ulong>> equal, int block)
    {
        Span<Vector256<ulong>> factors = stackalloc Vector256<ulong>[PerNode * Radix];
        Span<Vector256<ulong>> tops = stackalloc Vector256<ulong>[Radix];
        for (var node = 0; node < Tops.Shape.Rows; node++)
        {
            tops[node] = below[Radix * node];
            if (below.Length == 1) break;
            var b = below.Slice(Radix * node, Radix);
            var e = equal.Slice(Radix * node, Radix);
            var of = factors.Slice(PerNode * node, PerNode);
            (of[0], of[1], of[2]) = (e[0], e[1], e[2]);
            (of[3], of[4], of[5]) = (b[1], b[2], b[3]);
            of[6] = e[3];
        }

        BitBlocks.Store(factors, Factors, block);
        BitBlocks.Store(tops, Tops, block);
    }
}
