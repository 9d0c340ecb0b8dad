namespace MpcActors.Network.Tests;

public sealed class LinkProfileTests
{
    [Theory]
    [InlineData(0, 1_000_000_000, 0)]
    [InlineData(1, 80_000_000, 1)]
    [InlineData(1, 79_999_999, 2)]          // a bit over one tick is two
    [InlineData(375, 3_000_000_000, 10)]    // 3000 bits at 300 bits a tick
    [InlineData(376, 3_000_000_000, 11)]
    [InlineData(1_000_000_000_000, 1_000_000_000, 80_000_000_000)]  // a terabyte takes 8000 s: the product passes 64 bits on the way
    public void Time_to_send_is_bits_over_bandwidth_rounded_up_to_a_tick(long bytes, long bitsPerSecond, long ticks) =>
        Assert.Equal(ticks, new LinkProfile("x", TimeSpan.Zero, bitsPerSecond).TimeToSend(bytes).Ticks);

    [Fact]
    public void The_papers_networks_have_the_papers_figures()
    {
        Assert.Equal(("lan", 8_000L, 3_000_000_000L), (LinkProfile.Lan.Name, LinkProfile.Lan.Latency.Ticks, LinkProfile.Lan.BitsPerSecond));
        Assert.Equal(("wan-1", 800_000L, 100_000_000L), (LinkProfile.Wan1.Name, LinkProfile.Wan1.Latency.Ticks, LinkProfile.Wan1.BitsPerSecond));
        Assert.Equal(("wan-2", 400_000L, 200_000_000L), (LinkProfile.Wan2.Name, LinkProfile.Wan2.Latency.Ticks, LinkProfile.Wan2.BitsPerSecond));
    }

    [Fact]
    public void A_profile_that_exists_is_a_possible_one()
    {
        Refuses("Latency cannot be negative", () => new LinkProfile("x", TimeSpan.FromMilliseconds(-1), 1));
        Refuses("at least 1 bit a second", () => new LinkProfile("x", TimeSpan.Zero, 0));
        Refuses("at least 1 bit a second", () => LinkProfile.Lan with { BitsPerSecond = -5 });
        Refuses("Jitter cannot be negative", () => LinkProfile.Lan with { Jitter = TimeSpan.FromTicks(-1) });
        Refuses("RetransmitAfter cannot be negative", () => LinkProfile.Lan with { RetransmitAfter = TimeSpan.FromTicks(-1) });
        foreach (var loss in new[] { double.NaN, -0.1, 1, double.PositiveInfinity })
            Refuses("Loss is a probability", () => LinkProfile.Lan with { Loss = loss });

        static void Refuses(string message, Func<LinkProfile> make) =>
            Assert.Contains(message, Assert.Throws<ArgumentOutOfRangeException>(make).Message, StringComparison.Ordinal);
    }
}
