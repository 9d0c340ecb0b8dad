using MpcActors.Actors.Federations;
using MpcActors.Actors.Nodes;
using MpcActors.Actors.Tests.Nodes;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Tuning.Federated;

namespace MpcActors.Actors.Tests.Federations;

public sealed class SeatNodeTests
{
    [Theory]
    [InlineData("next client-1")]
    [InlineData("round 1 of 1 after 00")]
    public async Task Who_is_started_when_the_federation_is_under_way_says_what_has_to_be_done(string purpose)
    {
        var loopback = new Loopback(Role.PartyZero, Role.PartyOne, Role.Dealer);
        var others = new[] { Role.PartyZero, Role.PartyOne }.Select(role => Task.Run(() => Node.RunNamedAsync(
            Settings(role), _ => async port => await port.Receive(Role.Dealer), role == Role.PartyOne ? new(Seed.Zero, purpose) : null))).ToArray();
        var dealer = new SeatNode(Seat.Dealer, pair: 0, clients: 2, _ => Settings(Role.Dealer), FederationSeeds.FromNumber(1), _ => throw new InvalidOperationException("nobody announces a model"), "", _ => { });

        var lost = await Assert.ThrowsAsync<FederationLostException>(() => dealer.RunAsync(CancellationToken.None).WaitAsync(Loopback.Patience));

        Assert.Contains("dealer was started when the federation was under way; start all parties anew with --resume", lost.Message, StringComparison.Ordinal);
        foreach (var other in others) Assert.Contains("--resume", (await Assert.ThrowsAsync<SessionFailedException>(() => other.WaitAsync(Loopback.Patience))).Message, StringComparison.Ordinal);

        NodeSettings Settings(Role role) => loopback.Settings(role) with { Coordinator = Role.PartyOne, Turn = new(FederationTurn.CoreOf(0).Name, new HashSet<string>(), IsAwaited: false) };
    }
}
