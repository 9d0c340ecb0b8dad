using MpcActors.Ring;

namespace MpcActors.Protocols.Published;

/// <summary>The rows of one length among ragged ones.</summary>
sealed record RowGroup(int Length, int[] Rows)
{
    /// <summary>All rows in groups, shorter ones first.</summary>
    /// <exception cref="ArgumentException">The starts do not ascend from 0.</exception>
    public static RowGroup[] Of(int[] rowStarts)
    {
        if (rowStarts is not [0, _, ..]) throw new ArgumentException("row starts begin with 0 and have one more entry than there are rows", nameof(rowStarts));
        var groups = new SortedDictionary<int, List<int>>();
        for (var row = 0; row < rowStarts.Length - 1; row++)
        {
            var length = rowStarts[row + 1] - rowStarts[row];
            if (length < 1) throw new ArgumentException($"row {row} goes from {rowStarts[row]} to {rowStarts[row + 1]}: it has no values", nameof(rowStarts));
            if (!groups.TryGetValue(length, out var rows)) groups.Add(length, rows = []);
            rows.Add(row);
        }

        return [.. groups.Select(group => new RowGroup(group.Key, [.. group.Value]))];
    }

    public RingTensor Gather(RingTensor values, int[] rowStarts)
    {
        var shape = new Shape(Rows.Length, Length);
        if (values.IsHollow) return RingTensor.Hollow(shape);
        var result = RingTensor.Uninitialized(shape);
        var (source, target) = (values.Values, result.Values);
        Parallelism.ForChunks(Rows.Length, (start, length) =>
        {
            for (var i = start; i < start + length; i++) source.AsSpan(rowStarts[Rows[i]], Length).CopyTo(target.AsSpan(i * Length));
        }, chunkLength: 64);
        return result;
    }

    /// <summary>Writes the rows into <paramref name="target"/>, which the caller has just made.</summary>
    public void Scatter(RingTensor rows, RingTensor target, int[] rowStarts)
    {
        if (rows.IsHollow || target.IsHollow) return;
        var (source, destination) = (rows.Values, target.Values);
        Parallelism.ForChunks(Rows.Length, (start, length) =>
        {
            for (var i = start; i < start + length; i++) source.AsSpan(i * Length, Length).CopyTo(destination.AsSpan(rowStarts[Rows[i]]));
        }, chunkLength: 64);
    }
}
