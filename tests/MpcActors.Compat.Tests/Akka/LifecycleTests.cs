using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Xunit2;

namespace MpcActors.Compat.Tests;

public sealed class LifecycleTests : TestKit
{
    public LifecycleTests() : base("akka.loglevel = OFF") { }

    [Theory]
    [InlineData("")]
    [InlineData("$begins-with-dollar")]
    [InlineData("has space")]
    [InlineData("a/b")]
    [InlineData("ümlaut")]
    [InlineData("bad%2")]
    public void An_illegal_name_is_refused(string name) =>
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(Props.Create(() => new Node(TestActor)), name));

    [Fact]
    public void A_name_in_use_is_refused_and_free_again_after_the_actor_has_stopped()
    {
        var first = Sys.ActorOf(Props.Create(() => new Node(TestActor)), "one");
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(Props.Create(() => new Node(TestActor)), "one"));
        ExpectMsg("start one");
        Watch(first);
        Sys.Stop(first);
        ExpectMsg("stop one");
        ExpectTerminated(first);
        IActorRef? second = null;
        AwaitAssert(() => second = Sys.ActorOf(Props.Create(() => new Node(TestActor)), "one"));
        Assert.NotEqual(first, second);
        Assert.Equal(first.Path, second!.Path);
    }

    [Fact]
    public void Actors_without_a_name_get_different_ones()
    {
        var first = Sys.ActorOf(Props.Create(() => new Node(TestActor)));
        var second = Sys.ActorOf(Props.Create(() => new Node(TestActor)));
        Assert.NotEqual(first.Path, second.Path);
        Assert.StartsWith("$", first.Path.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void Children_stop_before_their_parent()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Node(TestActor)), "parent");
        ExpectMsg("start parent");
        parent.Tell(new Spawn("child"));
        ExpectMsg("start child");
        Sys.Stop(parent);
        ExpectMsg("stop child");
        ExpectMsg("stop parent");
    }

    [Fact]
    public void A_stopped_actor_handles_nothing_more_and_the_rest_becomes_dead_letters()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var actor = Sys.ActorOf(Props.Create(() => new Node(TestActor)), "a");
        ExpectMsg("start a");
        actor.Tell("stop yourself");
        actor.Tell("late");
        // The order of the two is not promised.
        var both = ReceiveN(2);
        Assert.Contains("stop a", both);
        var letter = Assert.Single(both.OfType<DeadLetter>());
        Assert.Equal("late", letter.Message);
        Assert.Equal(TestActor, letter.Sender);
        Assert.Equal(actor, letter.Recipient);
    }

    [Fact]
    public void A_poison_pill_is_handled_in_its_turn()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Node(TestActor)), "a");
        ExpectMsg("start a");
        actor.Tell("echo");
        actor.Tell(PoisonPill.Instance);
        ExpectMsg("echo");
        ExpectMsg("stop a");
    }

    [Fact]
    public void Kill_ends_an_actor_by_an_exception_which_by_default_stops_it()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Node(TestActor)), "a");
        ExpectMsg("start a");
        Watch(actor);
        actor.Tell(Kill.Instance);
        ExpectMsg("stop a");
        ExpectTerminated(actor);
    }

    [Fact]
    public void Who_watches_hears_once_that_an_actor_has_stopped()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Node(TestActor)), "a");
        ExpectMsg("start a");
        Watch(actor);
        Watch(actor);
        Sys.Stop(actor);
        ExpectMsg("stop a");
        var terminated = ExpectMsg<Terminated>();
        Assert.Equal(actor, terminated.ActorRef);
        Assert.True(terminated.ExistenceConfirmed);
        ExpectNoMsg(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void Watching_a_dead_actor_says_so_too()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Node(TestActor)), "a");
        ExpectMsg("start a");
        Watch(actor);
        Sys.Stop(actor);
        ExpectMsg("stop a");
        ExpectTerminated(actor);
        var probe = CreateTestProbe();
        probe.Watch(actor);
        probe.ExpectTerminated(actor);
    }

    [Fact]
    public void Who_no_longer_watches_hears_nothing()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Node(TestActor)), "a");
        ExpectMsg("start a");
        Watch(actor);
        Unwatch(actor);
        Sys.Stop(actor);
        ExpectMsg("stop a");
        ExpectNoMsg(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void A_message_of_ones_own_can_replace_the_news()
    {
        var subject = Sys.ActorOf(Props.Create(() => new Node(TestActor)), "a");
        ExpectMsg("start a");
        var watcher = Sys.ActorOf(Props.Create(() => new Watcher(subject, TestActor)));
        watcher.Tell("ready?");
        ExpectMsg("ready?");
        Sys.Stop(subject);
        Assert.Equal(["a is gone", "stop a"], ReceiveN(2).Cast<string>().Order());
    }

    [Fact]
    public void An_actor_that_ignores_the_news_dies_of_it()
    {
        var subject = Sys.ActorOf(Props.Create(() => new Node(TestActor)), "a");
        ExpectMsg("start a");
        var pact = Sys.ActorOf(Props.Create(() => new Bound(subject)));
        pact.Tell("ready?");
        ExpectMsg("ready?");
        Watch(pact);
        Sys.Stop(subject);
        ExpectMsg("stop a");
        ExpectTerminated(pact);
    }

    [Fact]
    public void The_context_knows_parent_children_and_system()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Node(TestActor)), "parent");
        ExpectMsg("start parent");
        parent.Tell(new Spawn("x"));
        ExpectMsg("start x");
        parent.Tell(new Spawn("y"));
        ExpectMsg("start y");
        parent.Tell("children");
        Assert.Equal(["x", "y"], ExpectMsg<string>().Split(' ').Order());
        parent.Tell("missing child");
        ExpectMsg("nobody");
        parent.Tell("parent");
        ExpectMsg("user");
    }

    [Fact]
    public void An_actor_can_stop_its_child()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Node(TestActor)), "parent");
        ExpectMsg("start parent");
        parent.Tell(new Spawn("x"));
        ExpectMsg("start x");
        parent.Tell(new StopChild("x"));
        ExpectMsg("stop x");
    }

    [Fact]
    public async Task Terminating_the_system_stops_every_actor_and_completes_the_task()
    {
        var system = ActorSystem.Create("another", "akka.loglevel = OFF");
        system.ActorOf(Props.Create(() => new Node(TestActor)), "a");
        ExpectMsg("start a");
        await system.Terminate();
        ExpectMsg("stop a");
        Assert.True(system.WhenTerminated.IsCompleted);
        Assert.ThrowsAny<Exception>(() => system.ActorOf(Props.Create(() => new Node(TestActor)), "b"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("-leading")]
    public void A_system_name_must_be_a_word(string name) => Assert.ThrowsAny<ArgumentException>(() => ActorSystem.Create(name));

    private sealed record Spawn(string Name);

    private sealed record StopChild(string Name);

    private sealed class Node : ReceiveActor
    {
        private readonly IActorRef report;

        public Node(IActorRef report)
        {
            this.report = report;
            Receive<Spawn>(spawn => Context.ActorOf(Props.Create(() => new Node(report)), spawn.Name));
            Receive<StopChild>(stop => Context.Stop(Context.Child(stop.Name)));
            Receive<string>(text =>
            {
                switch (text)
                {
                    case "stop yourself": Context.Stop(Self); break;
                    case "children": Sender.Tell(string.Join(' ', Context.GetChildren().Select(c => c.Path.Name))); break;
                    case "missing child": Sender.Tell(Equals(Context.Child("none"), ActorRefs.Nobody) ? "nobody" : "somebody"); break;
                    case "parent": Sender.Tell(Context.Parent.Path.Name); break;
                    default: Sender.Tell(text); break;
                }
            });
        }

        protected override void PreStart() => report.Tell($"start {Self.Path.Name}");
        protected override void PostStop() => report.Tell($"stop {Self.Path.Name}");
    }

    private sealed class Watcher : ReceiveActor
    {
        public Watcher(IActorRef subject, IActorRef report)
        {
            Context.WatchWith(subject, "a is gone");
            Receive<string>(report.Tell);
        }
    }

    private sealed class Bound : ReceiveActor
    {
        public Bound(IActorRef subject)
        {
            Context.Watch(subject);
            Receive<string>(s => Sender.Tell(s));
        }
    }
}
