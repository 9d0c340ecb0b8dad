using MpcActors.Ring;

namespace MpcActors.Protocols.Published;

/// <summary>Dropout as CrypTen has it (nn/modules.py, cryptensor.py): shared random numbers compared with p, and a product.</summary>
public static class Dropping
{
    /// <summary>Nine rounds.</summary>
    public static Cost CostOf(long count) => Cost.Dealt(count) + SignedSelection.CostOfIsNegative(count) + FreshProducts.CostOfMultiplying(count);

    /// <param name="rate">The probability that a value is dropped.</param>
    public static async ValueTask<Share> DropAnew(this Party party, Share x, double rate)
    {
        var uniform = party.Correlations.Uniform(x.Shape);
        var dealt = party.Correlations.Derived(x.Shape, () => uniform >>> 48);

        // Where shares are hollow, at the dealer's, this one has to be too.
        var number = new Share(x.Value.IsHollow ? x.Value : dealt, FixedPoint.FractionBits);
        var kept = party.Not(await party.IsNegative(party.AddPublic(number, -rate)));
        return (await party.MultiplyAnew(kept, x)).TimesPublic(1 / (1 - rate));
    }
}
