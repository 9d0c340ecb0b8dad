using MpcActors.Actors;
using MpcActors.Actors.Crews;
using MpcActors.Actors.Nodes;

namespace MpcActors.Cli.Tests;

/// <summary>What a process of a federation takes from a coordinator, and what it does not.</summary>
public sealed class FederatedPlaceTests
{
    [Fact]
    public async Task A_machine_of_any_further_pair_takes_the_place_that_it_is_given()
    {
        using var deployment = await FederatedUpTests.Make(pairs: 2, spares: 1);
        var (file, cluster) = (FederatedFile.Read(deployment.Config), ClusterFile.Read(deployment.Cluster));
        var crew = Crew(file, ("server-2", "server-3"));

        Assert.Equal("server-2", FederatedCluster.PlaceIn(crew, file.MemberOf("server-3", null), file, cluster).Name);
        foreach (var name in new[] { "party-0", "server", "dealer", "model-owner", "client-3", "party-0-2" }) Assert.Equal(name, FederatedCluster.PlaceIn(crew, file.MemberOf(name, null), file, cluster).Name);

        var given = file.With(crew.Places, "server-3", "server-2");
        Assert.Equal("server-3.pem", given.Roles["server-2"].Certificate);
        Assert.Equal(file.Roles["server-3"].Address, given.Roles["server-2"].Address);
        Assert.Empty(given.Spares);
    }

    [Theory]
    [InlineData("client-1", "dealer-2", "nobody", "the certificate of dealer-2, nobody, is neither that of")]
    [InlineData("client-1", "server-2", "party-0-3", "nor one of those for party-1 in")]
    [InlineData("server", "client-2", "party-0-3", "nor one of those for data-owner in")]
    [InlineData("server", "model-owner", "client-1", "client-1 and model-owner have one certificate")]
    [InlineData("server-3", "server-2", "server-2", "it has no place of free server there")]
    [InlineData("server-3", "server", "server-3", "it has no place of free server there")]
    [InlineData("client-2", "client-2", "dealer-3", "it has no place of client-2 there")]
    [InlineData("server", "client-3", null, "are not party-0, server, dealer, model-owner, client-1, client-2, client-3, party-0-2, server-2, dealer-2")]
    [InlineData("server", "dealer-3", "dealer-3", "are not party-0, server, dealer, model-owner, client-1, client-2, client-3, party-0-2, server-2, dealer-2")]
    public async Task A_crew_that_cannot_be_is_refused(string member, string place, string? machine, string message)
    {
        using var deployment = await FederatedUpTests.Make(pairs: 2, spares: 1);
        var (file, cluster) = (FederatedFile.Read(deployment.Config), ClusterFile.Read(deployment.Cluster));

        var refusal = Assert.Throws<SessionFailedException>(() => FederatedCluster.PlaceIn(Crew(file, (place, machine)), file.MemberOf(member, null), file, cluster));

        Assert.StartsWith($"{member} refuses crew b-1: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Everybody in its own place, but for one.</summary>
    /// <param name="changed">The place, and which machine is in it: null for none, or a name that is none of the file's for somebody unknown.</param>
    static Assigned Crew(FederatedFile file, (string Place, string? Machine) changed)
    {
        var places = file.Members.ToDictionary(member => member.Name, member => file.Roles[member.Name].Address);
        if (changed.Machine is null) places.Remove(changed.Place);
        else places[changed.Place] = file.Roles.TryGetValue(changed.Machine, out var machine) ? machine.Address : new NodeAddress("127.0.0.1", 1, changed.Machine);
        return new("b-1", places);
    }
}
