using MpcActors.Actors.Crews;
using MpcActors.Actors.Nodes;

namespace MpcActors.Actors.Tests.Crews;

public sealed class CrewBoardTests
{
    static readonly string[] Tuning = ["party-0", "party-1", "dealer", "model-owner"];

    readonly CrewBoard _board = new("b");

    [Fact]
    public void A_data_owner_gets_a_crew_as_soon_as_every_role_is_there()
    {
        Assert.Empty(Come("party-0", "party-1", "dealer", "data-owner"));

        var orders = Hear("model-owner");

        Assert.Equal(["data-owner", "dealer", "model-owner", "party-0", "party-1"], Told(orders));
        var crew = Assert.IsType<Assigned>(orders[0].Message);
        Assert.Equal(["data-owner", "dealer", "model-owner", "party-0", "party-1"], crew.Places.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Said("party-1").Address, crew.Places["party-1"]);
        Assert.All(orders, order => Assert.Same(crew, order.Message));
    }

    [Fact]
    public void Two_data_owners_get_a_pair_each_and_a_third_waits_for_the_first_that_is_free()
    {
        Come("party-0", "party-0 b", "party-1", "party-1 b", "dealer", "dealer b");
        Hear(Said("model-owner") with { Seats = 5 });

        var (first, second) = (Hear("data-owner"), Hear("data-owner b"));
        Assert.Empty(Hear("data-owner c"));
        var crew = CrewOf(first);
        Assert.Equal(["data-owner", "dealer", "model-owner", "party-0", "party-1"], Told(first));
        Assert.Equal(["data-owner b", "dealer b", "model-owner", "party-0 b", "party-1 b"], Told(second));

        var orders = new[] { "party-0", "party-1", "model-owner", "data-owner", "dealer" }.SelectMany(member => End(member, crew)).ToArray();

        Assert.Equal(["data-owner c", "dealer", "model-owner", "party-0", "party-1"], Told(orders));
    }

    [Fact]
    public void Members_of_different_groups_never_work_together()
    {
        Come("party-0", "party-1", "dealer", "model-owner");

        Assert.Empty(Hear(Said("data-owner") with { Group = "another model" }));
        Assert.NotEmpty(Hear("data-owner b"));
    }

    [Fact]
    public void When_a_member_is_lost_the_others_end_and_the_owner_goes_on_with_whoever_is_free()
    {
        Come("party-0", "party-1", "dealer", "model-owner");
        var crew = CrewOf(Hear("data-owner"));
        Assert.Empty(Come("party-0 b", "party-1 b"));

        var lost = _board.Lost("party-1");
        Assert.Equal(["data-owner", "dealer", "model-owner", "party-0"], Told(lost));
        Assert.All(lost, order => Assert.Equal(new Abandoned(crew, "party-1 at party-1:1 is gone"), order.Message));

        var orders = new[] { "dealer", "data-owner", "model-owner" }.SelectMany(member => End(member, crew, "party-1 is gone")).ToArray();
        // The party that failed with the lost one is chosen last, though by now it may be free.
        Assert.Equal(["data-owner", "dealer", "model-owner", "party-0 b", "party-1 b"], Told(orders));
        Assert.NotEqual(crew, CrewOf(orders));
        Assert.Empty(End("party-0", crew, "party-1 is gone"));
    }

    [Fact]
    public void A_crew_that_fails_is_given_up_once()
    {
        Come("party-0", "party-1", "dealer", "model-owner");
        var crew = CrewOf(Hear("data-owner"));

        Assert.Equal(["data-owner", "dealer", "model-owner", "party-0"], Told(End("party-1", crew, "a frame was altered")));
        Assert.Empty(End("dealer", crew, "party-1 failed"));
        Assert.Empty(_board.Lost("party-0"));
    }

    [Fact]
    public void A_data_owner_whose_session_is_done_gets_no_other()
    {
        Come("party-0", "party-1", "dealer", "model-owner");
        var crew = CrewOf(Hear("data-owner"));

        foreach (var member in new[] { "party-0", "party-1", "dealer", "model-owner", "data-owner" }) Assert.Empty(End(member, crew));
        Assert.Empty(Hear(Said("data-owner") with { Seats = 0 }));
        Assert.NotEmpty(Hear("data-owner b"));
    }

    [Fact]
    public void What_was_not_heard_is_said_again()
    {
        Come("party-0", "party-1", "dealer", "model-owner");
        var orders = Hear("data-owner");

        Assert.Equal([orders.Single(order => order.Member == "dealer")], Hear("dealer"));
        Assert.Empty(Hear(Said("dealer") with { Crews = [CrewOf(orders)] }));
        _board.Lost("party-0");
        Assert.Equal([new Order("party-1", new Abandoned(CrewOf(orders), "party-0 at party-0:1 is gone"))], Hear("party-1"));
    }

    [Fact]
    public void A_member_that_lists_a_crew_no_more_has_left_it()
    {
        Come("party-0", "party-1", "dealer", "model-owner");
        var crew = CrewOf(Hear("data-owner"));
        foreach (var member in _board.Members.ToArray()) Hear(Said(member) with { Crews = [crew] });

        foreach (var member in new[] { "party-0", "party-1", "dealer", "model-owner" }) Assert.Empty(Hear(member));
        Assert.Empty(End("data-owner", crew));

        Assert.NotEmpty(Hear("data-owner b"));
    }

    [Fact]
    public void A_board_that_begins_anew_leaves_the_crews_of_another_board_alone()
    {
        foreach (var member in new[] { "party-0", "party-1", "dealer", "model-owner", "data-owner" }) Assert.Empty(Hear(Said(member) with { Crews = ["a-7"] }));

        Assert.Empty(Hear("data-owner b"));
        foreach (var member in new[] { "party-0", "party-1", "dealer" }) Assert.Empty(Hear(member));
        Assert.Equal(["data-owner b", "dealer", "model-owner", "party-0", "party-1"], Told(Hear("model-owner")));
    }

    [Fact]
    public void A_member_that_comes_back_is_told_to_leave_the_crew_that_was_given_up()
    {
        Come("party-0", "party-1", "dealer", "model-owner");
        var crew = CrewOf(Hear("data-owner"));
        _board.Lost("party-0");

        var orders = Hear(Said("party-0") with { Crews = [crew] });

        Assert.Equal([new Order("party-0", new Abandoned(crew, "the coordinator has given it up"))], orders);
        Assert.Empty(End("data-owner", crew, "party-0 is gone"));
        foreach (var member in new[] { "dealer", "model-owner", "party-1" }) Assert.Empty(End(member, crew, "party-0 is gone"));
        // It is free only when it says so.
        Assert.NotEmpty(End("party-0", crew, "given up"));
    }

    [Fact]
    public void Words_of_strangers_and_of_forgotten_crews_change_nothing()
    {
        Assert.Empty(_board.Lost("nobody"));
        Assert.Empty(End("nobody", "b-1"));
        Come("party-0");
        Assert.Empty(End("party-0", "b-9", "whatever"));
    }

    internal static Announced Said(string member)
    {
        var kind = member.Split(' ')[0];
        return new(member, kind, new NodeAddress(member.Replace(' ', '-'), 1, "f"), "tiny", 1, [], kind == "data-owner" ? [.. Tuning.Select(place => new Wanted(place, place))] : []);
    }

    static string[] Told(IEnumerable<Order> orders) => [.. orders.Select(order => order.Member).Order(StringComparer.Ordinal)];

    static string CrewOf(IEnumerable<Order> orders) => ((Assigned)orders.First().Message).Crew;

    Order[] Come(params string[] members) => [.. members.SelectMany(Hear)];

    IReadOnlyList<Order> Hear(string member) => Hear(Said(member));

    IReadOnlyList<Order> Hear(Announced said) => _board.Heard(said);

    IReadOnlyList<Order> End(string member, string crew, string? cause = null) => _board.Ended(new(member, crew, cause));
}
