using MpcActors.Ring;

namespace MpcActors.Protocols;

/// <summary>The largest value of each row, by comparing in pairs, and the winners in pairs again: four rounds a level, all rows at once.</summary>
/// <remarks>
/// max(a, b) = b + [d ≥ 0]·d with d = a − b: d is masked once, compared, and selected from the same wire. A row of n takes
/// ⌈log2 n⌉ levels; a value that is left over waits for the next.
/// </remarks>
public static class Maximum
{
    /// <param name="rowStarts">As for <see cref="MaximumOfRows"/>.</param>
    public static Cost CostOf(int[] rowStarts)
    {
        var lengths = rowStarts.Zip(rowStarts.Skip(1), (start, end) => end - start).ToArray();
        var cost = Cost.Free;
        while (lengths.Any(length => length > 1))
        {
            var pairs = lengths.Sum(length => (long)length / 2);
            cost += Cost.Masking(pairs) + Comparison.CostOf(pairs) + Selection.CostOf(pairs);
            lengths = Array.ConvertAll(lengths, length => (length + 1) / 2);
        }

        return cost;
    }

    /// <summary>Value g of the result, which is a row, is the largest of values rowStarts[g] to rowStarts[g + 1] − 1 of a tensor read as one row.</summary>
    /// <remarks>Exact. No two values of a row may be 2^63 units or more apart.</remarks>
    /// <exception cref="ArgumentException">The rows do not partition the tensor, or one is empty.</exception>
    public static async ValueTask<Share> MaximumOfRows(this Party party, Share x, int[] rowStarts)
    {
        RequireRows(x.Shape.Count, rowStarts);
        while (rowStarts[^1] > rowStarts.Length - 1)
        {
            // Who has no values needs no indices, which for a large model are as many as the scores.
            var level = x.Value.IsHollow ? Level.Of(rowStarts) : IndexedLevel.Of(rowStarts);
            var (left, right) = level.Pairs(x);
            var difference = await party.Mask(left - right);
            var isLeft = !await party.IsNegative(difference);
            x = level.Survivors(x, right + party.Select(isLeft, difference));
            rowStarts = level.RowStarts;
        }

        return x.Reshape(Shape.Vector(rowStarts.Length - 1));
    }

    static void RequireRows(int count, int[] rowStarts)
    {
        if (rowStarts is not [0, ..] || rowStarts[^1] != count)
            throw new ArgumentException($"row starts must begin with 0 and end with the count of values, {count}", nameof(rowStarts));
        for (var row = 0; row < rowStarts.Length - 1; row++)
        {
            if (rowStarts[row + 1] <= rowStarts[row])
                throw new ArgumentException($"row {row} goes from {rowStarts[row]} to {rowStarts[row + 1]}: it has no maximum", nameof(rowStarts));
        }
    }

    /// <summary>How many pairs meet, and the rows of those that are left.</summary>
    record Level(int Count, int[] RowStarts)
    {
        public static Level Of(int[] rowStarts)
        {
            var (pairs, starts) = (0, new int[rowStarts.Length]);
            for (var row = 0; row < rowStarts.Length - 1; row++)
            {
                var length = rowStarts[row + 1] - rowStarts[row];
                pairs += length / 2;
                starts[row + 1] = starts[row] + (length + 1) / 2;
            }

            return new(pairs, starts);
        }

        public virtual (Share Left, Share Right) Pairs(Share x)
        {
            var half = x with { Value = RingTensor.Hollow(Shape.Vector(Count)) };
            return (half, half);
        }

        public virtual Share Survivors(Share x, Share winners) => x with { Value = RingTensor.Hollow(Shape.Vector(RowStarts[^1])) };
    }

    /// <summary>Who meets whom, who waits, and where the winners (first) and those who waited go.</summary>
    sealed record IndexedLevel(int[] Left, int[] Right, int[] LeftOver, int[] Order, int[] RowStarts) : Level(Left.Length, RowStarts)
    {
        public static new IndexedLevel Of(int[] rowStarts)
        {
            List<int> left = [], right = [], leftOver = [], order = [], starts = [0];
            var pairs = 0;
            for (var row = 0; row < rowStarts.Length - 1; row++) pairs += (rowStarts[row + 1] - rowStarts[row]) / 2;
            for (var row = 0; row < rowStarts.Length - 1; row++)
            {
                var (i, end) = (rowStarts[row], rowStarts[row + 1]);
                for (; i + 1 < end; i += 2)
                {
                    order.Add(left.Count);
                    left.Add(i);
                    right.Add(i + 1);
                }

                if (i < end)
                {
                    order.Add(pairs + leftOver.Count);
                    leftOver.Add(i);
                }

                starts.Add(order.Count);
            }

            return new([.. left], [.. right], [.. leftOver], [.. order], [.. starts]);
        }

        public override (Share Left, Share Right) Pairs(Share x) => (Gather(x, Left), Gather(x, Right));

        public override Share Survivors(Share x, Share winners) =>
            Gather(x with { Value = RowOperations.Concatenate(winners.Value, Gather(x, LeftOver).Value) }, Order);

        static Share Gather(Share x, int[] indices) => x with { Value = x.Value.Gather(indices, Shape.Vector(indices.Length)) };
    }
}
