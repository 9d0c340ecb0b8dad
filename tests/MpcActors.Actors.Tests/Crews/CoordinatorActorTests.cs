using System.Collections.Concurrent;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using MpcActors.Actors.Crews;
using MpcActors.Actors.Nodes;
using MpcActors.Protocols;

namespace MpcActors.Actors.Tests.Crews;

public sealed class CoordinatorActorTests() : TestKit(Serializing.Config)
{
    static readonly TimeSpan Often = TimeSpan.FromMilliseconds(20);

    readonly ConcurrentQueue<string> _log = new();

    [Fact]
    public void A_member_that_dies_ends_its_crew_and_the_owner_gets_another_one()
    {
        var coordinator = Coordinator();
        var members = new[] { "party-0", "party-1", "dealer", "model-owner", "data-owner" }.ToDictionary(name => name, _ => CreateTestProbe());
        var spare = CreateTestProbe();
        foreach (var (name, probe) in members) coordinator.Tell(Said(name), probe.Ref);
        var crew = members["party-0"].ExpectMsg<Assigned>();
        foreach (var (name, probe) in members) coordinator.Tell(Said(name) with { Crews = [crew.Crew] }, probe.Ref);
        coordinator.Tell(Said("party-1 b"), spare.Ref);

        Sys.Stop(members["party-1"].Ref);

        foreach (var (name, probe) in members.Where(member => member.Key != "party-1"))
        {
            if (name != "party-0") Assert.Equal(crew.Crew, probe.ExpectMsg<Assigned>().Crew);
            Assert.Equal("party-1 at party-1:1 is gone", probe.ExpectMsg<Abandoned>().Cause);
            coordinator.Tell(new CrewEnded(name, crew.Crew, "party-1 was lost"), probe.Ref);
        }

        Assert.Equal("party-1-b", spare.ExpectMsg<Assigned>().Places["party-1"].Host);
        Assert.NotEqual(crew.Crew, members["data-owner"].ExpectMsg<Assigned>().Crew);
    }

    [Fact]
    public void A_data_owner_that_is_two_members_has_two_pairs_and_is_gone_from_both_with_its_process()
    {
        var coordinator = Coordinator();
        var (owner, others) = (CreateTestProbe(), CreateTestProbe());
        foreach (var name in new[] { "party-0", "party-0 b", "party-1", "party-1 b", "dealer", "dealer b" }) coordinator.Tell(Said(name), others.Ref);
        coordinator.Tell(Said("model-owner") with { Seats = 2 }, others.Ref);
        foreach (var seat in new[] { 1, 2 }) coordinator.Tell(Said("data-owner") with { Member = ProcessLost.MemberOf("a#1", seat), Address = new($"owner-{seat}", 1, "f") }, owner.Ref);
        Assert.Equal(["owner-1", "owner-2"], new[] { owner.ExpectMsg<Assigned>(), owner.ExpectMsg<Assigned>() }.Select(crew => crew.Places["data-owner"].Host).Order());
        for (var member = 0; member < 8; member++) others.ExpectMsg<Assigned>();

        coordinator.Tell(new ProcessLost("a#11"));
        coordinator.Tell(new ProcessLost("a#1"));

        var given = Enumerable.Range(0, 8).Select(_ => others.ExpectMsg<Abandoned>().Cause).Distinct().Order();
        Assert.Equal(["data-owner at owner-1:1 is gone", "data-owner at owner-2:1 is gone"], given);
        others.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void Members_run_the_sessions_that_they_are_given_until_an_owner_has_its_result()
    {
        var coordinator = Coordinator();
        var tries = new ConcurrentQueue<(string Member, Assigned Crew)>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var name in new[] { "party-0", "party-1", "dealer", "model-owner", "data-owner" }) Begin(name);
        AwaitCondition(() => tries.Any(one => one.Member == "party-1"), TimeSpan.FromMinutes(1));
        Begin("party-1 b");

        AwaitCondition(() => done.Task.IsCompleted, TimeSpan.FromMinutes(1));
        var owners = tries.Where(one => one.Member == "data-owner").Select(one => one.Crew).ToArray();
        Assert.Equal("party-1", owners[0].Places["party-1"].Host);
        Assert.Equal("party-1-b", owners[^1].Places["party-1"].Host);
        Assert.Contains(_log, line => line.Contains("party-1 lost party-0", StringComparison.Ordinal));

        void Begin(string name) => Sys.ActorOf(MemberActor.Props(Said(name), coordinator, async (crew, cancellation) =>
        {
            tries.Enqueue((name, crew));
            if (name == "party-1") throw new SessionFailedException("party-1 lost party-0");
            if (name == "data-owner" && crew.Places["party-1"].Host == "party-1-b") done.SetResult();
            await Task.WhenAny(done.Task, Task.Delay(Timeout.Infinite, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }, Often), name.Replace(' ', '-'));
    }

    [Fact]
    public void Who_waits_for_whom_is_said_once()
    {
        var coordinator = Coordinator();
        coordinator.Tell(Said("dealer"));
        coordinator.Tell(Said("data-owner"));
        coordinator.Tell(Said("data-owner"));
        coordinator.Tell(Said("party-1"));

        AwaitCondition(() => _log.Contains("party-1 at party-1:1 is there"), TimeSpan.FromMinutes(1));
        Assert.Single(_log, line => line == "data-owner at data-owner:1 waits for party-0, party-1, model-owner");
    }

    [Fact]
    public void A_member_without_a_free_seat_refuses_and_one_that_is_stopped_ends_its_sessions()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var member = Sys.ActorOf(MemberActor.Props(Said("dealer"), TestActor, async (_, cancellation) =>
        {
            await Task.WhenAny(Task.Delay(Timeout.Infinite, cancellation));
            ended.SetResult();
        }, TimeSpan.FromHours(1)));
        Assert.Empty(ExpectMsg<Announced>().Crews);

        member.Tell(new Assigned("b-1", new Dictionary<string, NodeAddress>()));
        Assert.Equal(["b-1"], ExpectMsg<Announced>().Crews);
        member.Tell(new Assigned("b-2", new Dictionary<string, NodeAddress>()));
        Assert.Equal("dealer at dealer:1 has no seat free", ExpectMsg<CrewEnded>().Cause);
        member.Tell(new Abandoned("b-0", "late"));
        Assert.Equal(new CrewEnded("dealer", "b-0", "it had not begun"), ExpectMsg<CrewEnded>());

        Sys.Stop(member);
        AwaitCondition(() => ended.Task.IsCompleted, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void A_failure_is_told_without_what_the_session_worked_on()
    {
        var member = Sys.ActorOf(MemberActor.Props(Said("dealer"), TestActor, (_, _) => throw new InvalidDataException("the row 'it was dreadful'"), TimeSpan.FromHours(1)));
        ExpectMsg<Announced>();

        member.Tell(new Assigned("b-1", new Dictionary<string, NodeAddress>()));

        ExpectMsg<Announced>();
        Assert.Equal(nameof(InvalidDataException), ExpectMsg<CrewEnded>().Cause);
        member.Tell(new Assigned("b-1", new Dictionary<string, NodeAddress>()));
        ExpectMsg<Announced>();
        Assert.Equal(nameof(InvalidDataException), ExpectMsg<CrewEnded>().Cause);
    }

    IActorRef Coordinator()
    {
        var log = _log;
        return Sys.ActorOf(CoordinatorActor.Props("b", log.Enqueue), "coordinator");
    }

    static Announced Said(string member) => CrewBoardTests.Said(member);
}
