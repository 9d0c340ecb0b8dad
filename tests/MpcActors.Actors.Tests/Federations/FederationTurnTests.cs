using MpcActors.Actors.Federations;
using MpcActors.Protocols;
using MpcActors.Tuning.Federated;

namespace MpcActors.Actors.Tests.Federations;

public sealed class FederationTurnTests
{
    [Fact]
    public void Messages_name_machines_of_the_pair_and_side_and_are_not_named_twice()
    {
        const string message = "party-1 lost party-0, dealer-2 and data-owner; the dealer is there";
        Assert.Equal("server lost party-0, dealer-2 and client-3; the dealer is there", FederationTurn.Of(2, 0).InWords(message));
        Assert.Equal("server-2 lost party-0-2, dealer-2 and client; the dealer-2 is there", FederationTurn.CoreOf(1).InWords(message));
        Assert.Equal("server-2 lost server", FederationTurn.Between(1, Seat.One).InWords("party-1 lost party-0"));
        Assert.Equal("party-0-3 lost party-0", FederationTurn.Between(2, Seat.Zero).InWords("party-1 lost party-0"));
        foreach (var turn in new[] { FederationTurn.CoreOf(1), FederationTurn.Between(1, Seat.Zero) }) Assert.Equal("party-0-2", turn.InWords(turn.InWords("party-0-2")));
    }

    [Fact]
    public void What_the_server_says_is_heard_at_its_own_pair()
    {
        Assert.Equal(FederationTurn.Of(1, 3), FederationTurn.Called("next client-2", 4, 3));
        Assert.Equal(FederationTurn.ModelOwnerAt(0), FederationTurn.Called("next model-owner", 4, 0));
        Assert.Null(FederationTurn.Called("next client-5", 4, 0));
        var transfer = new FederatedTransfer(2, 1, [0, 3]);
        Assert.Equal(transfer.Name, FederationTurn.Asked(FederationTurn.Asking(transfer))!.Name);
        Assert.Null(FederationTurn.Asked(transfer.Name));
    }
}
