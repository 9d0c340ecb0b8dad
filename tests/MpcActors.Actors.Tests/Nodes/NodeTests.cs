using MpcActors.Actors.Nodes;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Actors.Tests.Nodes;

public sealed class NodeTests
{
    [Fact]
    public async Task Nodes_compute_what_a_simulation_computes_and_send_the_same_bytes()
    {
        var loopback = new Loopback(Loopback.Three);
        var (simulated, real) = (new Dictionary<Seat, Share>(), new Dictionary<Seat, Share>());

        var run = await Simulation.RunAsync(new(LinkProfile.Lan, Work.Free, loopback.Session), Programs(simulated));
        var outcomes = await loopback.Run(Programs(real));

        Assert.Equal(run.Transcript, outcomes[Role.PartyZero].Transcript);
        Assert.Equal(simulated[Seat.Zero].Value.Values, real[Seat.Zero].Value.Values);
        Assert.Equal(simulated[Seat.One].Value.Values, real[Seat.One].Value.Values);
        foreach (var link in outcomes[Role.PartyZero].Nodes.SelectMany(node => node.Links))
        {
            var traffic = run.Between(link.From, link.To);
            Assert.Equal((traffic.OnlineFrames, traffic.OnlineBytes, traffic.OfflineFrames, traffic.OfflineBytes), (link.OnlineFrames, link.OnlineBytes, link.OfflineFrames, link.OfflineBytes));
        }

        static Dictionary<Role, RoleProgram> Programs(Dictionary<Seat, Share> outputs) => Simulation.PartyPrograms(
            Testing.Programs.TenProducts(1000, (seat, share) =>
            {
                lock (outputs) outputs[seat] = share;
            }),
            Seed.FromNumber(9));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(16_385)]
    [InlineData(20_000_000)]
    public async Task A_frame_of_any_size_arrives_as_it_was_sent(int bytes)
    {
        var loopback = new Loopback(Role.PartyZero, Role.PartyOne);
        var sent = new byte[bytes];
        new Random(bytes).NextBytes(sent);
        byte[]? received = null;

        await loopback.Run(new Dictionary<Role, RoleProgram>
        {
            [Role.PartyZero] = port =>
            {
                port.Send(Role.PartyOne, sent);
                return ValueTask.CompletedTask;
            },
            [Role.PartyOne] = async port => received = (await port.Receive(Role.PartyZero)).ToArray(),
        });

        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task A_receiver_that_does_not_read_holds_no_more_than_a_window()
    {
        const int frames = 200, bytes = 10_000, window = 100_000;
        var loopback = new Loopback(Role.PartyZero, Role.PartyOne) { Limits = NodeLimits.Default with { Window = window } };
        var most = 0;

        await loopback.Run(new Dictionary<Role, RoleProgram>
        {
            [Role.PartyZero] = async port =>
            {
                for (var i = 0; i < frames; i++) port.Send(Role.PartyOne, new byte[bytes]);
                for (var i = 0; i < frames; i++) await port.Receive(Role.PartyOne);
            },
            [Role.PartyOne] = async port =>
            {
                // Both send everything before they read anything.
                for (var i = 0; i < frames; i++) port.Send(Role.PartyZero, new byte[bytes]);
                for (var i = 0; i < frames; i++)
                {
                    await port.Receive(Role.PartyZero);
                    most = Math.Max(most, port.EarlyFrames(Role.PartyZero) * bytes);
                }
            },
        });

        Assert.InRange(most, 0, window + 2 * bytes);
    }

    [Fact]
    public async Task A_failing_role_ends_the_session_everywhere_and_tells_no_content()
    {
        var loopback = new Loopback(Loopback.Three);
        RoleProgram waits = async port => await port.Receive(Role.PartyOne);

        var zero = loopback.Start(Role.PartyZero, waits);
        var dealer = loopback.Start(Role.Dealer, waits);
        var one = loopback.Start(Role.PartyOne, _ => throw new InvalidDataException("the secret is 42"));

        Assert.Contains("InvalidDataException", (await Failure(one)).Message, StringComparison.Ordinal);
        foreach (var other in new[] { zero, dealer })
        {
            var message = (await Failure(other)).Message;
            Assert.Equal("party-1 failed: InvalidDataException", message);
        }
    }

    [Fact]
    public async Task An_interrupted_role_ends_the_session_everywhere()
    {
        var loopback = new Loopback(Loopback.Three);
        using var interrupt = new CancellationTokenSource();
        RoleProgram waits = async port => await port.Receive(Role.PartyOne);

        var zero = loopback.Start(Role.PartyZero, waits);
        var dealer = loopback.Start(Role.Dealer, waits);
        var one = loopback.Start(Role.PartyOne, async port =>
        {
            interrupt.CancelAfter(100);
            await port.Receive(Role.Dealer);
        }, cancellation: interrupt.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one.WaitAsync(Loopback.Patience));
        Assert.Equal("party-1 was interrupted", (await Failure(zero)).Message);
        Assert.Equal("party-1 was interrupted", (await Failure(dealer)).Message);
    }

    [Fact]
    public async Task A_role_that_never_comes_is_named()
    {
        var loopback = new Loopback(Loopback.Three) { Limits = NodeLimits.Default with { Connect = TimeSpan.FromSeconds(2) } };

        var zero = loopback.Start(Role.PartyZero, _ => ValueTask.CompletedTask);
        var dealer = loopback.Start(Role.Dealer, _ => ValueTask.CompletedTask);

        Assert.Contains("party-1", (await Failure(zero)).Message, StringComparison.Ordinal);
        Assert.Contains("party-1", (await Failure(dealer)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Frames_out_of_their_order_end_the_session_and_are_named()
    {
        var loopback = new Loopback(Role.PartyZero, Role.PartyOne);

        // The program of a dishonest role: it numbers its frames anew.
        var one = loopback.Start(Role.PartyOne, async port =>
        {
            port.Send(Role.PartyZero, [1]);
            await port.Receive(Role.PartyZero);
        });
        var zero = loopback.Start(Role.PartyZero, async port =>
        {
            await port.Receive(Role.PartyOne);
            port.Deliver(new Frame(Role.PartyOne, Role.PartyZero, 0, Phase.Online, new byte[1]));
        });

        Assert.Contains("frame 0 party-1 → party-0 (1 bytes) came where frame 1", (await Failure(zero)).Message, StringComparison.Ordinal);
        Assert.Contains("frame 0 party-1 → party-0", (await Failure(one)).Message, StringComparison.Ordinal);
    }

    static async Task<SessionFailedException> Failure(Task<NodeOutcome> node) =>
        await Assert.ThrowsAsync<SessionFailedException>(() => node.WaitAsync(Loopback.Patience));
}
