using MpcActors.Actors.Federations;
using MpcActors.Tuning.Federated;

namespace MpcActors.Actors.Tests.Federations;

/// <summary>Which session is next, and whose updates count, whatever becomes of sessions.</summary>
public sealed class FederationDirectorTests
{
    static readonly FederatedPlan Plan = new(new(Rounds: 3, LocalSteps: 1, Picked: 2, Batch: 1, LocalOptimizer.Sgd, 0.1, Seed: 1), [1, 1], 1, 2);

    [Fact]
    public async Task A_client_that_is_gone_is_left_out_and_joins_when_it_is_there()
    {
        var sessions = new Sessions { Fails = name => name.StartsWith("meet 2", StringComparison.Ordinal) };
        var director = new FederationDirector(Plan, sessions);
        await director.OpenAsync(default);

        var first = await director.RoundAsync(default);
        Assert.Equal([0], first.Counted);
        Assert.Equal("meet 2 came to nothing", first.LeftOut[1]);
        Assert.Equal(["meet model", "open with m", "meet 1", "join 1 with t1", "round 1 client 1", "meet 2", "round 1 of 1"], sessions.InWords);

        sessions.Clear();
        sessions.Fails = _ => false;
        Assert.Equal([0, 1], (await director.RoundAsync(default)).Counted);
        Assert.Equal(["round 2 client 1", "meet 2", "join 2 with t2", "round 2 client 2", "round 2 of 1,2"], sessions.InWords);
    }

    [Fact]
    public async Task A_round_that_nobody_is_counted_in_adds_nothing_up()
    {
        var sessions = new Sessions { Fails = name => name.StartsWith("round 1 client", StringComparison.Ordinal) };
        var director = new FederationDirector(Plan, sessions);
        await director.OpenAsync(default);

        Assert.Empty((await director.RoundAsync(default)).Counted);
        Assert.DoesNotContain(sessions.InWords, name => name.StartsWith("round 1 of", StringComparison.Ordinal));
        Assert.Equal((1, 0), (director.Rounds, director.Past.Sums));
    }

    [Fact]
    public async Task Going_on_repeats_what_was_and_comes_to_the_same_names()
    {
        var (whole, resumed) = (new Sessions(), new Sessions());
        var director = new FederationDirector(Plan, whole);
        await director.OpenAsync(default);
        await director.RoundAsync(default);
        var past = director.Past;
        whole.Clear();
        await director.RoundAsync(default);

        var again = new FederationDirector(Plan, resumed);
        await again.GoOnAsync(past, default);
        Assert.Equal(["meet model", "open with m", "meet 1", "join 1 with t1", "meet 2", "join 2 with t2"], resumed.InWords);
        resumed.Clear();
        await again.RoundAsync(default);

        Assert.Equal(whole.Names, resumed.Names);
        Assert.Equal(director.Transcript, again.Transcript);
    }

    [Fact]
    public async Task Other_texts_or_another_model_than_before_are_not_gone_on_with()
    {
        var director = new FederationDirector(Plan, new Sessions());
        await director.OpenAsync(default);
        await director.RoundAsync(default);
        var past = director.Past;

        var other = new FederationDirector(Plan, new Sessions { Texts = "other" });
        await other.GoOnAsync(past, default);
        var round = await other.RoundAsync(default);
        Assert.Empty(round.Counted);
        Assert.Contains("client 1 has other texts than those it joined with", round.LeftOut[0], StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidDataException>(() => new FederationDirector(Plan, new Sessions { Model = "other" }).GoOnAsync(past, default));
    }

    [Fact]
    public async Task The_loss_of_a_party_ends_it()
    {
        var sessions = new Sessions { Fails = name => name.StartsWith("join 1", StringComparison.Ordinal), Failure = new FederationLostException("server lost dealer") };
        var director = new FederationDirector(Plan, sessions);
        await director.OpenAsync(default);

        await Assert.ThrowsAsync<FederationLostException>(() => director.RoundAsync(default));
    }

    /// <summary>Sessions that do nothing, and are listed.</summary>
    sealed class Sessions : IFederationSessions
    {
        public Func<string, bool> Fails { get; set; } = _ => false;

        public Exception? Failure { get; init; }

        public string Texts { get; init; } = "t";

        public string Model { get; init; } = "m";

        public List<string> Names { get; } = [];

        /// <summary>Without hashes of the past.</summary>
        public IEnumerable<string> InWords => Names.Select(name => name.Split(" after ")[0]);

        public void Clear() => Names.Clear();

        public Task<string> MeetAsync(int? client, CancellationToken cancellation)
        {
            Begin($"meet {(client is { } number ? $"{number + 1}" : "model")}");
            return Task.FromResult(client is { } of ? $"{Texts}{of + 1}" : Model);
        }

        public Task<SessionResult> RunAsync(FederatedSession session, CancellationToken cancellation)
        {
            Begin(session.Name);
            return Task.FromResult(new SessionResult($"of {session.Name}", SessionCost.None));
        }

        void Begin(string name)
        {
            Names.Add(name);
            if (Fails(name)) throw Failure ?? new SessionFailedException($"{name} came to nothing");
        }
    }
}
