namespace MpcActors.Protocols.Training;

/// <summary>A public factor as an integer of thirteen bits, whatever its size: learning rates are far below a unit of 2^−16.</summary>
static class PublicFactor
{
    const int Significant = 13;

    /// <summary>Fraction bits with which <paramref name="factor"/> is within 2^−13 of itself; 0 for an integer beyond that.</summary>
    public static int BitsFor(double factor) => factor == 0 ? 0 : Math.Max(0, Significant - 1 - Math.ILogB(factor));
}
