namespace MpcActors.Protocols.Published;

/// <summary>cos x and sin x as the two parts of (1 + ix/1024)^1024: ten complex squares, 28 rounds, 592 bytes logged (CrypTen's cossin).</summary>
/// <remarks>The result's size is e^(x²/2048) instead of 1: errors of 0.005 at π, 0.045 at 10, 0.19 at 20.</remarks>
public static class EulerCosine
{
    public static Cost CostOf(long count) => FreshProducts.CostOfSquaring(count)
        + (PublishedFunctions.TrigonometricIterations - 1) * (2 * FreshProducts.CostOfSquaring(count) + FreshProducts.CostOfMultiplying(count));

    /// <param name="x">Angles in radians.</param>
    public static async ValueTask<(Share Cosine, Share Sine)> CosineAndSine(this Party party, Share x)
    {
        // The first square knows that the real part is one.
        var imaginary = x.DivideLocally(1 << PublishedFunctions.TrigonometricIterations);
        var real = party.AddPublic(-await party.SquareAnew(imaginary), 1);
        imaginary *= 2;
        for (var i = 1; i < PublishedFunctions.TrigonometricIterations; i++)
        {
            // One product after the other, as in CrypTen's code, though they could share a round.
            var realSquare = await party.SquareAnew(real);
            var imaginarySquare = await party.SquareAnew(imaginary);
            imaginary = await party.MultiplyAnew(imaginary, real) * 2;
            real = realSquare - imaginarySquare;
        }

        return (real, imaginary);
    }
}
