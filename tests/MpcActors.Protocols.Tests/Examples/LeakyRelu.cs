using MpcActors.Ring;

namespace MpcActors.Protocols.Tests.Examples;

/// <summary>x where it is positive and a public multiple of it elsewhere, in five rounds: a ReLU, and one truncation for both products.</summary>
public static class LeakyRectification
{
    public static Cost CostOf(long count) => Rectification.CostOf(count, truncates: false) + Cost.Masking(count) + Truncation.CostOf(count);

    /// <summary>a·x + (1 − a)·max(x, 0), within one unit in the last place of either product.</summary>
    /// <param name="slope">a, public, from 0 to 1.</param>
    public static async ValueTask<Share> LeakyRelu(this Party party, Share x, double slope)
    {
        var positive = await party.Relu(x, x.FractionBits);
        return await party.TruncateTo(Times(x, slope) + Times(positive, 1 - slope), x.FractionBits);
    }

    /// <summary>Local; the fraction bits add up.</summary>
    static Share Times(Share x, double factor) => new(x.Value * FixedPoint.Encode(factor), x.FractionBits + FixedPoint.FractionBits);
}
