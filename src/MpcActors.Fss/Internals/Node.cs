using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MpcActors.Fss;

/// <summary>A node of the tree is one block of 128 bits, whose lowest bit is the control bit t.</summary>
static class Node
{
    /// <summary>t, as 0 or 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Control(Vector128<byte> node) => node.AsUInt64().ToScalar() & 1;

    /// <summary>The block if its node's t is 1, else zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> IfControl(Vector128<byte> node, Vector128<byte> block) =>
        Vector128.AndNot(block, Vector128.Equals(Vector128.Shuffle(node.AsUInt64(), Vector128<ulong>.Zero) & Vector128<ulong>.One, Vector128<ulong>.Zero).AsByte());

    /// <summary>The block if <paramref name="point"/> has the bit of <paramref name="place"/> (in both words), else zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> IfRight(ulong point, Vector128<ulong> place, Vector128<byte> block) =>
        Vector128.AndNot(block, Vector128.Equals(Vector128.Create(point) & place, Vector128<ulong>.Zero).AsByte());

    /// <summary>All ones where <paramref name="bit"/> is 1, zero where it is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Mask(ulong bit) => Vector128.Create(0 - bit).AsByte();

    /// <summary>The root of party <paramref name="party"/> from two uniform words: its control bit is t_b = b.</summary>
    public static Vector128<byte> Root(ulong low, ulong high, int party) => Vector128.Create((low & ~1UL) | (uint)party, high).AsByte();

    /// <summary>What is hashed for block <paramref name="block"/> of a leaf of words. The control bit stays.</summary>
    public static Vector128<byte> LeafInput(Vector128<byte> node, int block) => node ^ Vector128.Create((ulong)block << 1, 0UL).AsByte();

    /// <summary>(−1)^bit · value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Signed(ulong value, ulong bit) => (value ^ (0 - bit)) + bit;
}
