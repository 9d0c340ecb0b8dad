using System.Text;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Tuning.Federated;

namespace MpcActors.Tuning.Tests;

/// <summary>What the roles of a federation in processes tell each other and keep.</summary>
public sealed class FederationRecordTests : IDisposable
{
    static readonly string Hash = new('a', 64);

    readonly string _folder = Directory.CreateTempSubdirectory("mpc-federation-").FullName;

    public static TheoryData<FederatedSession, Role?> Sessions => new()
    {
        { new FederatedSession.Open(Hash[..32]), Role.ModelOwner },
        { new FederatedSession.Join(4, Hash[..32]), Role.DataOwner },
        { new FederatedSession.Join(4, Hash[..32]) { Pair = 1 }, Role.DataOwner },
        { new FederatedSession.Train(2, 0, Hash, Hash[..32]), Role.DataOwner },
        { new FederatedSession.Train(9_999, 15, Hash, Hash[..32]) { Pair = 15 }, Role.DataOwner },
        { new FederatedSession.AddUp(9_999, [.. Enumerable.Range(0, 16)], Hash), null },
        { new FederatedSession.Close(Hash), Role.ModelOwner },
    };

    [Theory]
    [MemberData(nameof(Sessions))]
    public void A_session_is_known_by_its_name(FederatedSession session, Role? owner)
    {
        var parsed = FederatedSession.Parse(session.Name);

        Assert.Equal(session.GetType(), parsed?.GetType());
        Assert.Equal((session.Name, session.Client, session.Pair, owner), (parsed!.Name, parsed.Client, parsed.Pair, parsed.Owner));
        Assert.InRange(session.Name.Length, 1, 256);
    }

    [Theory]
    [InlineData("")]
    [InlineData("over")]
    [InlineData("join 0 with a")]
    [InlineData("join -1 with a")]
    [InlineData("join 01 with a")]
    [InlineData("join 99999999999 with a")]
    [InlineData("round 1 of  after a")]
    [InlineData("round 1 of 1,,2 after a")]
    [InlineData("round 1 of 1, 2 after a")]
    [InlineData("round 1 client 2 before a with b")]
    [InlineData("round 1 client 2 after a")]
    [InlineData("open with a at pair 1")]
    [InlineData("open with a at pair 02")]
    [InlineData("open with a at pair 2 at pair 2")]
    [InlineData("open with a at pair ")]
    [InlineData("open with a b")]
    public void What_is_no_session_of_a_federation_is_none(string name) => Assert.Null(FederatedSession.Parse(name));

    [Fact]
    public void Mutilated_names_are_refused_or_name_the_session_that_they_say()
    {
        var known = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var random = new Random(i);
            var name = new StringBuilder(Sessions.Select(row => ((FederatedSession)row[0]).Name).ElementAt(random.Next(Sessions.Count)));
            for (var change = random.Next(1, 4); change > 0; change--) name[random.Next(name.Length)] = (char)random.Next(' ', '~' + 1);
            if (FederatedSession.Parse(name.ToString()) is not { } session) continue;
            known++;
            Assert.Equal(name.ToString(), session.Name);
        }

        Assert.True(known > 0);
    }

    [Theory]
    [InlineData("round 3 parameters to pair 2", 2, 1)]
    [InlineData("round 3 updates 1,16 from pair 4", 2, 3, 0, 15)]
    public void A_transfer_is_known_by_its_name(string name, int round, int pair, params int[] clients)
    {
        var transfer = FederatedTransfer.Parse(name)!;

        Assert.Equal((name, round, pair), (transfer.Name, transfer.Round, transfer.Pair));
        Assert.Equal(clients, transfer.Clients);
    }

    [Theory]
    [InlineData("round 0 parameters to pair 2")]
    [InlineData("round -1 parameters to pair 2")]
    [InlineData("round 3 parameters to pair x")]
    [InlineData("round 3 parameters from pair 2")]
    [InlineData("round 3 updates  from pair 2")]
    [InlineData("round 3 updates 1,0 from pair 2")]
    [InlineData("round 3 updates 1, 2 from pair 2")]
    public void What_is_no_transfer_is_none(string name) => Assert.Null(FederatedTransfer.Parse(name));

    [Theory]
    [InlineData(0, 3, "client 1 is said to have 0 texts")]
    [InlineData(ulong.MaxValue, 3, "client 1 is said to have 18446744073709551615 texts")]
    [InlineData(1, 2, "should have 32 bytes")]
    public async Task An_update_that_cannot_be_is_refused(ulong texts, int count, string why)
    {
        var plan = new FederatedPlan(new(1, 1, 1, 1, LocalOptimizer.Sgd, 0.1, 1), [0], 1, 3);
        var port = new Port(FederatedTransfer.First, _ => { });
        var taking = new FederatedTransfer(0, 1, [0]).Serve(new(new HeadTask(plan, [null], null)), port).AsTask();

        port.Deliver(new(FederatedTransfer.Other, FederatedTransfer.First, 0, Phase.Online, Words.AsBytes([texts, .. new ulong[count]])));

        Assert.Contains(why, (await Assert.ThrowsAsync<ProtocolViolationException>(() => taking)).Message, StringComparison.Ordinal);
        Assert.Equal([0], plan.Texts);
    }

    [Theory]
    [InlineData("""{ "Brings": "aa", "Lengths": [1] }""", "something else than a hash")]
    [InlineData("""{ "Brings": "H", "Lengths": [] }""", "texts that cannot be")]
    [InlineData("""{ "Brings": "H", "Lengths": [3, 0] }""", "texts that cannot be")]
    [InlineData("""{ "Brings": "H", "Lengths": [100000] }""", "texts that cannot be")]
    [InlineData("""{ "Brings": "H" }""", "texts that cannot be")]
    [InlineData("""[]""", "is not what was due")]
    public void An_announcement_that_cannot_be_is_refused(string json, string why)
    {
        var bytes = Encoding.UTF8.GetBytes(json.Replace("\"H\"", $"\"{Hash[..32]}\"", StringComparison.Ordinal));

        Assert.Contains(why, Assert.Throws<ProtocolViolationException>(() => Announcement.FromBytes(bytes, isOfModel: false)).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<ProtocolViolationException>(() => Announcement.FromBytes(bytes, isOfModel: true));
    }

    [Fact]
    public void The_server_finds_what_it_kept_and_says_in_words_what_is_other()
    {
        var (path, facts) = (Path.Combine(_folder, "server"), new RunFacts([("number of rounds", "5")]));
        var past = new FederationPast([[0, 2], [], [1]], Hash, Hash[..32], new SortedDictionary<int, string> { [0] = "x", [2] = "y" });
        Assert.Null(FederationPast.Read(path, facts));

        past.Write(path, facts, "id");
        var read = FederationPast.Read(path, facts)!.Value;

        Assert.Equal(("id", Hash, Hash[..32], 2), (read.Id, read.Past.Transcript, read.Past.Model, read.Past.Sums));
        Assert.Equal(past.Counted, read.Past.Counted);
        Assert.Equal(past.Joined, read.Past.Joined);
        var thrown = Assert.Throws<InvalidDataException>(() => FederationPast.Read(path, new([("number of rounds", "6")])));
        Assert.Contains("its number of rounds is 5, and 6 is asked for", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_party_has_its_half_of_the_last_sum_and_of_the_one_before_it()
    {
        var states = new ParameterStates(Path.Combine(_folder, "party"), "id");
        for (var sum = 1; sum <= 3; sum++) states.Write(sum, new(RingTensor.Of(new(1, 2), [(ulong)sum, 7]), 40));

        foreach (var sum in new[] { 2, 3 })
        {
            var share = states.Read(sum, new(1, 2), 40);
            Assert.Equal([(ulong)sum, 7], share.Value.Values);
            Assert.Equal(40, share.FractionBits);
        }

        Assert.Contains("is of step 3, not of step 1", Assert.Throws<InvalidDataException>(() => states.Read(1, new(1, 2), 40)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => new ParameterStates(Path.Combine(_folder, "party"), "other").Read(3, new(1, 2), 40));
    }

    public void Dispose() => Directory.Delete(_folder, true);
}
