using Akka.Actor;
using Akka.TestKit.Xunit2;

namespace MpcActors.Compat.Tests;

public sealed class SupervisionTests : TestKit
{
    public SupervisionTests() : base("akka.loglevel = OFF") { }

    [Fact]
    public void By_default_an_actor_that_throws_is_restarted_and_goes_on_with_the_next_message()
    {
        var child = Child(SupervisorStrategy.DefaultStrategy);
        child.Tell("count");
        ExpectMsg("1");
        child.Tell("throw");
        child.Tell("count");
        ExpectMsg("prerestart oops of throw");
        ExpectMsg("poststop");
        ExpectMsg("postrestart oops");
        ExpectMsg("prestart");
        ExpectMsg("1");
    }

    [Fact]
    public void Resume_keeps_the_instance_and_its_state()
    {
        var child = Child(new OneForOneStrategy(_ => Directive.Resume));
        child.Tell("count");
        ExpectMsg("1");
        child.Tell("throw");
        child.Tell("count");
        ExpectMsg("2");
    }

    [Fact]
    public void Stop_stops_it()
    {
        var child = Child(SupervisorStrategy.StoppingStrategy);
        Watch(child);
        child.Tell("throw");
        ExpectMsg("poststop");
        ExpectTerminated(child);
    }

    [Fact]
    public void Escalate_makes_the_parent_fail()
    {
        var parent = Parent(new OneForOneStrategy(_ => Directive.Escalate));
        var child = Spawn(parent);
        Watch(child);
        child.Tell("throw");
        // The parent is restarted by the guardian and stops its children as it goes.
        ExpectMsg("poststop");
        ExpectTerminated(child);
        parent.Tell("ping");
        ExpectMsg("pong");
    }

    [Fact]
    public void The_decider_sees_the_exception()
    {
        var child = Child(new OneForOneStrategy(e => e is InvalidOperationException { Message: "oops" } ? Directive.Resume : Directive.Stop));
        child.Tell("throw");
        child.Tell("count");
        ExpectMsg("1");
    }

    [Fact]
    public void After_so_many_restarts_the_actor_is_stopped()
    {
        var child = Child(new OneForOneStrategy(2, TimeSpan.FromMinutes(1), _ => Directive.Restart));
        Watch(child);
        for (var restart = 0; restart < 2; restart++)
        {
            child.Tell("throw");
            ExpectMsg("prerestart oops of throw");
            ExpectMsg("poststop");
            ExpectMsg("postrestart oops");
            ExpectMsg("prestart");
        }
        child.Tell("throw");
        ExpectMsg("poststop");
        ExpectTerminated(child);
    }

    [Fact]
    public void All_for_one_stops_the_siblings_too()
    {
        var parent = Parent(new AllForOneStrategy(_ => Directive.Stop));
        var first = Spawn(parent);
        var second = Spawn(parent);
        IgnoreMessages<string>();
        Watch(first);
        Watch(second);
        first.Tell("throw");
        var gone = ReceiveN(2).Cast<Terminated>().Select(t => t.ActorRef).ToList();
        Assert.Contains(first, gone);
        Assert.Contains(second, gone);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_exception_in_constructor_or_PreStart_goes_to_the_supervisor(bool inConstructor)
    {
        var parent = Sys.ActorOf(Props.Create(() => new DecidingParent(TestActor, inConstructor)));
        var cause = ExpectMsg<ActorInitializationException>();
        Exception inner = cause;
        while (inner.InnerException is not null) inner = inner.InnerException;
        Assert.Equal("cannot begin", inner.Message);
        Assert.Equal(parent.Path, ExpectMsg<IActorRef>().Path.Parent);
    }

    [Fact]
    public async Task The_guardians_strategy_comes_from_the_configuration()
    {
        var system = ActorSystem.Create("stopping", """
            akka.loglevel = OFF
            akka.actor.guardian-supervisor-strategy = "Akka.Actor.StoppingSupervisorStrategy"
            """);
        var actor = system.ActorOf(Props.Create(() => new Child(TestActor)));
        ExpectMsg("prestart");
        actor.Tell("throw", TestActor);
        ExpectMsg("poststop");
        await system.Terminate();
    }

    [Fact]
    public void A_restart_stops_the_children_first()
    {
        var top = Sys.ActorOf(Props.Create(() => new Parent(SupervisorStrategy.DefaultStrategy, TestActor)));
        var child = Spawn(top);
        Watch(child);
        top.Tell("throw");
        top.Tell("ping");
        ExpectMsg("poststop");
        // The order of the two is not promised.
        var both = ReceiveN(2);
        Assert.Contains(both, m => m is Terminated);
        Assert.Contains("pong", both);
    }

    private IActorRef Parent(SupervisorStrategy strategy) => Sys.ActorOf(Props.Create(() => new Parent(strategy, TestActor)));

    private IActorRef Child(SupervisorStrategy strategy) => Spawn(Parent(strategy));

    private IActorRef Spawn(IActorRef parent)
    {
        parent.Tell("child");
        // Parent and child report each for itself.
        var reports = ReceiveN(2);
        Assert.Contains("prestart", reports);
        return reports.OfType<IActorRef>().Single();
    }
}

internal sealed class Parent : ReceiveActor
{
    private readonly SupervisorStrategy strategy;

    public Parent(SupervisorStrategy strategy, IActorRef report)
    {
        this.strategy = strategy;
        Receive<string>(s => s == "child", _ =>
        {
            Sender.Tell(Context.ActorOf(Props.Create(() => new Child(report))));
        });
        Receive<string>(s => s == "throw", _ => throw new InvalidOperationException("oops"));
        Receive<string>(_ => Sender.Tell("pong"));
    }

    protected override SupervisorStrategy SupervisorStrategy() => strategy;
}

internal sealed class Child : ReceiveActor
{
    private readonly IActorRef report;
    private int count;

    public Child(IActorRef report)
    {
        this.report = report;
        Receive<string>(s => s == "throw", _ => throw new InvalidOperationException("oops"));
        Receive<string>(s => s == "count", _ => report.Tell($"{++count}"));
    }

    protected override void PreStart() => report.Tell("prestart");
    protected override void PostStop() => report.Tell("poststop");

    protected override void PreRestart(Exception reason, object message)
    {
        report.Tell($"prerestart {reason.Message} of {message}");
        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason)
    {
        report.Tell($"postrestart {reason.Message}");
        base.PostRestart(reason);
    }
}

internal sealed class DecidingParent : ReceiveActor
{
    private readonly IActorRef report;

    public DecidingParent(IActorRef report, bool inConstructor)
    {
        this.report = report;
        Context.Watch(Context.ActorOf(Props.Create(() => new Failing(inConstructor)), "failing"));
        Receive<Terminated>(t => report.Tell(t.ActorRef));
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
    {
        report.Tell(cause);
        return Directive.Stop;
    });
}

internal sealed class Failing : ReceiveActor
{
    private readonly bool inConstructor;

    public Failing(bool inConstructor)
    {
        this.inConstructor = inConstructor;
        if (inConstructor) throw new InvalidOperationException("cannot begin");
    }

    protected override void PreStart()
    {
        if (!inConstructor) throw new InvalidOperationException("cannot begin");
    }
}
