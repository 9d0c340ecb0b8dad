namespace MpcActors.Protocols.Published;

/// <summary>e^x as (1 + x/256)^256: a local division and eight squares, eight rounds, 128 bytes logged (CrypTen's exp).</summary>
/// <remarks>Relative error −x²/512 of the formula (−3 % at ±4, −12 % at −8); below −512 the base leaves [−1, 1] and the result explodes.</remarks>
public static class LimitExponential
{
    public static Cost CostOf(long count, int iterations = PublishedFunctions.ExponentialIterations) => iterations * FreshProducts.CostOfSquaring(count);

    public static async ValueTask<Share> Exponential(this Party party, Share x, int iterations = PublishedFunctions.ExponentialIterations)
    {
        var power = party.AddPublic(x.TruncateLocally(iterations) with { FractionBits = x.FractionBits }, 1);
        for (var i = 0; i < iterations; i++)
        {
            var square = await party.SquareAnew(power);
            power.Value.Release();
            power = square;
        }

        return power;
    }
}
