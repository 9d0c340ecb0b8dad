using Akka.Configuration;
using MpcActors.Actors;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;

namespace MpcActors.Simulation.Tests;

public sealed class FailureTests
{
    static readonly Shape Shape = Shape.Vector(4);

    public static TheoryData<Seat, string> Strays
    {
        get
        {
            var strays = new TheoryData<Seat, string>();
            foreach (var seat in new[] { Seat.Zero, Seat.One, Seat.Dealer })
            foreach (var how in new[] { "uniform", "bits", "derived", "size", "kind" })
                strays.Add(seat, how);
            return strays;
        }
    }

    [Theory]
    [MemberData(nameof(Strays))]
    public async Task A_seat_that_draws_something_else_ends_the_session_before_a_result_leaves(Seat stray, string how)
    {
        var failure = await Assert.ThrowsAsync<SessionFailedException>(() => Runs.Run(async party =>
        {
            await party.Start();
            await party.BeginEpoch(0);
            var share = party.Public(party.Seat == Seat.Dealer ? RingTensor.Hollow(Shape) : RingTensor.Zeros(Shape), FixedPoint.FractionBits);
            var wire = await party.Mask(share);
            var isStray = party.Seat == stray;
            if (isStray && how == "uniform") party.Correlations.Uniform(Shape);
            if (isStray && how == "bits") party.Correlations.UniformBits(Shape);
            if (isStray && how == "derived") party.Correlations.Derived(Shape, () => RingTensor.Zeros(Shape));
            if (how == "size") party.Correlations.Uniform(isStray ? Shape.Vector(2) : Shape);
            if (how == "kind")
            {
                if (isStray) party.Correlations.UniformBits(Shape);
                else party.Correlations.Uniform(Shape);
            }

            await party.Mask(party.Multiply(wire, wire));
            await party.EndEpoch();
        }));

        Assert.IsType<ProtocolViolationException>(failure.InnerException);
        Assert.Matches("^(party-1|dealer) failed: ", failure.Message);
    }

    [Fact]
    public async Task A_failure_keeps_its_cause_and_names_the_role()
    {
        var failure = await Assert.ThrowsAsync<SessionFailedException>(() => Runs.Run(party =>
            party.Seat == Seat.Dealer ? throw new InvalidDataException("the key file is empty") : party.Start()));

        Assert.Equal("dealer failed: the key file is empty", failure.Message);
        Assert.IsType<InvalidDataException>(failure.InnerException);
    }

    [Fact]
    public async Task Roles_that_wait_for_each_other_are_named_and_do_not_hang()
    {
        var programs = new Dictionary<Role, RoleProgram>
        {
            [Role.PartyZero] = async port => await port.Receive(Role.PartyOne),
            [Role.PartyOne] = async port => await port.Receive(Role.PartyZero),
        };

        var failure = await Assert.ThrowsAsync<SessionFailedException>(() =>
            Actors.Simulation.RunAsync(new(LinkProfile.Lan, Work.Free, Seed.FromNumber(1)), programs).WaitAsync(TimeSpan.FromMinutes(3)));
        Assert.Equal("the session is stuck: party-0, party-1 await frames that nobody sends", failure.Message);
    }

    [Fact]
    public async Task A_frame_to_a_role_that_is_not_there_names_it()
    {
        var programs = new Dictionary<Role, RoleProgram>
        {
            [Role.PartyZero] = port =>
            {
                port.Send(Role.DataOwner, [1]);
                return ValueTask.CompletedTask;
            },
        };

        var failure = await Assert.ThrowsAsync<SessionFailedException>(() =>
            Actors.Simulation.RunAsync(new(LinkProfile.Lan, Work.Free, Seed.FromNumber(1)), programs).WaitAsync(TimeSpan.FromMinutes(3)));
        Assert.Contains("no actor 3 in this run; there are 0 (party-0)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_without_roles_is_refused() => await Assert.ThrowsAsync<ArgumentException>(() =>
        Actors.Simulation.RunAsync(new(LinkProfile.Lan, Work.Free, Seed.FromNumber(1)), new Dictionary<Role, RoleProgram>()));

    [Fact]
    public async Task Cancelling_ends_the_session_at_the_end_of_a_turn()
    {
        using var cancellation = new CancellationTokenSource();
        var rounds = 0;
        var run = Runs.Run(async party =>
        {
            await party.Start();
            await party.BeginEpoch(0);
            var share = party.Public(party.Seat == Seat.Dealer ? RingTensor.Hollow(Shape) : RingTensor.Zeros(Shape), 0);

            // Without the cancellation this runs for ever, and so would the test if the actors went on.
            while (true)
            {
                await party.Mask(share);
                if (party.Seat == Seat.One && ++rounds == 10) cancellation.Cancel();
            }
        }, cancellation.Token);

        var stopped = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(cancellation.Token, stopped.CancellationToken);
        var after = rounds;
        await Task.Delay(50);
        Assert.Equal(after, rounds);
    }

    [Fact]
    public async Task A_session_cancelled_before_it_begins_runs_nothing()
    {
        var begun = false;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Runs.Run(party =>
        {
            begun = true;
            return party.Start();
        }, new CancellationToken(canceled: true)));
        Assert.False(begun);
    }

    [Fact]
    public async Task A_session_that_fails_says_so_by_its_exception_and_not_on_the_console()
    {
        using var written = new StringWriter();
        var console = Console.Out;
        Console.SetOut(written);
        try
        {
            await Assert.ThrowsAsync<SessionFailedException>(() => Runs.Run(_ => throw new InvalidDataException("told once")));
        }
        finally
        {
            Console.SetOut(console);
        }

        Assert.DoesNotContain("told once", written.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_frame_of_100_MB_passes_serialization()
    {
        const int words = 100_000_000 / sizeof(ulong);
        ulong[]? received = null;
        var sent = new ulong[words];
        new Prg(Seed.FromNumber(3)).Fill(sent, 0);
        var programs = new Dictionary<Role, RoleProgram>
        {
            [Role.PartyZero] = port =>
            {
                port.Send(Role.PartyOne, sent);
                return ValueTask.CompletedTask;
            },
            [Role.PartyOne] = async port => received = await port.ReceiveWords(Role.PartyZero, words),
        };
        var settings = new SimulationSettings(LinkProfile.Lan, Work.Free, Seed.FromNumber(1)) { Overrides = Runs.Serializing };

        var run = await Actors.Simulation.RunAsync(settings, programs).WaitAsync(TimeSpan.FromMinutes(3));

        Assert.NotSame(sent, received);
        Assert.True(sent.AsSpan().SequenceEqual(received));
        Assert.Equal(LinkProfile.Lan.Latency + LinkProfile.Lan.TimeToSend(100_000_000 + 28), run.Elapsed);
    }
}
