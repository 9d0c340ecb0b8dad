namespace MpcActors.Protocols.Published;

/// <summary>1/x by ten of Newton's steps y ← 2y − x y² from 3e^(1−2x) + 0.003 (CrypTen's reciprocal).</summary>
/// <remarks>Good to rounding from 0.001 to about 100; it diverges above 255, where the start's exponential explodes.</remarks>
public static class NewtonReciprocal
{
    /// <summary>28 rounds, 608 bytes logged.</summary>
    public static Cost CostOfPositive(long count) => LimitExponential.CostOf(count) + CostOfSteps(count, PublishedFunctions.ReciprocalIterations);

    /// <summary>38 rounds, 1,104 bytes logged.</summary>
    public static Cost CostOf(long count) => SignedSelection.CostOfIsNegative(count) + 2 * FreshProducts.CostOfMultiplying(count) + CostOfPositive(count);

    internal static Cost CostOfSteps(long count, int steps) => steps * (FreshProducts.CostOfSquaring(count) + FreshProducts.CostOfMultiplying(count));

    /// <summary>1/x for x known to be positive.</summary>
    public static async ValueTask<Share> ReciprocalOfPositive(this Party party, Share x)
    {
        var exponential = await party.Exponential(party.AddPublic(x * -2, 1));
        return await party.ImproveReciprocal(x, party.AddPublic(exponential * 3, 0.003), PublishedFunctions.ReciprocalIterations);
    }

    /// <summary>1/x for x of either sign: the reciprocal of its size, times its sign.</summary>
    public static async ValueTask<Share> Reciprocal(this Party party, Share x)
    {
        var sign = party.AddPublic(await party.IsNegative(x) * -2, 1);
        var size = await party.MultiplyAnew(sign, x);
        return await party.MultiplyAnew(sign, await party.ReciprocalOfPositive(size));
    }

    /// <summary>y ← 2y − y²x, two rounds a step.</summary>
    internal static async ValueTask<Share> ImproveReciprocal(this Party party, Share x, Share y, int steps)
    {
        for (var i = 0; i < steps; i++) y = y * 2 - await party.MultiplyAnew(await party.SquareAnew(y), x);
        return y;
    }
}
