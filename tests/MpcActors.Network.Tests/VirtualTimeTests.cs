namespace MpcActors.Network.Tests;

public sealed class VirtualTimeTests
{
    [Fact]
    public void Time_stands_still_until_it_is_moved_and_never_goes_back()
    {
        var time = new VirtualTime();
        var (start, stamp) = (time.GetUtcNow(), time.GetTimestamp());

        time.AdvanceTo(TimeSpan.FromSeconds(5));
        time.AdvanceTo(TimeSpan.FromSeconds(5));

        Assert.Equal(TimeSpan.FromSeconds(5), time.GetUtcNow() - start);
        Assert.Equal(TimeSpan.FromSeconds(5), time.GetElapsedTime(stamp));
        Assert.Throws<ArgumentOutOfRangeException>(() => time.AdvanceTo(TimeSpan.FromSeconds(4)));
    }

    [Fact]
    public void Timers_fire_in_the_order_they_are_due_each_at_its_own_time()
    {
        var (time, fired) = (new VirtualTime(), new List<(string, int)>());
        void Timer(string name, int due) => time.CreateTimer(_ => fired.Add((name, time.Now.Seconds)), null, TimeSpan.FromSeconds(due), Timeout.InfiniteTimeSpan);
        Timer("late", 9);
        Timer("second", 3);
        Timer("first", 1);
        Timer("third, made after the second", 3);
        Timer("never", 60);

        time.AdvanceTo(TimeSpan.FromSeconds(2));
        Assert.Equal([("first", 1)], fired);
        time.AdvanceTo(TimeSpan.FromSeconds(10));
        Assert.Equal([("first", 1), ("second", 3), ("third, made after the second", 3), ("late", 9)], fired);
        Assert.Equal(TimeSpan.FromSeconds(10), time.Now);
    }

    [Fact]
    public void A_periodic_timer_fires_for_each_period_until_it_is_disposed()
    {
        var (time, fired) = (new VirtualTime(), new List<int>());
        var timer = time.CreateTimer(_ => fired.Add(time.Now.Seconds), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3));

        time.AdvanceTo(TimeSpan.FromSeconds(9));
        timer.Dispose();
        time.AdvanceTo(TimeSpan.FromSeconds(30));

        Assert.Equal([2, 5, 8], fired);
        Assert.False(timer.Change(TimeSpan.Zero, TimeSpan.Zero));
    }

    [Fact]
    public void A_changed_timer_forgets_when_it_was_due()
    {
        var (time, fired) = (new VirtualTime(), new List<int>());
        var timer = time.CreateTimer(_ => fired.Add(time.Now.Seconds), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1));

        Assert.True(timer.Change(TimeSpan.FromSeconds(7), Timeout.InfiniteTimeSpan));
        time.AdvanceTo(TimeSpan.FromSeconds(30));

        Assert.Equal([7], fired);
    }

    [Fact]
    public void A_callback_may_start_a_timer_that_falls_due_on_the_way_but_not_move_the_clock()
    {
        var (time, fired) = (new VirtualTime(), new List<int>());
        time.CreateTimer(_ =>
        {
            Assert.Throws<InvalidOperationException>(() => time.AdvanceTo(TimeSpan.FromHours(1)));
            time.CreateTimer(_ => fired.Add(time.Now.Seconds), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        }, null, TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);

        time.AdvanceTo(TimeSpan.FromSeconds(10));

        Assert.Equal([3], fired);
    }

    [Fact]
    public async Task The_library_waits_on_it_as_on_any_clock()
    {
        var time = new VirtualTime();
        var delay = Task.Delay(TimeSpan.FromDays(3), time);
        time.AdvanceTo(TimeSpan.FromDays(3) - TimeSpan.FromTicks(1));
        Assert.False(delay.IsCompleted);

        time.AdvanceTo(TimeSpan.FromDays(3));
        await delay;
    }

    [Fact]
    public void A_timer_is_not_due_in_the_past() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new VirtualTime().CreateTimer(_ => { }, null, TimeSpan.FromTicks(-1), TimeSpan.Zero));
}
