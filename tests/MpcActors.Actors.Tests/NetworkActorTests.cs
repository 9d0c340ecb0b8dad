using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Actors.Tests;

public sealed class NetworkActorTests : TestKit
{
    static readonly Role[] Roles = [Role.PartyZero, Role.PartyOne];
    static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(50);
    readonly FrameSeal _seal = new(Seed.FromNumber(9));
    readonly TestProbe _zero;
    readonly TestProbe _one;

    public NetworkActorTests() : base(Serializing.Config) => (_zero, _one) = (CreateTestProbe(), CreateTestProbe());

    [Fact]
    public void Nobody_starts_before_all_are_ready()
    {
        var network = Host(LinkProfile.Lan);
        network.Tell(new Ready(Role.PartyOne), _one);

        _zero.ExpectNoMsg(Silence);
        network.Tell(new Ready(Role.PartyZero), _zero);
        _zero.ExpectMsg<Start>();
    }

    [Fact]
    public void One_turn_is_open_at_a_time()
    {
        var network = Begin(LinkProfile.Lan);

        _zero.ExpectMsg<Start>();
        network.Tell(Frame(Role.PartyZero, 0), _zero);
        network.Tell(Frame(Role.PartyZero, 1), _zero);
        _one.ExpectNoMsg(Silence);

        network.Tell(Done(Role.PartyZero), _zero);
        _one.ExpectMsg<Start>();
        _one.ExpectNoMsg(Silence);

        network.Tell(Done(Role.PartyOne), _one);
        Assert.Equal(0u, _one.ExpectMsg<SealedFrame>().Frame.Sequence);
        _one.ExpectNoMsg(Silence);

        network.Tell(Frame(Role.PartyOne, 0), _one);
        network.Tell(Done(Role.PartyOne), _one);
        Assert.Equal(1u, _one.ExpectMsg<SealedFrame>().Frame.Sequence);
        _zero.ExpectNoMsg(Silence);

        network.Tell(Done(Role.PartyOne, isFinished: true), _one);
        Assert.Equal(Role.PartyOne, _zero.ExpectMsg<SealedFrame>().Frame.From);
        ExpectNoMsg(Silence);

        network.Tell(Done(Role.PartyZero, isFinished: true), _zero);
        ExpectMsg<SessionDone>();
    }

    [Fact]
    public void A_session_in_which_all_wait_is_broken_and_says_who_waits()
    {
        var network = Begin(LinkProfile.Lan);
        network.Tell(Done(Role.PartyZero, isFinished: true), _zero);
        network.Tell(Done(Role.PartyOne), _one);

        Assert.Equal("the session is stuck: party-1 await frames that nobody sends", ExpectMsg<SessionBroken>().Cause);
    }

    [Fact]
    public void A_frame_that_its_link_will_never_carry_is_named()
    {
        var cut = new NetworkConditions(LinkProfile.Lan).Cut(new((int)Role.PartyZero, (int)Role.PartyOne), TimeSpan.Zero, NetworkConditions.Never);
        var network = Begin(cut);
        network.Tell(Frame(Role.PartyZero, 0), _zero);
        network.Tell(Done(Role.PartyZero), _zero);
        network.Tell(Done(Role.PartyOne), _one);

        var cause = ExpectMsg<SessionBroken>().Cause;
        Assert.Contains("party-0, party-1 await frames", cause, StringComparison.Ordinal);
        Assert.Contains("never arrived: frame 0 party-0 → party-1 (8 bytes)", cause, StringComparison.Ordinal);
    }

    [Fact]
    public void Frames_that_a_plan_loses_or_holds_are_named_each()
    {
        var network = Begin(LinkProfile.Lan, new FaultPlan(
            new FrameFault(FaultKind.Lose, Role.PartyZero, Role.PartyOne, 0),
            new FrameFault(FaultKind.Reorder, Role.PartyZero, Role.PartyOne, 1),
            new FrameFault(FaultKind.Reorder, Role.PartyOne, Role.PartyZero, 0)));
        network.Tell(Frame(Role.PartyZero, 0), _zero);
        network.Tell(Frame(Role.PartyZero, 1), _zero);
        network.Tell(Done(Role.PartyZero), _zero);
        network.Tell(Frame(Role.PartyOne, 0), _one);
        network.Tell(Done(Role.PartyOne), _one);

        var cause = ExpectMsg<SessionBroken>().Cause;
        Assert.Contains("frame 0 party-0 → party-1", cause, StringComparison.Ordinal);
        Assert.Contains("frame 1 party-0 → party-1", cause, StringComparison.Ordinal);
        Assert.Contains("frame 0 party-1 → party-0", cause, StringComparison.Ordinal);
    }

    protected override void Dispose(bool disposing)
    {
        _seal.Dispose();
        base.Dispose(disposing);
    }

    SealedFrame Frame(Role from, uint sequence) =>
        _seal.Seal(new(from, from == Role.PartyZero ? Role.PartyOne : Role.PartyZero, sequence, Phase.Online, new byte[8]));

    static TurnDone Done(Role role, bool isFinished = false) => new(role, TimeSpan.Zero, TimeSpan.Zero, isFinished);

    IActorRef Begin(NetworkConditions conditions, FaultPlan? faults = null)
    {
        var network = Host(conditions, faults);
        network.Tell(new Ready(Role.PartyZero), _zero);
        network.Tell(new Ready(Role.PartyOne), _one);
        return network;
    }

    IActorRef Host(NetworkConditions conditions, FaultPlan? faults = null)
    {
        var clock = new ConservativeClock<SealedFrame>(Roles.ToDictionary(role => (int)role, role => role.Name()), conditions);
        var started = new TaskCompletionSource<IActorRef>();
        var network = NetworkActor.Props(clock, faults ?? FaultPlan.None, new Transcript(), Roles);
        var to = TestActor;
        Sys.ActorOf(Props.Create(() => new RelayingParent(network, started, to)));
        return started.Task.WaitAsync(TimeSpan.FromSeconds(60)).GetAwaiter().GetResult();
    }
}
