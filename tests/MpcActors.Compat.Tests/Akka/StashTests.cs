using Akka.Actor;
using Akka.TestKit.Xunit2;

namespace MpcActors.Compat.Tests;

public sealed class StashTests : TestKit
{
    public StashTests() : base("akka.loglevel = OFF") { }

    [Fact]
    public void Stashed_messages_come_back_in_their_order_and_before_all_others()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashing()));
        foreach (var message in new object[] { 1, 2, 3, "open", 4, 5 }) actor.Tell(message);
        for (var i = 1; i <= 5; i++) ExpectMsg(i);
        Assert.Equal(actor, LastSender);
    }

    [Fact]
    public void A_message_cannot_be_stashed_twice()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashing()));
        actor.Tell("twice");
        ExpectMsg<IllegalActorStateException>();
    }

    [Fact]
    public void A_restart_puts_the_stash_back_into_the_mailbox()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashing()));
        actor.Tell(1);
        actor.Tell(2);
        actor.Tell("throw");
        actor.Tell("open");
        ExpectMsg(1);
        ExpectMsg(2);
    }

    private sealed class Stashing : ReceiveActor, IWithUnboundedStash
    {
        public Stashing()
        {
            Receive<int>(_ => Stash.Stash());
            Receive<string>(s => s == "open", _ =>
            {
                Become(() => ReceiveAny(m => Sender.Tell(m)));
                Stash.UnstashAll();
            });
            Receive<string>(s => s == "throw", _ => throw new InvalidOperationException("oops"));
            Receive<string>(_ =>
            {
                Stash.Stash();
                Sender.Tell(Record.Exception(() => Stash.Stash()));
            });
        }

        public IStash Stash { get; set; } = null!;
    }
}
