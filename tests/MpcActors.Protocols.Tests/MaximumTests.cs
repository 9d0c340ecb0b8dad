using FsCheck;
using FsCheck.Fluent;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests;

public sealed class MaximumTests
{
    [Fact]
    public void Each_row_has_its_largest_value_whatever_their_lengths() =>
        Prop.ForAll<PositiveInt[], ulong>(static (lengths, seed) =>
        {
            var rows = lengths.Append(PositiveInt.NewPositiveInt(3)).Select((length, row) => Values((ulong)row + seed, length.Get)).ToArray();
            var run = Run(seed, rows);
            return run.Opened.Values.SequenceEqual(rows.Select(row => (ulong)row.Max()))
                && run.Cost == Maximum.CostOf(Starts(rows)) && run.Cost == run.Planned;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 4)]
    [InlineData(5, 12)]
    [InlineData(64, 24)]
    [InlineData(65, 28)]
    public void Takes_four_rounds_for_each_halving_of_the_longest_row(int longest, int rounds) =>
        Assert.Equal(rounds, Run(1, [Values(1, 1), Values(2, longest), Values(3, (longest + 1) / 2)]).Cost.Rounds);

    [Fact]
    public void Equal_values_are_their_own_maximum() =>
        Assert.Equal([5UL, ulong.MaxValue], Run(2, [[5, 5, 5, 5, 5], [-1, -1]]).Opened.Values);

    [Theory]
    [InlineData(new[] { 0, 2 }, "end with the count of values, 3")]
    [InlineData(new[] { 1, 3 }, "begin with 0")]
    [InlineData(new[] { 0, 2, 2, 3 }, "row 1 goes from 2 to 2")]
    public void Rows_that_do_not_partition_the_tensor_are_refused(int[] rowStarts, string message)
    {
        var error = Assert.Throws<ArgumentException>(() =>
            TwoParty.Run(Seed.FromNumber(3), [1.0, 2, 3], async (party, x) => await party.MaximumOfRows(x, rowStarts)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    static TwoPartyRun Run(ulong seed, long[][] rows)
    {
        var values = rows.SelectMany(row => row).Select(x => (ulong)x).ToArray();
        var starts = Starts(rows);
        return TwoParty.Run(Seed.FromNumber(seed), [(RingTensor.Of(values), 16)], async (party, inputs) => [await party.MaximumOfRows(inputs[0], starts)]);
    }

    static int[] Starts(long[][] rows) => [0, .. rows.Select((_, row) => rows.Take(row + 1).Sum(values => values.Length))];

    /// <summary>Values of all sizes up to 2^62, so that a difference fits.</summary>
    static long[] Values(ulong seed, int count)
    {
        var words = new ulong[count];
        new Prg(Seed.FromNumber(seed).Derive("values")).Fill(words, 0);
        return [.. words.Select((word, i) => (long)word >> (2 + i % 60))];
    }
}
