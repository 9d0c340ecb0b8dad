using Akka.Actor;
using Akka.TestKit.Xunit2;

namespace MpcActors.Compat.Tests;

public sealed class ActorTests : TestKit
{
    public ActorTests() : base("akka.loglevel = OFF") { }

    [Fact]
    public void An_actor_answers_the_sender()
    {
        var echo = Sys.ActorOf(Props.Create(() => new Echo()), "echo");
        echo.Tell("hello");
        ExpectMsg("hello");
        Assert.Equal(echo, LastSender);
    }

    [Fact]
    public void Messages_of_one_sender_arrive_in_the_order_of_sending()
    {
        var echo = Sys.ActorOf(Props.Create(() => new Echo()));
        for (var i = 0; i < 1000; i++) echo.Tell(i);
        for (var i = 0; i < 1000; i++) ExpectMsg(i);
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(message => Sender.Tell(message));
    }
}
