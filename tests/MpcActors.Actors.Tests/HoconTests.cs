using MpcActors.Network;

namespace MpcActors.Actors.Tests;

public sealed class HoconTests : IDisposable
{
    readonly string _file = Path.Combine(Path.GetTempPath(), $"mpc-hocon-{Environment.ProcessId}-{Guid.NewGuid():N}.hocon");

    [Fact]
    public void The_shipped_networks_are_the_papers()
    {
        Assert.Equal(LinkProfile.Lan, Hocon.Network("lan"));
        Assert.Equal(LinkProfile.Wan1, Hocon.Network("wan-1"));
        Assert.Equal(LinkProfile.Wan2, Hocon.Network("wan-2"));
    }

    [Fact]
    public void Every_shipped_file_with_a_link_is_offered() => Assert.Equal(
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "hocon"), "*.hocon").Where(file => Hocon.Load(file).HasPath("mpc.link")).Select(Path.GetFileNameWithoutExtension).Order(),
        Hocon.Networks.Order());

    [Fact]
    public void Sessions_are_quiet_and_pass_by_reference_unless_told_otherwise()
    {
        Assert.Equal("OFF", Hocon.Reference.GetString("akka.stdout-loglevel"));
        Assert.Equal("WARNING", Hocon.Reference.GetString("akka.loglevel"));
        Assert.False(Hocon.Reference.GetBoolean("akka.actor.serialize-messages"));
    }

    [Fact]
    public void Latency_and_bandwidth_can_be_given_over_a_profile()
    {
        var profile = Hocon.Network("wan-1", latency: "30ms", bandwidth: "50Mbps");

        Assert.Equal(LinkProfile.Wan1 with { Latency = TimeSpan.FromMilliseconds(30), BitsPerSecond = 50_000_000 }, profile);
        Assert.Equal(LinkProfile.Wan1 with { Latency = TimeSpan.Zero }, Hocon.Network("wan-1", latency: "0ms"));
    }

    [Fact]
    public void A_file_of_the_users_own_is_a_network()
    {
        File.WriteAllText(_file, "mpc.link { name = home, latency = 12.5ms, bandwidth = 20Mbps, jitter = 3ms, loss = 0.01, retransmit-after = 1s }");

        Assert.Equal(
            new LinkProfile("home", TimeSpan.FromMicroseconds(12_500), 20_000_000) { Jitter = TimeSpan.FromMilliseconds(3), Loss = 0.01, RetransmitAfter = TimeSpan.FromSeconds(1) },
            Hocon.Network(_file));
    }

    [Fact]
    public void A_network_without_a_name_has_its_files()
    {
        File.WriteAllText(_file, "mpc { link { latency = 1ms\n bandwidth = 1Gbps } }");

        Assert.Equal(Path.GetFileNameWithoutExtension(_file), Hocon.Network(_file).Name);
    }

    [Theory]
    [InlineData("", "no mpc.link section with latency and bandwidth")]
    [InlineData("mpc.network { latency = 1ms }", "no mpc.link section with latency and bandwidth")]
    [InlineData("mpc.link = 5", "no mpc.link section with latency and bandwidth")]
    [InlineData("mpc.link { bandwidth = 1Gbps }", "lacks mpc.link.latency")]
    [InlineData("mpc.link { latency = 1ms }", "lacks mpc.link.bandwidth")]
    [InlineData("mpc.link { latency = -1ms, bandwidth = 1Gbps }", "'-1ms' is negative")]
    [InlineData("mpc.link { latency = 1, bandwidth = 1Gbps }", "'1' cannot be read: a latency is a number and a unit")]
    [InlineData("mpc.link { latency = 1ms, bandwidth = 0bps }", "'0bps' is below 1bps")]
    [InlineData("mpc.link { latency = 1ms, bandwidth = 1GBps }", "'1GBps' cannot be read: a bandwidth is a number and a unit of bits")]
    [InlineData("mpc.link { latency = 1ms, bandwidth = 1Gbps, loss = 1 }", "Loss is a probability from 0 to just below 1")]
    [InlineData("mpc.link { latency = 1ms, bandwidth = 1Gbps, loss = often }", "'often' cannot be read: loss is a probability such as 0.01")]
    [InlineData("mpc.link { latency = 1ms, bandwidth = 1Gbps, jitter = much }", "'much' cannot be read: a latency is a number")]
    [InlineData("mpc.link { latency = 1ms, bandwith = 1Gbps }", "has mpc.link.bandwith, which is not known: use name, latency, bandwidth, jitter")]
    [InlineData("mpc {\n link {\n latency = 1ms\n}", "is no HOCON: line 1: '{' is not closed")]
    [InlineData("mpc.link { latency = 1ms }\n}", "is no HOCON: line 2: '}' closes nothing that is open")]
    [InlineData("a = \"\"\"[\n\"\"\"\" # [\nmpc.link = [ 1ms }", "is no HOCON: line 3: '}' closes nothing that is open")]
    [InlineData("mpc.link { latency = 1ms // ]\n name = [", "is no HOCON: line 2: '[' is not closed")]
    [InlineData("mpc.link { latency = 1ms\n name = \"home\n }", "is no HOCON: line 2: a string is not closed")]
    [InlineData("mpc.link { latency = ${nowhere}, bandwidth = 1Gbps }", "is no HOCON: ")]
    public void A_file_that_is_wrong_is_refused_with_what_is_wrong(string content, string message)
    {
        File.WriteAllText(_file, content);

        var refusal = Assert.Throws<ArgumentException>(() => Hocon.Network(_file));
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(_file, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("moon")]
    [InlineData("")]
    [InlineData("/")]
    public void An_unknown_network_lists_the_known_ones(string name)
    {
        var refusal = Assert.Throws<ArgumentException>(() => Hocon.Network(name));
        Assert.Contains($"unknown network '{name}': use lan, wan-1, wan-2, or the path of a HOCON file", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-5ms", null, "'-5ms' is negative")]
    [InlineData("5", null, "such as 30ms or 0.8ms")]
    [InlineData(null, "0bps", "a link that sends nothing never delivers")]
    [InlineData(null, "fast", "such as 50Mbps or 3Gbps")]
    public void A_figure_that_cannot_be_is_refused_with_one_that_can(string? latency, string? bandwidth, string message)
    {
        var refusal = Assert.Throws<ArgumentException>(() => Hocon.Network("lan", latency, bandwidth));
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.StartsWith("network 'lan': ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var refusal = Assert.Throws<ArgumentException>(() => Hocon.Load(_file));
        Assert.Equal($"there is no configuration file '{_file}'", refusal.Message);
    }

    public void Dispose() => File.Delete(_file);
}
