namespace MpcActors.Network.Tests;

public sealed class LinkUnitsTests
{
    [Theory]
    [InlineData("30ms", 300_000)]
    [InlineData("0.8ms", 8_000)]
    [InlineData("0ms", 0)]
    [InlineData("1.5 s", 15_000_000)]
    [InlineData("250us", 2_500)]
    [InlineData("250µs", 2_500)]
    [InlineData(" 2s ", 20_000_000)]
    [InlineData("0.00001ms", 1)]
    public void Latencies_are_read_to_the_tick(string text, long ticks) => Assert.Equal(ticks, LinkUnits.ParseLatency(text).Ticks);

    [Theory]
    [InlineData("50Mbps", 50_000_000)]
    [InlineData("50mbps", 50_000_000)]
    [InlineData("3Gbps", 3_000_000_000)]
    [InlineData("2.5 Gbps", 2_500_000_000)]
    [InlineData("1Tbps", 1_000_000_000_000)]
    [InlineData("56kbps", 56_000)]
    [InlineData("9600bps", 9_600)]
    public void Bandwidths_are_read_in_bits_a_second(string text, long bitsPerSecond) => Assert.Equal(bitsPerSecond, LinkUnits.ParseBitsPerSecond(text));

    [Theory]
    [InlineData("-30ms", "negative")]
    [InlineData("30", "a number and a unit")]
    [InlineData("ms", "a number and a unit")]
    [InlineData("", "a number and a unit")]
    [InlineData("NaNms", "a number and a unit")]
    [InlineData("1,5ms", "a number and a unit")]
    [InlineData("30min", "a number and a unit")]
    [InlineData("99999999999999s", "too large")]
    [InlineData("99999999999999999999999s", "out of range")]
    public void A_bad_latency_is_refused_and_quoted(string text, string why) => Refused(why, text, () => LinkUnits.ParseLatency(text));

    [Theory]
    [InlineData("0bps", "below 1bps")]
    [InlineData("-5Mbps", "below 1bps")]
    [InlineData("50MBps", "such as 50Mbps")]    // bytes: eight times as much, so not guessed at
    [InlineData("50", "such as 50Mbps")]
    [InlineData("fast", "such as 50Mbps")]
    [InlineData("100000000000Tbps", "too large")]
    public void A_bad_bandwidth_is_refused_and_quoted(string text, string why) => Refused(why, text, () => LinkUnits.ParseBitsPerSecond(text));

    static void Refused(string why, string text, Func<object> read)
    {
        var message = Assert.Throws<FormatException>(read).Message;
        Assert.Contains(why, message, StringComparison.Ordinal);
        Assert.StartsWith($"'{text}'", message, StringComparison.Ordinal);
    }
}
