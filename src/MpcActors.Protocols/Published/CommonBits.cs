using MpcActors.Ring;
using static MpcActors.Protocols.Published.BinaryProduct;

namespace MpcActors.Protocols.Published;

/// <summary>The bits that both parties' words have: of either factor one party's share is its word, the other's zero.</summary>
sealed record CommonBits(RingTensor Words, Seat Seat) : IBinaryRound
{
    public void Mask(in BinaryBlock block, int start, int end)
    {
        var (own, mine, others) = (Words.Values, Seat == Seat.Zero ? 0 : 1, Seat == Seat.Zero ? 1 : 0);
        for (var i = start; i < end; i += Width)
        {
            var n = Math.Min(Width, end - i);
            StoreMasked(Load(own, block.First + i, n), block, mine, i, n);
            StoreMasked(default, block, others, i, n);
        }
    }

    public void Join(in BinaryBlock block, int start, int end)
    {
        var one = Ones(Seat);
        for (var i = start; i < end; i += Width)
        {
            var n = Math.Min(Width, end - i);
            Store(Product(block, 0, 1, i, n, one), block.Products, i, n);
        }
    }
}
