using MpcActors.Data;
using MpcActors.Protocols;

namespace MpcActors.Models.Private;

/// <summary>What all orders of random feature attention end with: numerators over max(denominator, 1/32).</summary>
static class RandomFeatureQuotients
{
    /// <summary>Fraction bits of denominators and weights, and of numerators and inverse denominators.</summary>
    public const int WeightBits = 24;
    public const int QuotientBits = 20;

    /// <summary>1/max(x, 1/32) of denominators, which are means and so hardly above one.</summary>
    public static async ValueTask<Share> Invert(Party party, ISuite suite, Share denominators)
    {
        using var scope = party.Meter.Enter("reciprocal");
        var floored = await suite.AtLeast(party, denominators, RandomFeatures.DenominatorFloor);
        return await suite.Reciprocal(party, floored, RandomFeatures.DenominatorFloor, 1.25, QuotientBits);
    }

    /// <summary>Starts of the parts of rows that share a denominator: those of one row and head.</summary>
    public static int[] Segments(LayerOutline layer, Sequences sequences) =>
        [.. Enumerable.Range(0, sequences.Rows * layer.Heads + 1).Select(i => i * layer.ValueWidth)];
}
