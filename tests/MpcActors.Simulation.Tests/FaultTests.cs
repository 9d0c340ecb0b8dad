using MpcActors.Actors;
using MpcActors.Network;
using MpcActors.Protocols;

namespace MpcActors.Simulation.Tests;

public sealed class FaultTests
{
    /// <summary>Every link that carries anything, and how many frames: the seed, 21 segments and a confirmation each, 20 openings, the fingerprints of both parties.</summary>
    static readonly (Role From, Role To, uint Frames)[] Links =
    [
        (Role.PartyZero, Role.PartyOne, 20),
        (Role.PartyOne, Role.PartyZero, 20),
        (Role.Dealer, Role.PartyZero, 1),
        (Role.Dealer, Role.PartyOne, 22),
        (Role.PartyOne, Role.Dealer, 22),
        (Role.PartyZero, Role.Dealer, 1),
    ];

    public static TheoryData<FaultKind> Kinds => new(Enum.GetValues<FaultKind>());

    [Fact]
    public async Task The_links_are_all_the_links()
    {
        var (run, _, _) = await Runs.Products();

        Assert.Equal(
            Links.Select(link => (new Link((int)link.From, (int)link.To), (long)link.Frames)).Order(),
            run.Traffic.Select(traffic => (traffic.Link, traffic.OnlineFrames + traffic.OfflineFrames)).Order());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Whatever_happens_to_any_frame_the_result_is_right_or_the_session_says_what_happened(FaultKind kind)
    {
        var (clean, zero, one) = await Runs.Products();
        var failed = 0;
        foreach (var (from, to, frames) in Links)
        for (uint sequence = 0; sequence < frames; sequence++)
        {
            try
            {
                var run = await Runs.Products(faults: new FaultPlan(new FrameFault(kind, from, to, sequence)));
                Assert.Equal(zero, run.Zero);
                Assert.Equal(one, run.One);
                Assert.Equal(clean.Transcript, run.Run.Transcript);
            }
            catch (SessionFailedException failure)
            {
                failed++;
                Assert.Contains($"{from.Name()} → {to.Name()}", failure.Message, StringComparison.Ordinal);
                Assert.Matches($"frame ({sequence}|{sequence + 1}) ", failure.Message);
                if (kind is FaultKind.Duplicate or FaultKind.Truncate or FaultKind.Alter) Assert.IsType<ProtocolViolationException>(failure.InnerException);
            }
        }

        // Only what comes after a role has finished does no harm.
        Assert.InRange(failed, Links.Sum(link => link.Frames) - Links.Length, Links.Sum(link => link.Frames));
    }

    [Fact]
    public async Task Two_faults_at_once_are_still_no_wrong_number()
    {
        var faults = new FaultPlan(
            new FrameFault(FaultKind.Alter, Role.PartyZero, Role.PartyOne, 3), new FrameFault(FaultKind.Alter, Role.PartyOne, Role.PartyZero, 3));

        await Assert.ThrowsAsync<SessionFailedException>(() => Runs.Products(faults: faults));
        await Assert.ThrowsAsync<SessionFailedException>(() => Runs.Products(faults: faults));
    }

    [Fact]
    public async Task A_link_cut_for_good_stalls_the_session_which_names_it()
    {
        var cut = new NetworkConditions(LinkProfile.Lan).Cut(Between(Role.PartyOne, Role.PartyZero), TimeSpan.FromMilliseconds(5), NetworkConditions.Never);

        var failure = await Assert.ThrowsAsync<SessionFailedException>(() => Runs.Products(cut));
        Assert.Contains("the session is stuck: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("party-1 → party-0", failure.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Disturbances => new("cut", "slow", "jitter", "loss");

    [Theory]
    [MemberData(nameof(Disturbances))]
    public async Task What_only_delays_changes_time_alone(string disturbance)
    {
        var (clean, zero, one) = await Runs.Products();
        var link = Between(Role.PartyZero, Role.PartyOne);
        NetworkConditions lan = LinkProfile.Lan;
        var network = disturbance switch
        {
            "cut" => lan.Cut(link, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(50)),
            "slow" => lan.SlowDown(link, 100, TimeSpan.Zero, TimeSpan.FromMilliseconds(50)),
            "jitter" => new NetworkConditions(LinkProfile.Lan with { Jitter = TimeSpan.FromMilliseconds(2) }, seed: 3),
            _ => new NetworkConditions(LinkProfile.Lan with { Loss = 0.3 }, seed: 3),
        };

        var later = await Runs.Products(network);
        var again = await Runs.Products(network);

        Assert.Equal(zero, later.Zero);
        Assert.Equal(one, later.One);
        Assert.Equal(clean.Transcript, later.Run.Transcript);
        Assert.True(later.Run.Elapsed > clean.Elapsed, $"{later.Run.Elapsed} after {clean.Elapsed}");
        Assert.Equal(later.Run.Elapsed, again.Run.Elapsed);
    }

    static Link Between(Role from, Role to) => new((int)from, (int)to);
}
