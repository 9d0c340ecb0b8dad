using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests;

public sealed class SelectionTests
{
    static readonly double[] Values = [1.5, -2, 0, 1000, -0.25, 3.75, 7, 8, 9, -11];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_bit_opens_as_an_integer_and_selects_an_open_wire(bool isNegated)
    {
        var run = TwoParty.Run(Seed.FromNumber(1), [TwoParty.Encode(Values)], async (party, inputs) =>
        {
            var wire = await party.Mask(inputs[0]);
            var bits = Alternating(party, wire.Shape);
            if (isNegated) bits = !bits;
            return [party.Select(bits, wire), party.ToShare(bits)];
        });

        var masks = Masks(run.Zero[0].Shape);
        for (var i = 0; i < Values.Length; i++)
        {
            var bit = ((ulong)(i & 1) ^ masks[i]) != (isNegated ? 1UL : 0);
            Assert.Equal(bit ? Values[i] : 0, run.DecodedAt(0)[i]);
            Assert.Equal(bit ? 1 : 0, run.DecodedAt(1)[i]);
        }

        Assert.Equal(Cost.Masking(Values.Length) + 2 * Cost.Dealt(Values.Length), run.Cost);
        Assert.Equal(run.Cost, run.Planned);
    }

    /// <summary>Public bits 0, 1, 0, 1 ... over the masks below.</summary>
    static MaskedBits Alternating(Party party, Shape shape)
    {
        var masks = party.Correlations.Derived(shape, () => RingTensor.Of(shape, Masks(shape)));
        var open = RingTensor.Of(shape, [.. Enumerable.Range(0, shape.Count).Select(i => (ulong)(i & 1))]);
        return new(party.Seat is Seat.Zero or Seat.One ? open : RingTensor.Hollow(shape), masks);
    }

    static ulong[] Masks(Shape shape) => [.. Enumerable.Range(0, shape.Count).Select(i => (ulong)(i >> 1 & 1))];
}
