using MpcActors.Models.Transformers;
using MpcActors.Protocols;
using MpcActors.Protocols.Hybrid;
using MpcActors.Protocols.Published;

namespace MpcActors.Models.Tests;

public sealed class PrivateTransformerTests
{
    /// <summary>Of a hidden value after a layer: roundings to 2^−16 of weights' products and of what the gates do, a few layers deep.</summary>
    const double HiddenError = 2e-3;

    /// <summary>Squarings of limit exponentials and Newton's steps multiply a unit in the last place by hundreds.</summary>
    const double PublishedError = 0.05;

    public static TheoryData<string, AttentionKind> Models()
    {
        var data = new TheoryData<string, AttentionKind>();
        foreach (var name in (string[])["tiny-roberta", "tiny-bert", "tiny-gpt2"])
            foreach (var attention in Enum.GetValues<AttentionKind>()) data.Add(name, attention);
        return data;
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_pass_on_shares_equals_the_clear_one_layer_by_layer(string name, AttentionKind attention)
    {
        var session = new TransformerSession(name, attention, lengths: [13, 1, 30]);

        var run = session.Run(() => new FusedSuite(), isStreamed: true, watches: true);

        var clear = session.Clear(new ExactFunctions());
        Assert.All(clear.Layers.Zip(run.Layers), pair => AssertClose(pair.First, pair.Second, HiddenError));
        AssertClose(clear.Logits, run.Logits, 2 * HiddenError);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_pass_by_keys_is_as_exact_costs_what_was_planned_and_takes_fewer_rounds(string name, AttentionKind attention)
    {
        var session = new TransformerSession(name, attention, lengths: [13, 1, 30]);

        var run = session.Run(() => new PriFftSuite(), isStreamed: true, watches: true);

        var clear = session.Clear(new ExactFunctions());
        Assert.All(clear.Layers.Zip(run.Layers), pair => AssertClose(pair.First, pair.Second, HiddenError));
        AssertClose(clear.Logits, run.Logits, 2 * HiddenError);
        var plan = session.Plan(new PriFftSuite(), isStreamed: true);
        Assert.Equal(plan.Operations, run.Operations);
        Assert.Equal(plan.SetUpBytes, run.SetUpBytes);
        var fused = session.Plan(new FusedSuite(), isStreamed: true).Operations;
        Assert.True(run.Operations.Sum(operation => operation.Rounds) < fused.Sum(operation => operation.Rounds));
        Assert.True(run.Operations.Sum(operation => operation.SentBytes) < fused.Sum(operation => operation.SentBytes));
    }

    [Theory]
    [InlineData("tiny-roberta")]
    [InlineData("tiny-gpt2")]
    public void Long_texts_take_the_linear_order_and_get_the_same_result(string name)
    {
        var session = new TransformerSession(name, AttentionKind.RandomFeatures, lengths: [60, 55], features: 8);

        var run = session.Run(() => new FusedSuite(), isStreamed: true, watches: true);

        var clear = session.Clear(new ExactFunctions());
        Assert.All(clear.Layers.Zip(run.Layers), pair => AssertClose(pair.First, pair.Second, HiddenError));
        Assert.Equal(session.Plan(new FusedSuite(), isStreamed: true).Operations, run.Operations);
    }

    [Theory]
    [InlineData("tiny-roberta", AttentionKind.Softmax, PublishedCosine.OneRound)]
    [InlineData("tiny-roberta", AttentionKind.RandomFeatures, PublishedCosine.OneRound)]
    [InlineData("tiny-bert", AttentionKind.RandomFeatures, PublishedCosine.Stock)]
    [InlineData("tiny-gpt2", AttentionKind.Softmax, PublishedCosine.OneRound)]
    public void The_published_suite_computes_its_own_approximations_and_costs_what_was_planned(string name, AttentionKind attention, PublishedCosine cosine)
    {
        var session = new TransformerSession(name, attention, lengths: [30, 8], features: 64, form: FeatureForm.ShiftedCosine);

        var run = session.Run(() => new PublishedSuite(cosine), isStreamed: true, watches: true);

        var clear = session.Clear(new PublishedApproximations(cosine));
        Assert.All(clear.Layers.Zip(run.Layers), pair => AssertClose(pair.First, pair.Second, PublishedError));
        Assert.Equal(session.Plan(new PublishedSuite(cosine), isStreamed: true).Operations, run.Operations);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_plan_is_what_is_executed_operation_by_operation(string name, AttentionKind attention)
    {
        var session = new TransformerSession(name, attention, lengths: [40, 17]);

        var run = session.Run(() => new FusedSuite(), isStreamed: true);

        var plan = session.Plan(new FusedSuite(), isStreamed: true);
        Assert.Equal(plan.Operations, run.Operations);
        Assert.Equal(plan.SetUpBytes, run.SetUpBytes);
    }

    [Theory]
    [InlineData("tiny-roberta")]
    [InlineData("tiny-bert")]
    [InlineData("tiny-gpt2")]
    public void The_prepared_model_is_the_model(string name)
    {
        var session = new TransformerSession(name, AttentionKind.Softmax, lengths: [13, 1, 30]);

        var (layers, logits) = session.Clear(new ExactFunctions());

        var (expected, expectedLogits) = session.Unprepared();
        AssertClose(expectedLogits, logits, 1e-3);
        if (name != "tiny-gpt2") return;

        // Where norms stand before the blocks, layers have the same outputs; elsewhere the last norm's scale is in the map that follows.
        Assert.All(expected.Zip(layers), pair => AssertClose(pair.First, pair.Second, 1e-3));
    }

    [Fact]
    public void Weights_that_are_kept_are_opened_once_and_give_the_same_logits()
    {
        var session = new TransformerSession("tiny-roberta", AttentionKind.Softmax, lengths: [9]);

        var streamed = session.Run(() => new FusedSuite(), isStreamed: true, passes: 2);
        var kept = session.Run(() => new FusedSuite(), isStreamed: false, passes: 2);

        AssertClose(streamed.Logits, kept.Logits, 1e-3);
        Assert.True(kept.SetUpBytes > 0);
        Assert.Equal(2 * kept.SetUpBytes, streamed.SetUpBytes);
    }

    static void AssertClose(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.InRange(expected.Zip(actual, (x, y) => Math.Abs(x - y)).Max(), 0, tolerance);
    }
}
