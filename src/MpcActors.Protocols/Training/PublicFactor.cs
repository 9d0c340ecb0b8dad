namespace MpcActors.Protocols.Training;

/// <summary>A public factor as an integer of thirteen bits, whatever its size: learning rates are far below a unit of 2^−16.</summary>
static class PublicFactor
{
    const int Significant = 13;

    /// <summary>Fraction bits with which <paramref name="factor"/> is within 2^−13 of itself, and as few as a power of two needs; 0 for an integer beyond that.</summary>
    public static int BitsFor(double factor)
    {
        if (factor == 0) return 0;
        var exponent = Math.ILogB(factor);
        return Math.Max(0, Math.ScaleB(1, exponent) == Math.Abs(factor) ? -exponent : Significant - 1 - exponent);
    }
}
