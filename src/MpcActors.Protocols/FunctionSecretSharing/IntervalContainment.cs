namespace MpcActors.Protocols.FunctionSecretSharing;

/// <summary>Whether an open wire lies in each of some public intervals: no round, one key a wire for all intervals.</summary>
/// <remarks>[p ≤ x &lt; q] = [x &lt; q] − [x &lt; p]. Boyle, Chandran, Gilboa, Gupta, Ishai, Kumar, Rathee, EUROCRYPT 2021, section 4, has one key for all intervals likewise.</remarks>
public static class IntervalContainment
{
    public static Cost CostOf(long count) => KeyComparison.CostOfShares(count);

    /// <summary>p ≤ x &lt; q for each of <paramref name="intervals"/>, which have the wire's fraction bits, as a share of 0 or 1; |x − p| and |x − q| must be below 2^63.</summary>
    /// <exception cref="ArgumentException">An interval ends before it begins.</exception>
    public static async ValueTask<Share[]> IsWithin(this Party party, Masked x, params (long Low, long High)[] intervals)
    {
        foreach (var (low, high) in intervals)
            if (high < low) throw new ArgumentException($"an interval from {low} to {high} ends before it begins", nameof(intervals));
        long[] ends = [.. intervals.Select(interval => interval.Low).Concat(intervals.Select(interval => interval.High)).Distinct()];
        var isBelow = await party.IsBelowShares(x, ends);
        return Array.ConvertAll(intervals, interval => isBelow[Array.IndexOf(ends, interval.High)] - isBelow[Array.IndexOf(ends, interval.Low)]);
    }
}
