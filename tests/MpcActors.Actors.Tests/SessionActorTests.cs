using Akka.Actor;
using Akka.TestKit.Xunit2;
using MpcActors.Protocols;

namespace MpcActors.Actors.Tests;

public sealed class SessionActorTests() : TestKit(Serializing.Config)
{
    readonly TaskCompletionSource _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_session_ends_when_its_network_says_that_all_have_finished()
    {
        var session = Host(Props.Create(() => new Announcing(SessionDone.Instance)));

        ExpectTerminated(session);
        await _outcome.Task;
    }

    [Fact]
    public async Task A_session_that_breaks_fails_with_the_cause()
    {
        var session = Host(Props.Create(() => new Announcing(new SessionBroken("party-0 awaits frames"))));

        ExpectTerminated(session);
        var failure = await Assert.ThrowsAsync<SessionFailedException>(() => _outcome.Task);
        Assert.Equal("party-0 awaits frames", failure.Message);
    }

    [Fact]
    public async Task A_network_that_fails_is_named()
    {
        var session = Host(Props.Create(() => new Failing()));

        ExpectTerminated(session);
        var failure = await Assert.ThrowsAsync<SessionFailedException>(() => _outcome.Task);
        Assert.Equal("network failed: out of order", failure.Message);
    }

    [Fact]
    public async Task A_session_stopped_from_outside_is_cancelled()
    {
        var session = Host(Props.Create(() => new Relay(TestActor)));

        Sys.Stop(session);

        ExpectTerminated(session);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _outcome.Task);
    }

    IActorRef Host(Props network)
    {
        var roles = new Dictionary<Role, Func<IActorRef, Props>>();
        return Watch(Sys.ActorOf(Props.Create(() => new SessionActor(_outcome, network, roles)), "session"));
    }

    sealed class Announcing : ReceiveActor
    {
        public Announcing(object message) => Context.Parent.Tell(message);
    }

    sealed class Failing : ReceiveActor
    {
        public Failing()
        {
            Receive<Start>(_ => throw new InvalidOperationException("out of order"));
            Self.Tell(Start.Instance);
        }
    }
}
