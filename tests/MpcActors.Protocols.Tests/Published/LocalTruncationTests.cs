using MpcActors.Protocols.Published;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Protocols.Tests.Published;

public sealed class LocalTruncationTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(16, 1)]
    [InlineData(40, 1)]
    [InlineData(0, 24)]
    [InlineData(0, 1024)]
    public void Small_values_are_within_one_unit(int bits, int divisor)
    {
        var values = Enumerable.Range(0, 2001).Select(i => (ulong)((i - 1000L) * 12_345)).ToArray();
        var run = TwoParty.Run(Seed.FromNumber(1), [(RingTensor.Of(values), bits)], (_, inputs) =>
            ValueTask.FromResult<Share[]>([divisor > 1 ? inputs[0].DivideLocally(divisor) : inputs[0].TruncateLocally(bits)]));

        for (var i = 0; i < values.Length; i++)
        {
            var quotient = (double)(long)values[i] / divisor / (1L << bits);
            Assert.InRange((long)run.Opened.Span[i] - quotient, -2 + 1e-9, 2 - 1e-9);
        }

        Assert.Equal(Cost.Free, run.Cost);
    }

    [Fact]
    public void Each_share_is_rounded_towards_zero()
    {
        var share = new Share(RingTensor.Of(unchecked((ulong)-5), unchecked((ulong)-4), 5, unchecked((ulong)-3), 3, 7, 8, unchecked((ulong)-8), unchecked((ulong)-1)), 2);
        Assert.Equal([-1, -1, 1, 0, 0, 1, 2, -2, 0], share.TruncateLocally(2).Value.Values.Select(x => (long)x));
        Assert.Equal([-1, -1, 1, -1, 1, 2, 2, -2, 0], share.DivideLocally(3).Value.Values.Select(x => (long)x));
    }

    [Fact]
    public void Large_values_are_grossly_wrong_as_often_as_chance_says()
    {
        // 2^56 units: one in 2^8.
        const int count = 400_000;
        var value = Math.ScaleB(1, 24);
        var run = TwoParty.Run(Seed.FromNumber(2), [TwoParty.Encode([.. Enumerable.Repeat(value, count)], 32)],
            static (_, inputs) => ValueTask.FromResult<Share[]>([inputs[0].TruncateLocally(16)]));

        var wrong = run.Decoded.Where(x => Math.Abs(x - value) > 1).ToArray();
        var expected = count / 256.0;
        Assert.InRange(wrong.Length, expected - 5 * Math.Sqrt(expected), expected + 5 * Math.Sqrt(expected));
        Assert.All(wrong, x => Assert.Equal(Math.ScaleB(1, 32), Math.Abs(x - value), 1.0));
        Assert.Equal(wrong.Length, GrossErrors.Count(run.Decoded, [.. Enumerable.Repeat(value, count)]));
    }

    [Fact]
    public void Errors_are_gross_beyond_a_threshold_and_where_there_is_no_number()
    {
        Assert.Equal(3, GrossErrors.Count([0, 1e9, 15.9, double.NaN, -17], [0, 0, 0, 0, 0]));
        Assert.Throws<ArgumentException>(() => GrossErrors.Count([1], [1, 2]));
    }
}
