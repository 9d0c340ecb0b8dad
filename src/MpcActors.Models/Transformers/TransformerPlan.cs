using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers;

/// <summary>What a pass will cost, exactly: the parties' own program walked with shapes only.</summary>
public static class TransformerPlan
{
    /// <summary>Costs by operation, of a session's preparation (if weights are kept) and one pass.</summary>
    public static IReadOnlyList<OperationCost> Of(ISuite suite, TransformerOutline outline, bool isStreamed, int[] lengths, int[] answers)
    {
        var port = new Port(Role.PartyZero, _ => { });
        var party = new Party(Seat.Planner, port);
        var walk = Walk();
        if (!walk.IsCompletedSuccessfully) throw new InvalidOperationException("the program waited for a frame while it was planned", walk.AsTask().Exception);
        return port.Meter.Operations;

        async ValueTask Walk()
        {
            var transformer = new SharedTransformer(suite, outline, isStreamed);
            await transformer.Prepare(party);
            var rows = new Share(RingTensor.Hollow(new Shape(lengths.Sum(), outline.Width)), FixedPoint.FractionBits);
            await new PrivateTransformer(suite, transformer).Logits(party, rows, lengths, answers);
        }
    }
}
