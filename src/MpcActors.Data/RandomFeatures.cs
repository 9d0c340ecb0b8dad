namespace MpcActors.Data;

/// <summary>
/// The public frequencies of a layer's random feature attention. With t = q_h Ω_h (radians) a query has the 2D features
/// [cos t, sin t] / D and a key the 2D features [cos t, sin t]; there is no phase, norm, exponential or 1/sqrt(dh) left.
/// </summary>
/// <param name="Omega">[<paramref name="Heads"/>, <paramref name="HeadWidth"/>, <paramref name="Features"/>], row-major, in radians.</param>
/// <param name="Features">D, the number of frequencies a head.</param>
public sealed record RandomFeatures(float[] Omega, int Heads, int HeadWidth, int Features)
{
    /// <summary>The denominator fq · mean(fk) is never taken below this: the model was distilled with this floor.</summary>
    public const float DenominatorFloor = 1f / 32;
}
