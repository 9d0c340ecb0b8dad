using MpcActors.Protocols.FunctionSecretSharing;

namespace MpcActors.Protocols;

/// <summary>Finds the power of four beside a positive wire: x = u · 4^k · 2^low with u in [1, 4), k shared.</summary>
/// <remarks>
/// <para>1. b_i = [x &lt; 2^low · 4^i] for i = 1 … m − 1, side by side: three rounds. k is the number of them that are 0.</para>
/// <para>2. For any base β, β^(m−1−k) = 1 + Σ_i b_i (β^(m−i) − β^(m−1−i)) by telescoping, so an open wire times it is local.</para>
/// </remarks>
sealed record Normalisation(MaskedBits[] IsBelow)
{
    /// <summary>m, the number of powers.</summary>
    public int Pieces => IsBelow.Length + 1;

    /// <summary>How many powers of four lead from 2^<paramref name="lowBits"/> to <paramref name="high"/>; two per cent above is tolerated.</summary>
    public static int PiecesFor(int lowBits, double high)
    {
        var pieces = 1;
        while (Math.ScaleB(1.01, lowBits + 2 * pieces) < high) pieces++;
        return pieces;
    }

    /// <param name="byKeys">Whether the comparisons are those of <see cref="KeyComparison"/>: one round instead of three.</param>
    public static Cost CostOf(long count, int pieces, bool byKeys = false) => pieces == 1
        ? Cost.Free
        : (byKeys ? KeyComparison.CostOf(count, pieces - 1) : Comparison.CostOf(count, pieces - 1)) + CostOfScaling(count, pieces);

    public static Cost CostOfScaling(long count, int pieces) => (pieces - 1) * Selection.CostOf(count);

    /// <summary>Compares with the powers; no round where there is but one.</summary>
    public static async ValueTask<Normalisation> Find(Party party, Masked x, int lowBits, int pieces, bool byKeys = false)
    {
        if (pieces == 1) return new([]);
        var thresholds = new long[pieces - 1];
        for (var i = 0; i < thresholds.Length; i++)
        {
            var bits = x.FractionBits + lowBits + 2 * (i + 1);
            if (bits is < 0 or > 61) throw new ArgumentException($"2^{lowBits + 2 * (i + 1)} with {x.FractionBits} fraction bits does not fit the ring");
            thresholds[i] = 1L << bits;
        }

        return new(byKeys ? await party.IsBelowByKey(x, thresholds) : await party.IsBelow(x, thresholds));
    }

    /// <summary>wire · 2^(<paramref name="shift"/> · (m − 1 − k)) as a ring integer; the fraction bits stay. Local.</summary>
    public Share Scale(Party party, Masked wire, int shift)
    {
        var sum = party.Unmask(wire);
        for (var i = 1; i < Pieces; i++)
        {
            var step = (1L << (shift * (Pieces - i))) - (1L << (shift * (Pieces - 1 - i)));
            sum += party.Select(IsBelow[i - 1], wire) * step;
        }

        return sum;
    }
}
