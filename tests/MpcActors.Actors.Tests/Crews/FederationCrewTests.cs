using MpcActors.Actors.Crews;
using MpcActors.Actors.Nodes;

namespace MpcActors.Actors.Tests.Crews;

/// <summary>Crews in which some are wanted by name, some may be lost, and pairs are free.</summary>
public sealed class FederationCrewTests
{
    static readonly string[] Named = ["party-0", "dealer", "model-owner", "client-1", "client-2"];

    readonly CrewBoard _board = new("b");

    /// <summary>What each member said last.</summary>
    readonly Dictionary<string, Announced> _said = [];

    [Fact]
    public void A_federation_gets_its_own_members_and_free_pairs_when_all_are_there()
    {
        Assert.Empty(Come([.. Named, "free party-0", "free dealer", "server"]));
        Assert.Empty(Repeat());

        var orders = Hear("free server");

        var crew = Crew(orders);
        Assert.Equal(Named.Concat(["dealer-2", "party-0-2", "server", "server-2"]).Order(StringComparer.Ordinal), crew.Places.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Said("free server").Address, crew.Places["server-2"]);
        Assert.Equal(Said("client-2").Address, crew.Places["client-2"]);
        Assert.Equal(All, Told(orders));
    }

    [Fact]
    public void Whom_a_federation_waits_for_is_known()
    {
        Come(["party-0", "dealer", "client-2", "free party-0", "free dealer", "free dealer b", "model-owner"]);
        Hear(Server("server", pairs: 3));

        Assert.Equal(["client-1", "server-2", "party-0-3", "server-3"], _board.Missing("server"));
        Assert.Empty(_board.Missing("dealer"));
        Come(["client-1", "free party-0 b", "free server"]);
        Assert.Equal(["server-3"], _board.Missing("server"));
        Come(["free server b"]);
        Assert.Empty(_board.Missing("server"));
    }

    [Fact]
    public void Whoever_is_wanted_by_name_cannot_be_replaced_by_another_certificate()
    {
        Assert.Empty(Come(["free party-0", "free dealer", "free server", "party-0", "dealer", "model-owner", "client-1", "server"]));
        Assert.Empty(Repeat());

        Assert.Empty(Hear(Said("client-2") with { Address = new(NodeAddress.Dials, 0, "somebody else's") }));
        Assert.NotEmpty(Hear("client-2"));
    }

    [Fact]
    public void Two_places_of_one_kind_are_given_to_two_members()
    {
        Come([.. Named, "free party-0", "free dealer", "free server", "free dealer b", "free server b"]);
        Assert.Empty(Hear(Server("server", pairs: 3)));
        Assert.Empty(Repeat());

        var crew = Crew(Hear("free party-0 b"));

        Assert.NotEqual(crew.Places["party-0-2"], crew.Places["party-0-3"]);
        Assert.Equal(12, crew.Places.Count);
    }

    [Theory]
    [InlineData("client-1")]
    [InlineData("free party-0")]
    public void Who_is_dispensable_is_lost_without_the_others(string lost)
    {
        var crew = Begin();

        Assert.Empty(_board.Lost(lost));
        Assert.Empty(Hear(Said("server") with { Crews = [crew] }));
        Assert.NotEmpty(_board.Lost("party-0"));
    }

    [Theory]
    [InlineData("client-1")]
    [InlineData("free dealer")]
    public void Who_is_dispensable_fails_without_the_others(string failed)
    {
        var crew = Begin();

        Assert.Empty(End(failed, crew, "server was lost"));
        Assert.NotEmpty(End("dealer", crew, "server was lost"));
    }

    [Theory]
    [InlineData("party-0")]
    [InlineData("dealer")]
    [InlineData("model-owner")]
    [InlineData("server")]
    public void Without_the_first_pair_and_the_model_owner_all_ends(string lost)
    {
        var crew = Begin();

        var orders = _board.Lost(lost);

        Assert.Equal([.. All.Where(member => member != lost)], Told(orders));
        Assert.All(orders, order => Assert.Equal(new Abandoned(crew, $"{Said(lost).Label} is gone"), order.Message));
    }

    [Fact]
    public void A_client_that_is_started_again_has_its_place_and_nobody_else_is_told()
    {
        var crew = Begin();
        _board.Lost("client-2");

        Assert.Empty(Hear(Again("client-2") with { Address = new(NodeAddress.Dials, 0, "somebody else's") }));
        var orders = Hear(Again("client-2 b"));

        Assert.Equal(["client-2 b"], Told(orders));
        Assert.Equal(crew, Crew(orders).Crew);
        Assert.Empty(Hear(Again("client-2 b") with { Crews = [crew] }));
        // It is taken: once a place.
        Assert.Empty(Hear(Again("client-2 c")));
    }

    [Fact]
    public void A_client_that_failed_is_not_told_again_but_the_one_that_comes_after_it()
    {
        var crew = Begin();

        Assert.Empty(End("client-2", crew, "it was out of memory"));
        Assert.Empty(Hear("client-2"));
        Assert.Equal(["client-2 b"], Told(Hear(Again("client-2 b"))));
    }

    [Fact]
    public void A_client_that_is_done_is_not_called_again()
    {
        var crew = Begin();

        Assert.Empty(End("client-2", crew));
        Assert.Empty(Hear("client-2"));
        Assert.Empty(Hear(Again("client-2 b")));
    }

    [Theory]
    [InlineData("client-2")]
    [InlineData("free server")]
    public void Who_was_not_heard_for_a_while_and_worked_all_the_same_goes_on(string member)
    {
        var crew = Begin();
        _board.Lost(member);

        Assert.Empty(Hear(Said(member) with { Crews = [crew] }));
        // It has a place, so it ends with the others.
        Assert.Contains(member, Told(_board.Lost("party-0")));
    }

    [Fact]
    public void A_machine_of_a_further_pair_that_is_started_again_does_not_take_up_where_it_was()
    {
        Begin();
        _board.Lost("free server");

        Assert.Empty(Hear(Said("free server") with { Member = "free server again" }));
    }

    [Fact]
    public void Pairs_of_a_federation_that_is_over_serve_the_next_one()
    {
        var crew = Begin();
        string[] others = [.. Named, "server"];
        for (var times = 0; times < 2; times++)
            foreach (var member in others) Hear(Said(member) with { Member = member + " of another", Address = Said(member).Address with { Fingerprint = "another " + member }, Wants = Others(Said(member).Wants) });

        foreach (var member in others) Assert.Empty(End(member, crew));
        Assert.Empty(End("free party-0", crew).Concat(End("free dealer", crew)).Concat(End("free server", crew)));
        Assert.Empty(Come(["free party-0", "free dealer"]));
        var orders = Hear("free server");

        Assert.Equal([.. All.Select(member => member.StartsWith("free", StringComparison.Ordinal) ? member : member + " of another")], Told(orders));
        Assert.NotEqual(crew, Crew(orders).Crew);

        static Wanted[] Others(IEnumerable<Wanted> wants) => [.. wants.Select(place => place.Fingerprint is { } own ? place with { Fingerprint = "another " + own } : place)];
    }

    [Fact]
    public void A_pair_that_lost_one_of_its_machines_is_free_for_others_when_it_has_ended()
    {
        var crew = Begin();
        _board.Lost("free party-0");
        for (var times = 0; times < 2; times++)
            foreach (var member in Named.Append("server")) Hear(Said(member) with { Member = member + " of another" });

        // The first federation has still its members.
        Assert.Empty(End("free dealer", crew, "party-0-2 was lost").Concat(End("free server", crew, "party-0-2 was lost")));
        Assert.Empty(Come(["free party-0 b", "free dealer"]));
        Assert.Equal(9, Hear("free server").Count);
    }

    [Fact]
    public void A_machine_that_is_silent_is_given_no_place()
    {
        Come([.. Named, "free party-0", "free dealer", "free server", "server"]);

        // Whoever was there before the leader may be gone.
        Assert.Empty(Come([.. Named, "free party-0", "free dealer", "server"]));
        Assert.Empty(_board.Missing("server"));
        Assert.Empty(Come([.. Named, "free party-0", "free dealer", "server"]));
        Assert.Equal(All, Told(Hear("free server")));
    }

    static string[] All { get; } = [.. Named.Concat(["server", "free party-0", "free server", "free dealer"]).Order(StringComparer.Ordinal)];

    string Begin()
    {
        Assert.Empty(Come([.. Named, "free party-0", "free server", "free dealer", "server"]));
        var crew = Crew(Repeat()).Crew;
        foreach (var member in All) Assert.Empty(Hear(Said(member) with { Crews = [crew] }));
        return crew;
    }

    static Announced Again(string member) => Said(member) with { Address = Said("client-2").Address };

    /// <summary>A third word tells members of a kind apart.</summary>
    static Announced Said(string member)
    {
        var words = member.Split(' ');
        var kind = words[0] == "free" ? $"free {words[1]}" : words[0];
        if (kind == "server") return Server(member, pairs: 2);
        var name = member.Replace(' ', '-');
        return new(member, kind, kind.StartsWith("client", StringComparison.Ordinal) ? new(NodeAddress.Dials, 0, name) : new(name, 1, name), "tiny", 1, [], []);
    }

    static Announced Server(string member, int pairs) => new(
        member, "server", new(member, 1, member), "tiny", 1, [],
        [
            .. Named.Select(name => new Wanted(name, name, name, IsDispensable: name.StartsWith("client", StringComparison.Ordinal))),
            .. Enumerable.Range(2, pairs - 1).SelectMany(pair => new[] { "party-0", "server", "dealer" }.Select(name => new Wanted($"{name}-{pair}", $"free {name}", IsDispensable: true))),
        ]);

    static Assigned Crew(IEnumerable<Order> orders) => (Assigned)orders.First().Message;

    static string[] Told(IEnumerable<Order> orders) => [.. orders.Select(order => order.Member).Order(StringComparer.Ordinal)];

    Order[] Come(IEnumerable<string> members) => [.. members.SelectMany(Hear)];

    IReadOnlyList<Order> Hear(string member) => Hear(Said(member));

    IReadOnlyList<Order> Hear(Announced said) => _board.Heard(_said[said.Member] = said);

    /// <summary>Everybody says the same again.</summary>
    Order[] Repeat() => [.. _said.Values.ToArray().SelectMany(Hear)];

    IReadOnlyList<Order> End(string member, string crew, string? cause = null) => _board.Ended(new(member, crew, cause));
}
