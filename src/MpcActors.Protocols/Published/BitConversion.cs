using System.Runtime.Intrinsics;
using MpcActors.Ring;

namespace MpcActors.Protocols.Published;

/// <summary>A bit shared by exclusive or as a share of the integer 0 or 1: one round, a whole word of 64 bits opened (CrypTen's B2A_single_bit).</summary>
/// <remarks>
/// <para>1. Take a bit m shared both ways: by exclusive or and, dealt, additively.</para>
/// <para>2. Open c = b xor m: one round. b = c + (1 − 2c)·m.</para>
/// </remarks>
static class BitConversion
{
    public static Cost CostOf(long count) => Cost.Masking(count) + Cost.Dealt(count);

    /// <param name="bits">Words 0 or 1.</param>
    public static async ValueTask<Share> ToInteger(this Party party, RingTensor bits)
    {
        var mask = party.Correlations.UniformBits(bits.Shape);
        var opening = new Opening(party);
        var slot = opening.Xor(BitBlocks.Xor(bits, mask));
        await opening.Exchange();

        // The mask has 64 uniform bits, of which only the lowest meets one of the argument.
        var integer = party.Correlations.Derived(bits.Shape, () => mask.LowestBit());
        party.Meter.CountElements(bits.Count);
        var result = new Share(Elementwise.Map(slot.Opened, integer, integer, new Bit(party.Seat == Seat.One)), 0);
        slot.Opened.Release();
        integer.Release();
        mask.Release();
        return result;
    }

    internal static RingTensor LowestBit(this RingTensor words) =>
        words.Map(static (source, destination) => System.Numerics.Tensors.TensorPrimitives.BitwiseAnd(source, 1UL, destination));

    readonly struct Bit(bool isOne) : IExpression3
    {
        readonly Vector512<ulong> _one = Vector512.Create(isOne ? 1UL : 0);

        public Vector512<ulong> Apply(Vector512<ulong> opened, Vector512<ulong> m, Vector512<ulong> unused)
        {
            // (1 − 2c)·m is m or −m: with a mask of ones for c, (m ^ ones) − ones.
            var c = opened & Vector512<ulong>.One;
            var ones = Vector512<ulong>.Zero - c;
            return (c & _one) + (m ^ ones) - ones;
        }
    }
}
