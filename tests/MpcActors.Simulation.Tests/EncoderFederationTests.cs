using MpcActors.Actors;
using MpcActors.Actors.Federations;
using MpcActors.Data;
using MpcActors.Models;
using MpcActors.Models.Private;
using MpcActors.Models.Transformers.Training;
using MpcActors.Network;
using MpcActors.Protocols;
using MpcActors.Tuning;
using MpcActors.Tuning.Federated;

namespace MpcActors.Simulation.Tests;

/// <summary>Federations that train the encoder itself: adapters, last layers, all of it.</summary>
public sealed class EncoderFederationTests
{
    static readonly FederatedSettings Settings = new(Rounds: 2, LocalSteps: 2, Picked: 2, Batch: 3, LocalOptimizer.Sgd, 0.02, Seed: 3);

    public static TheoryData<TrainedTensors, LocalOptimizer, double> Selections => new()
    {
        { new TrainedTensors.Adapters(2), LocalOptimizer.Sgd, 0.1 },
        { new TrainedTensors.Adapters(2), LocalOptimizer.Adam, 0.01 },
        { new TrainedTensors.Last(1), LocalOptimizer.Sgd, 0.02 },
        { TrainedTensors.All, LocalOptimizer.Sgd, 0.02 },
    };

    [Theory]
    [MemberData(nameof(Selections))]
    public async Task Parameters_on_shares_follow_those_in_the_clear(TrainedTensors trained, LocalOptimizer optimizer, double learningRate)
    {
        var task = Make(2, Settings with { Optimizer = optimizer, LearningRate = learningRate }, trained);
        var (federation, clear) = (new Federation(task, FederationTests.Conditions()), new ClearFederation(task));
        await federation.OpenAsync();
        for (var round = 0; round < 2; round++)
        {
            var done = await federation.RoundAsync();
            Assert.Equal([0, 1], done.Counted);
            clear.Round(round, done.Counted);
        }

        // Of the change itself, since most parameters hardly move. Adam turns a gradient near zero, and what it is off by, into a step.
        var (moved, missed) = (Distance(task.Start, clear.Parameters), Distance(federation.Parameters, clear.Parameters));
        Assert.True(moved > 1e-3, "nothing was learned");
        Assert.InRange(missed / moved, 0, optimizer == LocalOptimizer.Sgd ? 0.02 : 0.1);
        Assert.Equal(federation.Parameters, await federation.CloseAsync());
    }

    [Fact]
    public async Task A_client_that_drops_out_in_the_middle_of_a_step_leaves_nothing_behind_and_may_come_back()
    {
        var task = Make(3, Settings with { Picked = 3 }, new TrainedTensors.Adapters(2));
        var conditions = FederationTests.Conditions() with
        {
            Faults = (round, client) => (round, client) == (0, 1) ? new(new FrameFault(FaultKind.Kill, Role.DataOwner, Role.PartyZero, 1)) : FaultPlan.None,
        };
        var (federation, clear) = (new Federation(task, conditions), new ClearFederation(task));
        await federation.OpenAsync();

        var (first, second) = (await federation.RoundAsync(), await federation.RoundAsync());

        Assert.Equal([0, 2], first.Counted);
        Assert.Equal([0, 1, 2], second.Counted);
        clear.Round(0, first.Counted);
        clear.Round(1, second.Counted);
        Assert.InRange(Distance(federation.Parameters, clear.Parameters) / Distance(task.Start, clear.Parameters), 0, 0.02);
    }

    [Fact]
    public async Task Each_of_two_pairs_opens_the_frozen_encoder_and_trains_its_client_as_in_the_clear()
    {
        var task = Make(2, Settings, new TrainedTensors.Adapters(2));
        var (federation, clear) = (new Federation(task, FederationTests.Conditions() with { Pairs = 2 }), new ClearFederation(task));
        await federation.OpenAsync();
        for (var round = 0; round < 2; round++)
        {
            var done = await federation.RoundAsync();
            Assert.Equal([0, 1], done.Counted);
            Assert.InRange(done.Seconds, 0, 0.7 * done.SecondsOfOnePair);
            clear.Round(round, done.Counted);
        }

        Assert.InRange(Distance(federation.Parameters, clear.Parameters) / Distance(task.Start, clear.Parameters), 0, 0.02);
    }

    [Fact]
    public async Task A_run_that_goes_on_from_a_state_ends_in_the_same_bytes() => await FederationTests.StateThatIsGoneOnFrom(Make(2, Settings, new TrainedTensors.Last(1)));

    [Fact]
    public async Task Adding_up_adapters_sends_less_than_adding_up_last_layers_and_that_less_than_all()
    {
        var costs = new List<long>();
        foreach (var trained in new[] { new TrainedTensors.Adapters(2), new TrainedTensors.Last(1), TrainedTensors.All })
        {
            var federation = new Federation(Make(2, Settings, trained), FederationTests.Conditions());
            await federation.OpenAsync();
            costs.Add((await federation.RoundAsync()).Aggregation.SentBytes[0]);
        }

        Assert.True(costs[0] < costs[1] && costs[1] < costs[2], string.Join(", ", costs));
    }

    [Fact]
    public void Other_weights_texts_or_choices_are_another_run()
    {
        var identities = new[]
        {
            Make(2, Settings, new TrainedTensors.Adapters(2)), Make(2, Settings, new TrainedTensors.Adapters(3)), Make(2, Settings, new TrainedTensors.Last(1)), Make(2, Settings, TrainedTensors.All),
            Make(3, Settings, TrainedTensors.All), Make(2, Settings with { Seed = 4 }, TrainedTensors.All),
        }.Select(task => Convert.ToHexString(task.Facts.Hash())).ToArray();

        Assert.Equal(identities.Length, identities.Distinct().Count());
        Assert.Throws<ArgumentException>(() => Make(2, Settings, new TrainedTensors.Last(3)));
        Assert.Throws<ArgumentException>(() => Make(2, Settings, new TrainedTensors.Adapters(0)));
    }

    static double Distance(IReadOnlyList<double> left, IReadOnlyList<double> right) => Math.Sqrt(left.Zip(right, (a, b) => (a - b) * (a - b)).Sum());

    /// <param name="only">Whose part of it a role knows: a client's, the model owner's if -1, nobody's if below; all of it if null.</param>
    internal static EncoderTask Make(int clients, FederatedSettings settings, TrainedTensors trained, int? only = null)
    {
        var task = TinyTask.Create();
        var model = new TextEncoder(TinyModel.Create(1), TinyModel.Tokenizer);
        var encoder = EncoderPreparation.From(model, AttentionKind.Softmax);
        var labels = LabelMatrix.From(new ClearEncoder(encoder), Embed([.. task.LabelSentences]));
        return new(
            settings, EncoderOutline.Of(encoder, labels.Classes), only is null or -1 ? new EncoderTensors(model.Model, labels).Of : null, trained,
            [.. Enumerable.Range(0, clients).Select(client => only is null || client == only ? Texts(client) : null)]);

        TextSet Texts(int client)
        {
            var own = task.Pool.Where((_, i) => i % clients == client).Take(4).ToArray();
            return new($"client {client + 1}", Embed([.. own.Select(text => text.Text)]), [.. own.Select(text => text.Label)]);
        }

        TextBatch Embed(string[] texts) => new TokenEmbedding(model.Model).Embed(Array.ConvertAll(texts, model.Tokenizer.Encode));
    }
}
