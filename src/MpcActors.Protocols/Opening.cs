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

        // A tensor that is opened alone and as it is needs no copy: nobody writes to it again.
        var own = _slots is [{ Whole: { } whole }] ? whole : WordPool.Take(total);
        var at = 0;
        using (Booking())
        {
            foreach (var slot in _slots)
            {
                if (own != slot.Whole) slot.Write(own, at);
                at += slot.Words;
            }
        }

        var other = await party.Exchange(own);
        at = 0;
        using (Booking())
        {
            foreach (var slot in _slots)
            {
                slot.Keep(own.AsMemory(at, slot.Words), other.AsMemory(at, slot.Words));
                at += slot.Words;
            }
        }
    }

    /// <summary>Setting up takes none of the run's time.</summary>
    Meter.OfflineScope Booking() => party.IsSettingUp ? party.Meter.Offline() : default;

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
        ReadOnlyMemory<ulong> _own;
        ReadOnlyMemory<ulong> _other;
        bool _isExchanged;
        RingTensor? _opened;

        internal Slot(RingTensor share, RingTensor? mask, int bits, bool isXor)
        {
            (_share, _mask, _bits, _isXor) = (share, mask, bits, isXor);
            Words = Packing.WordsFor(share.Count, bits);
        }

        internal int Words { get; }

        /// <summary>The words to send, if they are those of the share and no others.</summary>
        internal ulong[]? Whole => _bits == 64 && _mask is null && !_share.IsHollow ? _share.Values : null;

        /// <summary>What either side sent, for a gate that puts the halves together itself; both empty at the dealer's and the planner's.</summary>
        internal (ReadOnlyMemory<ulong> Own, ReadOnlyMemory<ulong> Other) Halves => _share.IsHollow || _isExchanged
            ? (_own, _other)
            : throw NotExchanged();

        /// <summary>The opened tensor; hollow at the dealer's and the planner's.</summary>
        /// <exception cref="InvalidOperationException">The opening has not been exchanged.</exception>
        public RingTensor Opened => _share.IsHollow
            ? RingTensor.Hollow(_share.Shape)
            : _opened ??= _isExchanged ? PutTogether() : throw NotExchanged();

        internal void Write(ulong[] words, int at)
        {
            if (_bits < 64)
            {
                Packing.Pack((_mask is null ? _share : _share + _mask).Span, _bits, words.AsSpan(at, Words));
                return;
            }

            var (share, mask) = (_share.Values, _mask?.Values);
            Parallelism.ForChunks(Words, (start, length) =>
            {
                var (source, target) = (share.AsMemory(start, length), words.AsMemory(at + start, length));
                if (mask is null) source.CopyTo(target);
                else TensorPrimitives.Add(source.Span, mask.AsSpan(start, length), target.Span);
            });
        }

        internal void Keep(ReadOnlyMemory<ulong> own, ReadOnlyMemory<ulong> other) => (_own, _other, _isExchanged) = (own, other, true);

        static InvalidOperationException NotExchanged() => new("an opening is read before it was exchanged");

        RingTensor PutTogether()
        {
            var (own, other) = (_own, _other);
            (_own, _other) = (default, default);
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

            return opened;
        }
    }
}
