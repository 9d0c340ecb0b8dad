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

    [Fact]
    public async Task Clients_spread_over_pairs_and_their_sessions_tell_texts_pair_and_what_was_before_the_round()
    {
        var (first, second) = (new Sessions(), new Sessions());
        var director = new FederationDirector(Four, first, new FederationPair(1, second));
        await director.OpenAsync(default);
        Assert.Equal(["meet model", "open with m"], first.Names);
        Assert.Equal(["meet model", "open with m at pair 2"], second.Names);
        var past = director.Transcript;
        first.Clear();
        second.Clear();

        var round = await director.RoundAsync(default);

        Assert.Equal([0, 1, 2, 3], round.Counted);
        Assert.Equal(4, round.Joined);
        Assert.Equal(
            ["meet 1", "join 1 with t1", $"round 1 client 1 after {past} with t1", "meet 3", "join 3 with t3", $"round 1 client 3 after {past} with t3", $"round 1 of 1,2,3,4 after {Before(first)}"], first.Names);
        Assert.Equal(
            ["meet 2", "join 2 with t2 at pair 2", $"round 1 client 2 after {past} with t2 at pair 2", "meet 4", "join 4 with t4 at pair 2", $"round 1 client 4 after {past} with t4 at pair 2"], second.Names);
        Assert.Empty(director.Lost);

        static string Before(Sessions sessions) => sessions.Names[^1].Split(" after ")[1];
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_pair_that_is_lost_is_left_out_from_then_on_and_another_one_does_its_work(bool beginsFirst)
    {
        var first = new Sessions();
        var second = new Fragile();
        var director = new FederationDirector(Four, first, second);
        await director.OpenAsync(default);
        Assert.Equal(4, (await director.RoundAsync(default)).Counted.Count);
        Assert.Equal(["round 1 client 1", "round 1 client 3"], first.InWords.Where(name => name.Contains(" client ", StringComparison.Ordinal)));
        first.Clear();
        (second.IsGone, second.BeginsFirst) = (true, beginsFirst);

        var round = await director.RoundAsync(default);

        Assert.Equal([0, 1, 2, 3], round.Counted);
        Assert.Equal(
            ["round 2 client 1", "round 2 client 3", "meet 2", "join 2 with t2", "round 2 client 2", "meet 4", "join 4 with t4", "round 2 client 4", "round 2 of 1,2,3,4"], first.InWords);
        Assert.Equal("it is gone", director.Lost[1]);
        var asked = second.Asked;
        Assert.Equal(4, (await director.RoundAsync(default)).Counted.Count);
        Assert.Equal(asked, second.Asked);
    }

    [Fact]
    public async Task A_pair_that_never_came_is_left_out_and_a_federation_may_go_on_without_it()
    {
        var director = new FederationDirector(Four, new Sessions(), new Fragile());
        await director.OpenAsync(default);
        await director.RoundAsync(default);

        var sessions = new Sessions();
        var again = new FederationDirector(Four, sessions, new Fragile { IsGone = true, BeginsFirst = true });
        await again.GoOnAsync(director.Past, default);

        Assert.Equal(["meet model", "open with m", "meet 1", "join 1 with t1", "meet 3", "join 3 with t3"], sessions.InWords);
        Assert.Equal([1], again.Lost.Keys);
        Assert.Equal([0, 1, 2, 3], (await again.RoundAsync(default)).Counted);
    }

    [Fact]
    public async Task The_loss_of_the_first_pair_ends_it_whatever_others_are_there()
    {
        var sessions = new Sessions();
        var director = new FederationDirector(Four, sessions, new Fragile());
        await director.OpenAsync(default);
        (sessions.Fails, sessions.Failure) = (name => name.StartsWith("join 1", StringComparison.Ordinal), new FederationLostException("server lost dealer"));

        await Assert.ThrowsAsync<FederationLostException>(() => director.RoundAsync(default));
    }

    [Fact]
    public async Task A_round_takes_as_long_as_its_slowest_pair_with_what_is_handed_over()
    {
        var director = new FederationDirector(Four, new Sessions { Seconds = 10 }, new Timed(2, 30, 5), new Timed(1, 3, 7));
        await director.OpenAsync(default);

        var round = await director.RoundAsync(default);

        // Pair 3 gets its parameters in 1 s and pair 2 in 2 s; the first joins and trains with two clients in 40 s after that, takes from pair 2 and pair 3, and adds up.
        Assert.Equal(1 + 2 + 40 + 5 + 7 + 10, round.Seconds, 1e-9);
        Assert.Equal(15, round.Transfers.Seconds, 1e-9);
    }

    static FederatedPlan Four => Plan with { Settings = Plan.Settings with { Picked = 4 }, Texts = [1, 1, 1, 1] };

    /// <summary>A second pair that may be gone.</summary>
    sealed class Fragile : IFederationPair
    {
        readonly FederationPair _pair = new(1, new Sessions());

        public bool IsGone { get; set; }

        /// <summary>Whether it is found to be gone when it should begin; else when it should be done.</summary>
        public bool BeginsFirst { get; set; }

        public int Asked { get; private set; }

        public Task BeginAsync(PairOrder order, CancellationToken cancellation) => IsGone && BeginsFirst ? Gone() : Asking(_pair.BeginAsync(order, cancellation));

        public async Task<PairResult> EndAsync(CancellationToken cancellation)
        {
            var result = await _pair.EndAsync(cancellation);
            if (IsGone) await Gone();
            return result;
        }

        Task Asking(Task task)
        {
            Asked++;
            return task;
        }

        static Task Gone() => throw new PairLostException("it is gone");
    }

    /// <summary>A further pair that works with its clients for some seconds.</summary>
    sealed class Timed(double given, double works, double taken) : IFederationPair
    {
        PairOrder? _order;

        public Task BeginAsync(PairOrder order, CancellationToken cancellation)
        {
            _order = order;
            return Task.CompletedTask;
        }

        public Task<PairResult> EndAsync(CancellationToken cancellation) => Task.FromResult(new PairResult("m", new("", SessionCost.None), [.. _order!.Clients.Select(client =>
            new ClientResult(client.Client, "t", null, new("", Taking(works / _order.Clients.Count)), null))]) { Given = Taking(given), Taken = Taking(taken) });

        static SessionCost Taking(double seconds) => SessionCost.None with { Seconds = seconds };
    }

    /// <summary>Sessions that do nothing, and are listed.</summary>
    sealed class Sessions : IFederationSessions
    {
        public Func<string, bool> Fails { get; set; } = _ => false;

        public Exception? Failure { get; set; }

        public double Seconds { get; init; }

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
            return Task.FromResult(new SessionResult($"of {session.Name}", SessionCost.None with { Seconds = Seconds }));
        }

        void Begin(string name)
        {
            Names.Add(name);
            if (Fails(name)) throw Failure ?? new SessionFailedException($"{name} came to nothing");
        }
    }
}
