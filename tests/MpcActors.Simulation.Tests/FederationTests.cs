using MpcActors.Actors;
using MpcActors.Actors.Federations;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Tuning.Federated;

namespace MpcActors.Simulation.Tests;

public sealed class FederationTests
{
    const int Width = 6, Classes = 3;

    static readonly FederatedSettings Settings = new(Rounds: 2, LocalSteps: 2, Picked: 2, Batch: 4, LocalOptimizer.Sgd, 0.5, Seed: 7);

    [Theory]
    [InlineData(LocalOptimizer.Sgd, 0.5)]
    [InlineData(LocalOptimizer.Adam, 0.05)]
    public async Task Parameters_on_shares_follow_those_in_the_clear(LocalOptimizer optimizer, double learningRate)
    {
        var task = Make(3, Settings with { Optimizer = optimizer, LearningRate = learningRate });
        var (federation, clear) = (new Federation(task, Conditions()), new ClearFederation(task));
        await federation.OpenAsync();
        Near(task.Start, federation.Parameters, 1e-9);
        for (var round = 0; round < 2; round++)
        {
            var done = await federation.RoundAsync();
            Assert.Equal(task.Plan.PickedIn(round), done.Counted);
            Assert.Empty(done.LeftOut);
            clear.Round(round, done.Counted);
            Near(clear.Parameters, federation.Parameters, optimizer == LocalOptimizer.Sgd ? 5e-3 : 2e-2);
        }

        Assert.True(task.Start.Zip(clear.Parameters, (a, b) => Math.Abs(a - b)).Max() > 0.05, "nothing was learned");
        Near(federation.Parameters, await federation.CloseAsync(), 1e-12);
    }

    [Fact]
    public async Task A_client_that_drops_out_is_left_out_and_the_round_is_that_of_the_others()
    {
        var task = Make(3, Settings with { Picked = 3 });
        var conditions = Conditions() with
        {
            Faults = (round, client) => (round, client) == (0, 1) ? new(new FrameFault(FaultKind.Kill, Role.DataOwner, Role.PartyZero, 1)) : FaultPlan.None,
        };
        var (federation, clear) = (new Federation(task, conditions), new ClearFederation(task));
        await federation.OpenAsync();

        var first = await federation.RoundAsync();
        Assert.Equal([0, 2], first.Counted);
        Assert.Equal([1], first.LeftOut.Keys);
        Assert.NotEmpty(first.LeftOut[1]);
        clear.Round(0, first.Counted);
        Near(clear.Parameters, federation.Parameters, 5e-3);

        // It is back in the next round, and counts once.
        var second = await federation.RoundAsync();
        Assert.Equal([0, 1, 2], second.Counted);
        clear.Round(1, second.Counted);
        Near(clear.Parameters, federation.Parameters, 5e-3);

        // So that a run which goes on with other drop-outs is set beside the right twin.
        Assert.Equal([[0, 2], [0, 1, 2]], FederatedState.FromBytes(federation.State.ToBytes()).Past.Counted);
    }

    [Fact]
    public async Task A_run_that_goes_on_from_a_state_ends_in_the_same_bytes()
    {
        var saved = await StateThatIsGoneOnFrom(Make(2, Settings));
        Assert.ThrowsAny<InvalidDataException>(() => FederatedState.FromBytes(saved[..^1]));
    }

    /// <summary>Two rounds, and the second of them again from the state after the first, which is returned.</summary>
    internal static async Task<byte[]> StateThatIsGoneOnFrom(IFederatedTask task, int pairs = 1)
    {
        var conditions = Conditions() with { Pairs = pairs };
        var whole = new Federation(task, conditions);
        await whole.OpenAsync();
        await whole.RoundAsync();
        var saved = whole.State.ToBytes();
        await whole.RoundAsync();

        var resumed = new Federation(task, conditions);
        await resumed.ResumeAsync(FederatedState.FromBytes(saved));
        Assert.Equal(1, resumed.Rounds);
        await resumed.RoundAsync();
        Assert.Equal(whole.State.ToBytes(), resumed.State.ToBytes());
        Assert.Equal(whole.Transcript, resumed.Transcript);
        return saved;
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Several_pairs_come_to_parameters_that_follow_those_in_the_clear_and_take_less_time(int pairs)
    {
        var task = Make(6, Settings with { Picked = 6 });
        var conditions = Conditions() with
        {
            Faults = (round, client) => (round, client) == (0, 4) ? new(new FrameFault(FaultKind.Kill, Role.DataOwner, Role.PartyZero, 1)) : FaultPlan.None,
        };
        var (federation, single, clear) = (new Federation(task, conditions with { Pairs = pairs }), new Federation(task, conditions), new ClearFederation(task));
        await federation.OpenAsync();
        await single.OpenAsync();
        for (var round = 0; round < 2; round++)
        {
            var (done, alone) = (await federation.RoundAsync(), await single.RoundAsync());
            Assert.Equal(round == 0 ? [0, 1, 2, 3, 5] : [0, 1, 2, 3, 4, 5], done.Counted);
            clear.Round(round, done.Counted);
            Near(clear.Parameters, federation.Parameters, 5e-3);

            // Updates of some clients came from another pair, with their number of texts, and parameters went there. Frames are counted as they are sent.
            var (count, away) = (task.Plan.Parameters.Count, done.Counted.Count(client => client % pairs != 0));
            Assert.Equal((pairs - 1) * count + away * (count + 1), done.Transfers.SentBytes[0] / sizeof(ulong));
            Assert.Equal(done.Transfers.SentBytes[0], done.Transfers.SentBytes[1]);
            Assert.Equal(alone.Seconds, done.SecondsOfOnePair, 1e-9);
            Assert.InRange(done.Seconds, alone.Seconds / pairs, 0.8 * alone.Seconds);
            Assert.Equal(alone.Training.SentBytes, done.Training.SentBytes);
        }

        Assert.NotEqual(single.Transcript, federation.Transcript);
        Near(federation.Parameters, await federation.CloseAsync(), 1e-12);
    }

    [Fact]
    public async Task A_run_with_two_pairs_that_goes_on_from_a_state_ends_in_the_same_bytes() => await StateThatIsGoneOnFrom(Make(3, Settings with { Picked = 3 }), pairs: 2);

    [Fact]
    public async Task The_cost_of_a_round_grows_with_its_clients_and_with_nothing_else()
    {
        var one = await CostOfRounds(1);
        var four = await CostOfRounds(4);
        Assert.Equal(one[0].SentBytes, one[1].SentBytes);
        Assert.Equal(4 * one[0].SentBytes[0], four[0].SentBytes[0]);
        Assert.Equal(4 * one[0].Rounds, four[0].Rounds);
        Assert.Equal(4 * one[0].DealtBytes, four[1].DealtBytes);
        var step = HeadStep.CostOf(new(Settings.Batch, Width + 1), Classes);
        Assert.Equal(Settings.LocalSteps * step.SentBytes, one[0].SentBytes[0]);
        Assert.Equal(Settings.LocalSteps * step.OfflineBytes, one[0].DealtBytes);
        Assert.Equal(Settings.LocalSteps * step.Rounds, one[0].Rounds);

        static async Task<SessionCost[]> CostOfRounds(int clients)
        {
            var task = Make(clients, Settings with { Picked = clients });
            var federation = new Federation(task, Conditions());
            await federation.OpenAsync();
            return [(await federation.RoundAsync()).Training, (await federation.RoundAsync()).Training];
        }
    }

    [Fact]
    public async Task A_consent_to_another_round_is_refused_by_name()
    {
        var task = Make(2, Settings);
        var seats = new[] { Seat.Zero, Seat.One, Seat.Dealer }.ToDictionary(seat => seat, _ => new FederatedSeat(task));
        await Session((seat, party) => seat.Open(party), Role.ModelOwner, port =>
        {
            port.ShareWithParties(FixedPoint.Encode(task.Start, task.Plan.Parameters, task.ParameterBits), Seed.FromNumber(1));
            return ValueTask.CompletedTask;
        });
        await Session((seat, party) => seat.Join(party, 0), Role.DataOwner, port =>
        {
            task.ShareTexts(port, 0, Seed.FromNumber(2));
            return ValueTask.CompletedTask;
        });
        var thrown = await Assert.ThrowsAsync<SessionFailedException>(() => Session((seat, party) => seat.Train(party, 0, 3), Role.DataOwner, port => ClientProgram.Train(port, 2, 2)));
        Assert.Contains("client 1 speaks of round 3, step 1 where round 4, step 1 is under way", thrown.Message, StringComparison.Ordinal);

        Task<Run> Session(Func<FederatedSeat, Party, ValueTask> work, Role owner, RoleProgram program)
        {
            var programs = Actors.Simulation.PartyPrograms(party => work(seats[party.Seat], party), Seed.FromNumber(3));
            programs[owner] = program;
            return Actors.Simulation.RunAsync(new(LinkProfile.Lan, Work.Free, Seed.FromNumber(4)), programs);
        }
    }

    [Fact]
    public void Splits_give_every_text_to_one_client_and_are_skewed_as_told()
    {
        int[] labels = [.. Enumerable.Range(0, 200).Select(i => i % 2)];
        foreach (var split in new[] { ClientSplit.Independent(200, 7, 1), ClientSplit.Dirichlet(labels, 7, 0.1, 1), ClientSplit.Dirichlet(labels, 7, 1000, 1) })
        {
            Assert.Equal(Enumerable.Range(0, 200), split.SelectMany(texts => texts).Order());
            Assert.All(split, texts => Assert.NotEmpty(texts));
        }

        Assert.True(Skew(ClientSplit.Dirichlet(labels, 4, 0.1, 3)) > 0.3);
        Assert.True(Skew(ClientSplit.Dirichlet(labels, 4, 1000, 3)) < 0.1);
        Assert.Equal(ClientSplit.Dirichlet(labels, 4, 0.5, 3).SelectMany(texts => texts), ClientSplit.Dirichlet(labels, 4, 0.5, 3).SelectMany(texts => texts));
        Assert.Throws<ArgumentException>(() => ClientSplit.Independent(3, 4, 1));
        Assert.Throws<ArgumentException>(() => ClientSplit.Dirichlet(labels, 4, 0, 1));

        double Skew(int[][] split) => split.Average(texts => Math.Abs(texts.Average(text => labels[text]) - 0.5));
    }

    internal static FederationConditions Conditions() => new(LinkProfile.Lan, _ => LinkProfile.Lan, Work.Modelled.Default);

    /// <summary>Texts around a direction a class.</summary>
    internal static ClientData DataOf(int client)
    {
        int[] labels = [.. Enumerable.Range(0, 10).Select(i => (i + client) % Classes)];
        double[] embeddings = [.. labels.SelectMany((label, text) => Enumerable.Range(0, Width).Select(i => (i % Classes == label ? 0.5 : 0) + 0.2 * Math.Sin(7.3 * text + 3.1 * i + client)))];
        return ClientData.FromEmbeddings(embeddings, Width, labels);
    }

    internal static HeadTask Make(int clients, FederatedSettings settings)
    {
        ClientData[] data = [.. Enumerable.Range(0, clients).Select(DataOf)];
        double[] start = [.. Enumerable.Range(0, Width + 1).SelectMany(i => new[] { 0.01 * i, -0.02 * i, 0.01 * i })];
        return new(FederatedPlan.Of(settings, data, Classes), data, start);
    }

    static void Near(IReadOnlyList<double> expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Count, actual.Length);
        for (var i = 0; i < actual.Length; i++) Assert.Equal(expected[i], actual[i], tolerance);
    }
}
