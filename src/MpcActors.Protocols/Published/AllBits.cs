using MpcActors.Ring;
using static MpcActors.Protocols.Published.BinaryProduct;

namespace MpcActors.Protocols.Published;

/// <summary>One level of the AND of all bits of a word: of each with itself moved up by <paramref name="Shift"/>.</summary>
/// <param name="Words">At the first level, the words.</param>
/// <param name="State">After it, the blocks that the last level left.</param>
/// <param name="Bits">Where the last level writes the top bits, 0 or 1.</param>
sealed record AllBits(RingTensor Words, RingTensor[]? State, RingTensor Bits, int Shift, Seat Seat) : IBinaryRound
{
    public void Mask(in BinaryBlock block, int start, int end)
    {
        var (words, first) = State is null ? (Words.Values, block.First) : (State[block.Index].Values, 0);
        for (var i = start; i < end; i += Width)
        {
            var n = Math.Min(Width, end - i);
            var word = Load(words, first + i, n);
            StoreMasked(word, block, 0, i, n);
            StoreMasked(word << Shift, block, 1, i, n);
        }
    }

    public void Join(in BinaryBlock block, int start, int end)
    {
        var (bits, one) = (Bits.Values, Ones(Seat));
        for (var i = start; i < end; i += Width)
        {
            var n = Math.Min(Width, end - i);
            var product = Product(block, 0, 1, i, n, one);
            if (Shift == 1) Store(product >>> 63, bits, block.First + i, n);
            else Store(product, block.Products, i, n);
        }
    }
}
