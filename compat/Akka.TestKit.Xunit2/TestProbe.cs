using Akka.Actor;
using Akka.Internals;

namespace Akka.TestKit;

/// <summary>Another test actor with expectations of its own, which can be handed on as an actor.</summary>
public class TestProbe : TestKitBase, INoImplicitSender, IActorRef, IActorRefWrapper
{
    public TestProbe(ActorSystem system, ITestKitAssertions assertions, string testProbeName = null) : base(assertions, system, testProbeName) { }

    public IActorRef Ref => TestActor;

    /// <summary>Of the message received last.</summary>
    public IActorRef Sender => LastSender;

    public ActorPath Path => TestActor.Path;
    IActorRef IActorRefWrapper.Wrapped => TestActor;

    public void Send(IActorRef actor, object message) => actor.Tell(message, TestActor);
    public void Forward(IActorRef actor) => Forward(actor, LastMessage);
    public void Forward(IActorRef actor, object message) => actor.Tell(message, Sender);
    public void Reply(object message) => Sender.Tell(message, TestActor);

    void ICanTell.Tell(object message, IActorRef sender) => TestActor.Tell(message, sender);
    public bool Equals(IActorRef other) => TestActor.Equals(other);
    public override bool Equals(object obj) => obj is IActorRef other && Equals(other);
    public override int GetHashCode() => TestActor.GetHashCode();
    public int CompareTo(IActorRef other) => TestActor.CompareTo(other);
    public int CompareTo(object obj) => TestActor.CompareTo(obj);
    public override string ToString() => TestActor.ToString();
}
