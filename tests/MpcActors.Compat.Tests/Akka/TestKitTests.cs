using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

namespace MpcActors.Compat.Tests;

public sealed class TestKitTests : TestKit
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    public TestKitTests() : base("akka.loglevel = ERROR\nakka.loggers = [\"Akka.Event.DefaultLogger, Akka\"]") { }

    [Fact]
    public void An_expectation_that_is_not_met_fails()
    {
        Assert.ThrowsAny<Exception>(() => ExpectMsg<string>(Short));
        TestActor.Tell(1);
        Assert.ThrowsAny<Exception>(() => ExpectMsg<string>());
        TestActor.Tell(1);
        Assert.ThrowsAny<Exception>(() => ExpectMsg(2));
        TestActor.Tell(1);
        Assert.ThrowsAny<Exception>(() => ExpectMsg<int>(n => n > 1));
        TestActor.Tell(1);
        Assert.ThrowsAny<Exception>(() => ExpectNoMsg(Short));
    }

    [Fact]
    public void A_probe_has_a_queue_of_its_own_and_can_answer()
    {
        var probe = CreateTestProbe("probe");
        probe.Send(TestActor, "question");
        ExpectMsg("question");
        LastSender.Tell("answer");
        probe.ExpectMsg("answer");
        probe.Reply("thanks");
        ExpectMsg("thanks");
        Assert.Equal(probe.Ref, LastSender);
        TestActor.Tell("x");
        probe.ExpectNoMsg(Short);
    }

    [Fact]
    public void A_probe_passes_as_an_actor()
    {
        var probe = CreateTestProbe();
        IActorRef reference = probe;
        reference.Tell("hello");
        probe.ExpectMsg("hello");
        probe.Forward(TestActor);
        ExpectMsg("hello");
        Watch(probe);
        Sys.Stop(probe);
        ExpectTerminated(probe);
    }

    [Fact]
    public void Ignored_messages_are_not_seen()
    {
        IgnoreMessages<int>(n => n < 5);
        TestActor.Tell(1);
        TestActor.Tell(7);
        ExpectMsg(7);
        IgnoreNoMessages();
        TestActor.Tell(1);
        ExpectMsg(1);
    }

    [Fact]
    public void Fishing_passes_over_what_does_not_fit()
    {
        TestActor.Tell("a");
        TestActor.Tell(2);
        TestActor.Tell("b");
        Assert.Equal("b", FishForMessage(m => m is "b"));
    }

    [Fact]
    public void Nothing_received_is_null()
    {
        Assert.Null(ReceiveOne(Short));
        TestActor.Tell("x");
        Assert.Equal("x", ReceiveOne(TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void All_of_several_messages_may_come_in_any_order()
    {
        TestActor.Tell("b");
        TestActor.Tell("a");
        ExpectMsgAllOf("a", "b");
    }

    [Fact]
    public void A_block_within_a_time_is_held_to_it()
    {
        Within(TimeSpan.FromSeconds(10), () =>
        {
            TestActor.Tell(1);
            ExpectMsg(1);
        });
        Assert.ThrowsAny<Exception>(() => Within(Short, () => ExpectMsg<string>()));
        Assert.ThrowsAny<Exception>(() => Within(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), () => { }));
    }

    [Fact]
    public void Awaiting_tries_again_until_it_holds()
    {
        var tries = 0;
        AwaitCondition(() => ++tries > 2);
        tries = 0;
        AwaitAssert(() => Assert.True(++tries > 2));
        Assert.ThrowsAny<Exception>(() => AwaitCondition(() => false, Short));
        Assert.ThrowsAny<Exception>(() => AwaitAssert(() => Assert.Fail("never"), Short));
    }

    [Fact]
    public async Task The_test_actor_stays_the_sender_after_an_await()
    {
        await Task.Delay(1);
        var echo = Sys.ActorOf(Props.Create(() => new Echo()));
        echo.Tell("x");
        ExpectMsg("x");
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(m => Sender.Tell(m));
    }
}
