using Akka.Actor;
using Akka.TestKit.Xunit2;

namespace MpcActors.Compat.Tests;

public sealed class TimeTests : TestKit
{
    public TimeTests() : base("akka.loglevel = OFF") { }

    [Fact]
    public void A_message_scheduled_once_arrives_once_with_its_sender()
    {
        var probe = CreateTestProbe();
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(20), TestActor, "tick", probe.Ref);
        ExpectMsg("tick");
        Assert.Equal(probe.Ref, LastSender);
        ExpectNoMsg(TimeSpan.FromMilliseconds(60));
    }

    [Fact]
    public void Messages_scheduled_for_different_times_arrive_in_that_order()
    {
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(2000), TestActor, "later", ActorRefs.NoSender);
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(50), TestActor, "sooner", ActorRefs.NoSender);
        ExpectMsg("sooner");
        ExpectMsg("later", TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void A_repeated_message_arrives_again_and_again_until_cancelled()
    {
        using var cancelable = new Cancelable(Sys.Scheduler);
        Sys.Scheduler.ScheduleTellRepeatedly(TimeSpan.Zero, TimeSpan.FromMilliseconds(10), TestActor, "tick", ActorRefs.NoSender, cancelable);
        for (var i = 0; i < 5; i++) ExpectMsg("tick");
        cancelable.Cancel();
        AwaitAssert(() => ExpectNoMsg(TimeSpan.FromMilliseconds(100)));
    }

    [Fact]
    public void A_cancelled_message_does_not_arrive()
    {
        var cancelable = Sys.Scheduler.ScheduleTellOnceCancelable(TimeSpan.FromMilliseconds(100), TestActor, "tick", ActorRefs.NoSender);
        cancelable.Cancel();
        Assert.True(cancelable.IsCancellationRequested);
        ExpectNoMsg(TimeSpan.FromMilliseconds(250));
    }

    [Fact]
    public void A_negative_delay_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(-1), TestActor, "x", ActorRefs.NoSender));

    [Fact]
    public void An_action_can_be_scheduled()
    {
        Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromMilliseconds(10), () => TestActor.Tell("acted", ActorRefs.NoSender));
        ExpectMsg("acted");
    }

    [Fact]
    public void An_actor_hears_that_nothing_has_come_for_a_while()
    {
        var idle = Sys.ActorOf(Props.Create(() => new Idle(TestActor)));
        ExpectMsg("idle");
        // It stays in force.
        ExpectMsg("idle");
        idle.Tell("off");
        AwaitAssert(() => ExpectNoMsg(TimeSpan.FromMilliseconds(150)));
    }

    [Fact]
    public void A_timer_of_an_actor_can_be_replaced_and_cancelled()
    {
        var timed = Sys.ActorOf(Props.Create(() => new Timed(TestActor)));
        ExpectMsg("second of the key");
        ExpectMsg("periodic");
        ExpectMsg("periodic");
        timed.Tell("cancel");
        // Ticks of before may be on their way.
        FishForMessage<bool>(active => !active);
        AwaitAssert(() => ExpectNoMsg(TimeSpan.FromMilliseconds(100)));
    }

    private sealed class Idle : ReceiveActor
    {
        public Idle(IActorRef report)
        {
            SetReceiveTimeout(TimeSpan.FromMilliseconds(30));
            Receive<ReceiveTimeout>(_ => report.Tell("idle"));
            Receive<string>(_ => SetReceiveTimeout(null));
        }
    }

    private sealed class Timed : ReceiveActor, IWithTimers
    {
        public Timed(IActorRef report)
        {
            Receive<string>(s => s == "cancel", _ =>
            {
                Timers.Cancel("periodic");
                Sender.Tell(Timers.IsTimerActive("periodic"));
            });
            Receive<string>(report.Tell);
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart()
        {
            Timers.StartSingleTimer("key", "first of the key", TimeSpan.FromMilliseconds(20));
            Timers.StartSingleTimer("key", "second of the key", TimeSpan.FromMilliseconds(20));
            Timers.StartPeriodicTimer("periodic", "periodic", TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(50));
        }
    }
}
