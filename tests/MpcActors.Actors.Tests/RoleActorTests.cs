using Akka.Actor;
using Akka.TestKit.Xunit2;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Actors.Tests;

public sealed class RoleActorTests() : TestKit(Serializing.Config)
{
    static readonly Seed Key = Seed.FromNumber(9);
    readonly TaskCompletionSource _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly FrameSeal _seal = new(Key);

    [Fact]
    public void A_role_announces_itself_and_does_nothing_before_its_start()
    {
        Host(Sum);

        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_turn_sends_its_frames_and_then_says_that_it_is_done()
    {
        var (_, role) = Host(Sum);

        role.Tell(Start.Instance);

        var sent = _seal.Open(ExpectMsg<SealedFrame>());
        Assert.Equal((Role.PartyOne, Role.PartyZero, 0u, Phase.Online), (sent.From, sent.To, sent.Sequence, sent.Phase));
        Assert.Equal([5UL], Words.FromBytes(sent.Payload));
        Assert.False(ExpectMsg<TurnDone>().IsFinished);

        role.Tell(From(Role.PartyZero, 0, 2));
        Assert.False(ExpectMsg<TurnDone>().IsFinished);

        role.Tell(From(Role.PartyZero, 1, 3));
        Assert.Equal([10UL], Words.FromBytes(_seal.Open(ExpectMsg<SealedFrame>()).Payload));
        Assert.True(ExpectMsg<TurnDone>().IsFinished);
    }

    [Fact]
    public void A_frame_that_comes_before_it_is_awaited_is_kept()
    {
        var (_, role) = Host(async port =>
        {
            var dealt = (await port.ReceiveWords(Role.Dealer, 1))[0];
            port.Send(Role.PartyZero, [dealt - (await port.ReceiveWords(Role.PartyZero, 1))[0]]);
        });
        role.Tell(Start.Instance);
        role.Tell(From(Role.PartyZero, 0, 2));
        role.Tell(From(Role.Dealer, 0, 9));

        Assert.False(ExpectMsg<TurnDone>().IsFinished);
        Assert.False(ExpectMsg<TurnDone>().IsFinished);
        Assert.Equal([7UL], Words.FromBytes(_seal.Open(ExpectMsg<SealedFrame>()).Payload));
        Assert.True(ExpectMsg<TurnDone>().IsFinished);
    }

    [Fact]
    public void What_the_dealer_computes_is_never_online_time()
    {
        var (_, role) = Host(_ => Compute(), Role.Dealer);
        role.Tell(Start.Instance);

        var done = ExpectMsg<TurnDone>();
        Assert.Equal(TimeSpan.Zero, done.Busy);
        Assert.True(done.OfflineBusy > TimeSpan.Zero);

        static ValueTask Compute()
        {
            var words = new ulong[100_000];
            new Prg(Key).Fill(words, 0);
            return ValueTask.CompletedTask;
        }
    }

    public static TheoryData<string, string> BadFrames => new()
    {
        { "early", "frame 1 party-0 → party-1 (8 bytes) came where frame 0 of that link was due" },
        { "duplicate", "frame 0 party-0 → party-1 (8 bytes) came where frame 1 of that link was due" },
        { "altered", "frame 0 party-0 → party-1 (8 bytes) was altered" },
        { "truncated", "frame 0 party-0 → party-1 (7 bytes) was altered" },
        { "wrong size", "frame 0 party-0 → party-1 (16 bytes) should have 8 bytes" },
        { "renumbered", "frame 0 party-0 → party-1 (8 bytes) was altered" },
        { "of another sender", "frame 0 party-0 → party-1 (8 bytes) was altered" },
        { "misdelivered", "frame 0 party-1 → party-0 (8 bytes) was delivered to party-1" },
        { "forged", "frame 0 party-0 → party-1 (8 bytes) was altered" },
    };

    [Theory]
    [MemberData(nameof(BadFrames))]
    public async Task A_bad_frame_stops_the_role_for_good_and_the_session_says_why(string kind, string cause)
    {
        var (session, role) = Host(Sum);
        var (sessionWatch, roleWatch) = (CreateTestProbe(), CreateTestProbe());
        sessionWatch.Watch(session);
        roleWatch.Watch(role);
        role.Tell(Start.Instance);
        ExpectMsg<SealedFrame>();
        ExpectMsg<TurnDone>();

        var good = From(Role.PartyZero, 0, 2);
        using var forger = new FrameSeal(Seed.FromNumber(10));
        if (kind == "duplicate")
        {
            role.Tell(good);
            ExpectMsg<TurnDone>();
        }

        role.Tell(kind switch
        {
            "early" => From(Role.PartyZero, 1, 2),
            "duplicate" => good,
            "altered" => good with { Frame = good.Frame with { Payload = Words.AsBytes([3]) } },
            "truncated" => good with { Frame = good.Frame with { Payload = good.Frame.Payload[..^1] } },
            "wrong size" => From(Role.PartyZero, 0, 2, 3),
            "renumbered" => From(Role.PartyZero, 1, 2) with { Frame = good.Frame },
            "of another sender" => From(Role.Dealer, 0, 2) with { Frame = good.Frame },
            "misdelivered" => _seal.Seal(new(Role.PartyOne, Role.PartyZero, 0, Phase.Online, new byte[8])),
            _ => forger.Seal(good.Frame),
        });

        roleWatch.ExpectTerminated(role);
        sessionWatch.ExpectTerminated(session);
        var failure = await Assert.ThrowsAsync<SessionFailedException>(() => _outcome.Task);
        Assert.StartsWith("party-1 failed: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(cause, failure.Message, StringComparison.Ordinal);
        Assert.IsType<ProtocolViolationException>(failure.InnerException);

        // A restarted role would announce itself again.
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task A_program_that_throws_ends_the_session_with_its_exception_inside()
    {
        var (_, role) = Host(_ => throw new InvalidDataException("no such column"));
        role.Tell(Start.Instance);

        var failure = await Assert.ThrowsAsync<SessionFailedException>(() => _outcome.Task);
        Assert.Equal("party-1 failed: no such column", failure.Message);
        Assert.IsType<InvalidDataException>(failure.InnerException);
    }

    [Fact]
    public async Task A_program_that_is_cancelled_cancels_the_session()
    {
        var (_, role) = Host(_ => throw new OperationCanceledException());
        role.Tell(Start.Instance);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _outcome.Task);
    }

    protected override void Dispose(bool disposing)
    {
        _seal.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Sends its 5, takes two numbers, one frame each, and sends the sum of all three.</summary>
    static async ValueTask Sum(Port port)
    {
        port.Send(Role.PartyZero, [5]);
        var first = (await port.ReceiveWords(Role.PartyZero, 1))[0];
        var second = (await port.ReceiveWords(Role.PartyZero, 1))[0];
        port.Send(Role.PartyZero, [5 + first + second]);
    }

    SealedFrame From(Role sender, uint sequence, params ulong[] words) =>
        _seal.Seal(new(sender, Role.PartyOne, sequence, Phase.Online, Words.AsBytes(words)));

    /// <summary>A session of one role, whose network is this test; returns when the role has announced itself.</summary>
    (IActorRef Session, IActorRef Role) Host(RoleProgram program, Role role = Role.PartyOne)
    {
        var to = TestActor;
        var network = Props.Create(() => new Relay(to));
        var roles = new Dictionary<Role, Func<IActorRef, Props>> { [role] = actor => RoleActor.Props(role, program, actor, Key, Work.Measured) };
        var session = Sys.ActorOf(Props.Create(() => new SessionActor(_outcome, network, roles)), "session");
        Assert.Equal(role, ExpectMsg<Ready>().Role);
        return (session, LastSender);
    }
}
