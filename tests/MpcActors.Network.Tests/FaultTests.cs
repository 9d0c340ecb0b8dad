using FsCheck;
using FsCheck.Fluent;

namespace MpcActors.Network.Tests;

public sealed class FaultTests
{
    static readonly Link There = new(0, 1);

    // 10 bits a tick, 100 ticks away: 100 bytes leave in 80 ticks.
    static readonly NetworkConditions Plain = new LinkProfile("plain", TimeSpan.FromTicks(100), 100_000_000);

    [Theory]
    [InlineData(0, 50, 50 + 80 + 100)]      // waits for the link
    [InlineData(30, 1_000, 1_050 + 100)]    // half sent, goes on afterwards
    [InlineData(80, 1_000, 80 + 100)]       // has just left, and arrives
    [InlineData(200, 300, 80 + 100)]
    public void A_packet_waits_until_a_cut_is_over(long from, long until, long arrives) =>
        Assert.Equal(arrives, ArrivalOf(Plain.Cut(There, Ticks(from), Ticks(until))));

    [Theory]
    [InlineData(0, 10_000, 3, 240 + 100)]           // all of it three times as long
    [InlineData(0, 120, 3, 120 + 40 + 100)]         // half of it
    [InlineData(40, 100, 3, 40 + 60 + 20 + 100)]    // the middle of it
    [InlineData(0, 10_000, 1, 80 + 100)]
    [InlineData(80, 10_000, 3, 80 + 100)]
    public void A_slow_link_takes_a_factor_longer_while_it_is_slow(long from, long until, int factor, long arrives) =>
        Assert.Equal(arrives, ArrivalOf(Plain.SlowDown(There, factor, Ticks(from), Ticks(until))));

    [Fact]
    public void Faults_that_overlap_act_together()
    {
        Assert.Equal(6 * 80 + 100, ArrivalOf(Plain.SlowDown(There, 2, Ticks(0), Ticks(9_000)).SlowDown(There, 3, Ticks(0), Ticks(9_000))));
        Assert.Equal(20 + 40 + 70 + 100, ArrivalOf(Plain.SlowDown(There, 2, Ticks(0), Ticks(40)).Cut(There, Ticks(20), Ticks(60))));
    }

    [Fact]
    public void Faults_of_one_link_leave_others_alone()
    {
        var conditions = Plain.Cut(There.Reverse, Ticks(0), NetworkConditions.Never).SlowDown(new(0, 2), 5, Ticks(0), Ticks(9_000));
        Assert.Equal(180, ArrivalOf(conditions));
        Assert.Equal(180, ArrivalOf(Plain));    // nor does adding a fault change the conditions it was added to
    }

    [Fact]
    public void What_meets_a_cut_without_end_is_never_delivered_and_is_reported_in_order()
    {
        var network = new NetworkModel<string>(Plain.Cut(There, Ticks(100), NetworkConditions.Never));
        Assert.Equal(180, network.Send("in time", There, 100, Ticks(0))!.Value.At.Ticks);
        Assert.Null(network.Send("half sent", There, 100, Ticks(0)));
        Assert.Null(network.Send("after it", There, 1, Ticks(500)));
        Assert.Null(network.Send("nor may this overtake", There, 1, Ticks(500), isOffline: true));
        Assert.NotNull(network.Send("other way", There.Reverse, 100, Ticks(500)));

        Assert.Equal(["half sent", "after it", "nor may this overtake"], network.Undelivered.Select(lost => lost.Packet));
        Assert.All(network.Undelivered, lost => Assert.Equal(There, lost.Link));
        Assert.Equal(2, network.InFlight);
    }

    [Fact]
    public void Faults_only_ever_delay() => Prop.ForAll(Faults(), Gen.Choose(0, 300).Select(bytes => (long)bytes).ArrayOf().ToArbitrary(), (faults, sizes) =>
    {
        var (free, faulty) = (new NetworkModel<int>(Plain), new NetworkModel<int>(faults));
        foreach (var size in sizes)
        {
            var (without, with) = (free.Send(0, There, size, Ticks(0)), faulty.Send(0, There, size, Ticks(0)));
            if (with is null || with.Value.At < without!.Value.At) return false;
        }
        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Arrivals_under_faults_equal_a_link_stepped_tick_by_tick() => Prop.ForAll(Faults(), Gen.Choose(1, 300).ToArbitrary(), (faults, bytes) =>
    {
        // In a tick, a link slowed by 2 and by 3 does a sixth of a tick's work. Rounding up may add a tick for each change of pace.
        var (now, left) = (0L, 6 * 6 * Plain.Profile.TimeToSend(bytes).Ticks);
        for (; left > 0; now++)
        {
            var pace = 36L;
            foreach (var fault in faults.DisturbancesOf(There).Where(fault => fault.From.Ticks <= now && now < fault.Until.Ticks))
                pace = fault.Factor == 0 ? 0 : pace / fault.Factor;
            left -= pace;
        }
        return ArrivalOf(faults, bytes) - (now + 100) is >= 0 and <= 6;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Impossible_faults_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Plain.Cut(There, Ticks(10), Ticks(10)));
        Assert.Throws<ArgumentException>(() => Plain.Cut(There, Ticks(-1), Ticks(10)));
        Assert.Throws<ArgumentException>(() => Plain.Cut(new(3, 3), Ticks(0), Ticks(10)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Plain.SlowDown(There, 0, Ticks(0), Ticks(10)));
    }

    /// <summary>A cut and two slow-downs somewhere in the first 400 ticks.</summary>
    static Arbitrary<NetworkConditions> Faults()
    {
        var windows = from start in Gen.Choose(0, 300) from length in Gen.Choose(1, 100) select (From: Ticks(start), Until: Ticks(start + length));
        return (from cut in windows from two in windows from three in windows
                select Plain.Cut(There, cut.From, cut.Until).SlowDown(There, 2, two.From, two.Until).SlowDown(There, 3, three.From, three.Until)).ToArbitrary();
    }

    static long ArrivalOf(NetworkConditions conditions, long bytes = 100) => new NetworkModel<int>(conditions).Send(0, There, bytes, Ticks(0))!.Value.At.Ticks;

    static TimeSpan Ticks(long ticks) => TimeSpan.FromTicks(ticks);
}
