using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers;

/// <summary>What a pass will cost, exactly: the parties' own program walked with shapes only.</summary>
/// <param name="Operations">In the order in which they first begin.</param>
/// <param name="SetUpBytes">That each party sends to set the model up.</param>
/// <param name="LargestStep">Bytes dealt and sent in the dearest single call of an operation.</param>
public sealed record TransformerPlan(IReadOnlyList<OperationCost> Operations, long SetUpBytes, long LargestStep)
{
    /// <summary>Of one pass, and of keeping the weights where they are not streamed.</summary>
    public static TransformerPlan Of(ISuite suite, TransformerOutline outline, bool isStreamed, int[] lengths, int[] answers)
    {
        var port = new Port(Role.PartyZero, _ => { });
        var party = new Party(Seat.Planner, port);
        var walk = Walk();
        if (!walk.IsCompleted) throw new InvalidOperationException("the program waited for a frame while it was planned");
        walk.GetAwaiter().GetResult();
        return new(port.Meter.Operations, port.Meter.SetUpBytes, port.Meter.LargestStep);

        async ValueTask Walk()
        {
            var transformer = new SharedTransformer(suite, outline, isStreamed);
            await transformer.Prepare(party);
            var rows = new Share(RingTensor.Hollow(new Shape(lengths.Sum(), outline.Width)), FixedPoint.FractionBits);
            await new PrivateTransformer(suite, transformer).Logits(party, rows, lengths, answers);
        }
    }
}
