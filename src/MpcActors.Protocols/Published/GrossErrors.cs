namespace MpcActors.Protocols.Published;

/// <summary>Counts results that are not inexact but wrong, as local truncation leaves some.</summary>
public static class GrossErrors
{
    /// <summary>2^20 units of 16 fraction bits: no approximation errs so much, and a truncation that fails errs by 2^48 units.</summary>
    public const double Threshold = 16;

    /// <exception cref="ArgumentException">There are not as many results as expected values.</exception>
    public static long Count(IReadOnlyList<double> got, IReadOnlyList<double> expected)
    {
        if (got.Count != expected.Count) throw new ArgumentException($"{got.Count} results cannot be compared with {expected.Count} values");
        var count = 0L;
        for (var i = 0; i < got.Count; i++)
        {
            if (!(Math.Abs(got[i] - expected[i]) <= Threshold)) count++;
        }

        return count;
    }
}
