using System.Numerics.Tensors;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>What is opened in one round: any number of tensors, each by all or by its low bits, added or exclusive-ored.</summary>
/// <remarks>Written as: ask for everything, exchange once, read the slots. One exchange is one round, so counting awaits counts rounds.</remarks>
public sealed class Opening(Party party)
{
    readonly List<Slot> _slots = [];

    /// <summary>Opens the sum of both shares, all 64 bits.</summary>
    public Slot Add(RingTensor share) => Ask(share, null, 64, isXor: false);

    /// <summary>Opens the sum of both shares plus the mask shared beside it.</summary>
    public Slot Add(RingTensor share, RingTensor mask) => Ask(share, mask, 64, isXor: false);

    /// <summary>Opens the sum modulo 2^<paramref name="bits"/>; only so many bits of each value are sent.</summary>
    public Slot AddLow(RingTensor share, RingTensor mask, int bits) => Ask(share, mask, bits, isXor: false);

    /// <summary>Opens the exclusive or of both shares' words.</summary>
    public Slot Xor(RingTensor share) => Ask(share, null, 64, isXor: true);

    /// <summary>Sends this side's words and waits for the other's: one round.</summary>
    public async ValueTask Exchange()
    {
        var total = 0;
        foreach (var slot in _slots) total = checked(total + slot.Words);
        if (party.Seat is Seat.Dealer or Seat.Planner)
        {
            await party.ExchangeHollow(total);
            return;
        }

        var own = GC.AllocateUninitializedArray<ulong>(total);
        var at = 0;
        foreach (var slot in _slots)
        {
            slot.Write(own.AsSpan(at, slot.Words));
            at += slot.Words;
        }

        var other = await party.Exchange(own);
        at = 0;
        foreach (var slot in _slots)
        {
            slot.Read(own.AsMemory(at, slot.Words), other.AsMemory(at, slot.Words));
            at += slot.Words;
        }
    }

    Slot Ask(RingTensor share, RingTensor? mask, int bits, bool isXor)
    {
        if (mask is not null) Shape.RequireEqual(share.Shape, mask.Shape);
        ArgumentOutOfRangeException.ThrowIfNotEqual(bits is >= 1 and <= 64, true, nameof(bits));
        var slot = new Slot(share, mask, bits, isXor);
        _slots.Add(slot);
        return slot;
    }

    /// <summary>One tensor of an opening.</summary>
    public sealed class Slot
    {
        readonly RingTensor _share;
        readonly RingTensor? _mask;
        readonly int _bits;
        readonly bool _isXor;
        RingTensor? _opened;

        internal Slot(RingTensor share, RingTensor? mask, int bits, bool isXor)
        {
            (_share, _mask, _bits, _isXor) = (share, mask, bits, isXor);
            Words = Packing.WordsFor(share.Count, bits);
        }

        internal int Words { get; }

        /// <summary>The opened tensor; hollow at the dealer's and the planner's.</summary>
        /// <exception cref="InvalidOperationException">The opening has not been exchanged.</exception>
        public RingTensor Opened => _share.IsHollow
            ? RingTensor.Hollow(_share.Shape)
            : _opened ?? throw new InvalidOperationException("an opening is read before it was exchanged");

        internal void Write(Span<ulong> words)
        {
            var (share, mask) = (_share.Values, _mask?.Values);
            if (_bits == 64)
            {
                if (mask is null) share.CopyTo(words);
                else TensorPrimitives.Add(share, mask, words);
                return;
            }

            Packing.Pack((mask is null ? _share : _share + _mask!).Span, _bits, words);
        }

        internal void Read(ReadOnlyMemory<ulong> own, ReadOnlyMemory<ulong> other)
        {
            var opened = RingTensor.Uninitialized(_share.Shape);
            if (_bits < 64)
            {
                var theirs = new ulong[opened.Count];
                Packing.Unpack(own.Span, _bits, opened.Span);
                Packing.Unpack(other.Span, _bits, theirs);
                TensorPrimitives.Add(opened.Span, theirs, opened.Span);
                TensorPrimitives.BitwiseAnd(opened.Span, (1UL << _bits) - 1, opened.Span);
            }
            else
            {
                var (target, isXor) = (opened.Values, _isXor);
                Parallelism.ForChunks(target.Length, (start, length) =>
                {
                    if (isXor) TensorPrimitives.Xor(own.Span.Slice(start, length), other.Span.Slice(start, length), target.AsSpan(start, length));
                    else TensorPrimitives.Add(own.Span.Slice(start, length), other.Span.Slice(start, length), target.AsSpan(start, length));
                });
            }

            _opened = opened;
        }
    }
}
