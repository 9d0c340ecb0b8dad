using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
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

    [Fact]
    public void A_path_tells_system_parents_and_name()
    {
        var echo = Sys.ActorOf(Props.Create(() => new Echo()), "echo");
        Assert.Equal("echo", echo.Path.Name);
        Assert.Equal($"akka://{Sys.Name}/user/echo", echo.Path.ToString());
        Assert.Equal("user", echo.Path.Parent.Name);
    }

    [Fact]
    public void A_forwarded_message_keeps_its_sender()
    {
        var echo = Sys.ActorOf(Props.Create(() => new Echo()));
        var forwarder = Sys.ActorOf(Props.Create(() => new Forwarder(echo)));
        forwarder.Tell("through");
        ExpectMsg("through");
        Assert.Equal(echo, LastSender);
    }

    [Fact]
    public void The_first_handler_that_fits_takes_the_message()
    {
        var picky = Sys.ActorOf(Props.Create(() => new Picky()));
        picky.Tell(5);
        ExpectMsg("small 5");
        picky.Tell(50);
        ExpectMsg("large 50");
        picky.Tell("no");
        ExpectMsg("any no");
        picky.Tell("yes");
        ExpectMsg("yes taken");
    }

    [Fact]
    public void Become_replaces_the_behaviour_and_stacked_ones_can_be_taken_off()
    {
        var switching = Sys.ActorOf(Props.Create(() => new Switching()));
        switching.Tell("who");
        ExpectMsg("first");
        switching.Tell("stack");
        switching.Tell("who");
        ExpectMsg("stacked");
        switching.Tell("unstack");
        switching.Tell("who");
        ExpectMsg("first");
        switching.Tell("become");
        switching.Tell("who");
        ExpectMsg("second");
    }

    [Fact]
    public void An_untyped_actor_may_become_a_method()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Toggle()));
        actor.Tell("on");
        ExpectMsg("was off");
        actor.Tell("on");
        ExpectMsg("was on");
    }

    [Fact]
    public void A_message_that_no_handler_takes_is_published_as_unhandled()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        var picky = Sys.ActorOf(Props.Create(() => new OnlyStrings()));
        picky.Tell(3);
        var unhandled = ExpectMsg<UnhandledMessage>();
        Assert.Equal(3, unhandled.Message);
        Assert.Equal(picky, unhandled.Recipient);
        Assert.Equal(TestActor, unhandled.Sender);
    }

    [Fact]
    public void Handlers_after_one_for_everything_are_refused()
    {
        var actor = Sys.ActorOf(Props.Create(() => new TooManyHandlers(TestActor)));
        ExpectMsg<InvalidOperationException>();
        Assert.NotNull(actor);
    }

    [Fact]
    public void Handlers_outside_constructor_and_become_are_refused()
    {
        Sys.ActorOf(Props.Create(() => new LateHandlers(TestActor)));
        ExpectMsg<InvalidOperationException>();
    }

    [Fact]
    public void Arguments_of_the_factory_are_computed_once()
    {
        var calls = 0;
        Func<int> next = () => ++calls;
        var props = Props.Create(() => new Numbered(next()));
        Sys.ActorOf(props).Tell("number");
        ExpectMsg(1);
        Sys.ActorOf(props).Tell("number");
        ExpectMsg(1);
    }

    [Fact]
    public void A_factory_that_is_no_constructor_call_is_refused() =>
        Assert.ThrowsAny<Exception>(() => Props.Create(() => Make()));

    [Fact]
    public void An_actor_cannot_be_made_with_new()
    {
        // On a thread of its own: the test's thread acts as the test actor.
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(() => new Echo()));
        thread.Start();
        thread.Join();
        Assert.IsType<ActorInitializationException>(thrown);
    }

    [Fact]
    public void A_dispatcher_that_is_not_configured_is_refused()
    {
        Assert.Throws<ConfigurationException>(() => Sys.ActorOf(Props.Create(() => new Echo()).WithDispatcher("no-such-dispatcher")));
        Sys.ActorOf(Props.Create(() => new Echo()).WithDispatcher("akka.actor.default-dispatcher")).Tell(1);
        ExpectMsg(1);
    }

    [Fact]
    public void Null_is_no_message() => Assert.Throws<ArgumentNullException>(() => TestActor.Tell(null!));

    [Fact]
    public void Nobody_takes_everything_and_no_sender_is_null()
    {
        ActorRefs.Nobody.Tell("into the void", TestActor);
        Assert.Null(ActorRefs.NoSender);
    }

    [Fact]
    public void An_unhandled_message_has_the_dead_letters_as_sender_where_nobody_sent_it()
    {
        var reporter = Sys.ActorOf(Props.Create(() => new SenderReporter(TestActor)));
        reporter.Tell("x", ActorRefs.NoSender);
        Assert.Equal(Sys.DeadLetters, ExpectMsg<IActorRef>());
    }

    private static Echo Make() => new();

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(message => Sender.Tell(message));
    }

    private sealed class Forwarder : ReceiveActor
    {
        public Forwarder(IActorRef target) => ReceiveAny(target.Forward);
    }

    private sealed class SenderReporter : ReceiveActor
    {
        public SenderReporter(IActorRef target) => ReceiveAny(_ => target.Tell(Sender));
    }

    private sealed class Picky : ReceiveActor
    {
        public Picky()
        {
            Receive<int>(n => n < 10, n => Sender.Tell($"small {n}"));
            Receive<int>(n => Sender.Tell($"large {n}"));
            Receive<string>(s =>
            {
                if (s != "yes") return false;
                Sender.Tell("yes taken");
                return true;
            });
            ReceiveAny(m => Sender.Tell($"any {m}"));
        }
    }

    private sealed class Switching : ReceiveActor
    {
        public Switching()
        {
            Receive<string>(s => s == "who", _ => Sender.Tell("first"));
            Receive<string>(s => s == "stack", _ => BecomeStacked(Stacked));
            Receive<string>(s => s == "become", _ => Become(() => ReceiveAny(_ => Sender.Tell("second"))));
        }

        private void Stacked()
        {
            Receive<string>(s => s == "who", _ => Sender.Tell("stacked"));
            Receive<string>(s => s == "unstack", _ => UnbecomeStacked());
        }
    }

    private sealed class Toggle : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            Sender.Tell("was off");
            Become(On);
        }

        private void On(object message) => Sender.Tell("was on");
    }

    private sealed class OnlyStrings : ReceiveActor
    {
        public OnlyStrings() => Receive<string>(_ => { });
    }

    private sealed class TooManyHandlers : ReceiveActor
    {
        public TooManyHandlers(IActorRef report)
        {
            ReceiveAny(_ => { });
            report.Tell(Record.Exception(() => Receive<int>(_ => { })));
        }
    }

    private sealed class LateHandlers(IActorRef report) : ReceiveActor
    {
        protected override void PreStart() => report.Tell(Record.Exception(() => Receive<int>(_ => { })));
    }

    private sealed class Numbered : ReceiveActor
    {
        public Numbered(int number) => ReceiveAny(_ => Sender.Tell(number));
    }
}
