using MpcActors.Protocols.FunctionSecretSharing;
using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>An open wire kept within public bounds: three rounds, those of the comparisons, or one by keys.</summary>
/// <remarks>
/// <para>1. b = [x &lt; low] and c = [x &lt; high], side by side.</para>
/// <para>2. low + (1 − b)(x − low) − (1 − c)(x − high): products of a masked bit and an open wire, local.</para>
/// Where nobody needs to know by how much it was above, <see cref="KeyClamping"/> can do without a round.
/// </remarks>
public static class Clamping
{
    public static Cost CostOf(long count, bool byKeys = false) =>
        (byKeys ? KeyComparison.CostOf(count, 2) : Comparison.CostOf(count, 2)) + 2 * Selection.CostOf(count);

    public static Cost CostOfAtLeast(long count, bool byKeys = false) =>
        (byKeys ? KeyComparison.CostOf(count) : Comparison.CostOf(count)) + Selection.CostOf(count);

    /// <summary>The wire within [low, high], and by how much it was above.</summary>
    /// <param name="byKeys">Whether it compares by keys (<see cref="KeyComparison"/>), which saves two rounds.</param>
    public static async ValueTask<(Share Inside, Share Above)> Clamp(this Party party, Masked x, double low, double high, bool byKeys = false)
    {
        var (least, most) = (FixedPoint.Encode(low, x.FractionBits), FixedPoint.Encode(high, x.FractionBits));
        var below = byKeys ? await party.IsBelowByKey(x, (long)least, (long)most) : await party.IsBelow(x, (long)least, (long)most);
        var aboveLeast = party.Select(!below[0], x.Plus(0 - least));
        var aboveMost = party.Select(!below[1], x.Plus(0 - most));
        return (party.AddPublic(aboveLeast - aboveMost, low), aboveMost);
    }

    /// <summary>The larger of the wire and <paramref name="low"/>.</summary>
    public static async ValueTask<Share> AtLeast(this Party party, Masked x, double low, bool byKeys = false)
    {
        var least = FixedPoint.Encode(low, x.FractionBits);
        var below = byKeys ? await party.IsBelowByKey(x, (long)least) : await party.IsBelow(x, (long)least);
        return party.AddPublic(party.Select(!below[0], x.Plus(0 - least)), low);
    }
}
