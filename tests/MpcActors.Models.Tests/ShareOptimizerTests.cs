using MpcActors.Models.Transformers.Training;
using MpcActors.Protocols;
using MpcActors.Protocols.Hybrid;
using MpcActors.Protocols.Published;
using MpcActors.Protocols.Training;
using Xunit.Abstractions;

namespace MpcActors.Models.Tests;

/// <summary>Steps of optimisers on shares against those of their twins in the clear, on all tensors of a golden checkpoint.</summary>
public sealed class ShareOptimizerTests(ITestOutputHelper output)
{
    const double Rate = 1e-3;

    [Theory]
    [InlineData("roberta", 0, false)]
    [InlineData("gpt2", 0.01, false)]
    [InlineData("roberta", 0, true)]
    public void One_step_of_Adam_equals_the_clear_one_on_all_parameters(string name, double decay, bool isByKeys)
    {
        using var golden = new GoldenTraining(name);
        var settings = new AdamSettings(Rate, Decay: decay);

        var run = golden.Run(() => isByKeys ? new PriFftTraining() : new FusedTraining(), () => new ShareAdam(settings));

        Assert.Equal(run.Planned, run.Cost);
        Compare(golden, run, ClearSteps(golden, settings, 1), parameterError: 3e-4, stepError: 0.03);
    }

    /// <summary>Adam divides a gradient by its own size, so that where one is near zero, what matters is what it is off by beside ε; all of that is the gradient's.</summary>
    [Theory]
    [InlineData("roberta")]
    [InlineData("gpt2")]
    public void Along_the_same_gradients_a_step_is_the_clear_one_within_a_thousandth_for_every_tensor(string name)
    {
        using var golden = new GoldenTraining(name);
        var settings = new AdamSettings(Rate);

        var run = golden.Run(() => new FusedTraining(), () => new ShareAdam(settings));

        Compare(golden, run, ClearSteps(golden, settings, 1, run.Gradients), parameterError: 1e-4, stepError: 3e-4);
    }

    [Theory]
    [InlineData("roberta")]
    [InlineData("gpt2")]
    public void Where_epsilon_is_not_far_below_the_gradients_the_whole_step_is_the_clear_one_within_a_thousandth(string name)
    {
        using var golden = new GoldenTraining(name);
        var settings = new AdamSettings(Rate, Epsilon: 0.03);

        var run = golden.Run(() => new FusedTraining(), () => new ShareAdam(settings));

        Compare(golden, run, ClearSteps(golden, settings, 1), parameterError: 1e-4, stepError: 1e-3);
    }

    [Fact]
    public void Numbers_that_go_through_a_step_in_parts_end_where_they_do_together()
    {
        using var golden = new GoldenTraining("roberta");
        // An ε that a gradient of nothing but rounding, such as that of a key's bias, stays below.
        var settings = new AdamSettings(Rate, Decay: 0.01, Epsilon: 0.03);

        var run = golden.Run(() => new FusedTraining(), () => new ShareAdam(settings, mostTogether: 1000), steps: 2);

        Assert.Equal(run.Planned, run.Cost);
        Compare(golden, run, ClearSteps(golden, settings, 2), parameterError: 1e-4, stepError: 2e-3);
    }

    /// <summary>The first step has no moments yet, and is cheaper than the thousands after it.</summary>
    [Fact]
    public void A_step_of_Adam_is_planned_as_those_after_the_first_are()
    {
        using var golden = new GoldenTraining("roberta");

        var (two, three) = (CostOf(2), CostOf(3));

        var plan = TrainingPlan.Of(new FusedTraining(), golden.Config, golden.Config.Vocabulary, TuningMethod.Layers, 0, golden.Lengths, golden.Answers, Adam());
        var step = plan.Operations.Aggregate(new OperationCost(""), (sum, operation) => sum + operation);
        Assert.Equal((three.Rounds - two.Rounds, three.SentBits - two.SentBits, three.OfflineBits - two.OfflineBits), (step.Rounds, 8 * step.SentBytes, 8 * step.DealtBytes));

        Cost CostOf(int steps) => golden.Run(() => new FusedTraining(), Adam, steps: steps).Cost;

        static ShareAdam Adam() => new(new AdamSettings(Rate), mostTogether: 1000);
    }

    [Fact]
    public void Three_steps_of_Adam_follow_the_clear_ones()
    {
        using var golden = new GoldenTraining("roberta");
        var settings = new AdamSettings(Rate);

        var run = golden.Run(() => new FusedTraining(), () => new ShareAdam(settings), steps: 3);

        Compare(golden, run, ClearSteps(golden, settings, 3), parameterError: 1e-3, stepError: 0.03);
    }

    [Fact]
    public void A_step_along_the_gradient_is_the_rate_times_PyTorchs_gradient()
    {
        using var golden = new GoldenTraining("roberta");

        var run = golden.Run(() => new FusedTraining(), () => new ShareSgd(Rate));

        var expected = run.Parameters.Keys.ToDictionary(tensor => tensor, tensor => golden.Tensor(tensor).Zip(golden.Gradient(tensor), (w, g) => w - Rate * g).ToArray());
        Compare(golden, run, expected, parameterError: 1e-5, stepError: 0.01);
    }

    /// <summary>CrypTen's root holds for squares of 0.1 to 150: of the scaled gradients, those between 0.4 and 12.</summary>
    [Fact]
    public void The_published_suite_takes_a_whole_step_where_its_root_holds_and_costs_what_was_planned()
    {
        using var golden = new GoldenTraining("roberta");
        const double lossScale = 4;

        var run = golden.Run(() => new PublishedTraining(), () => new ShareAdam(new AdamSettings(Rate)), lossScale: lossScale);

        Assert.Equal(run.Planned, run.Cost);
        var checkedValues = 0;
        foreach (var (tensor, values) in run.Parameters)
        {
            var (before, gradient) = (golden.Tensor(tensor), golden.Gradient(tensor));
            for (var i = 0; i < values.Length; i++)
            {
                if (Math.Abs(gradient[i] * lossScale) is < 0.5 or > 10) continue;
                checkedValues++;
                Assert.InRange((before[i] - values[i]) / Rate * Math.Sign(gradient[i]), 0.9, 1.1);
            }
        }

        Assert.True(checkedValues > 100);
    }

    static Dictionary<string, double[]> ClearSteps(
        GoldenTraining golden, AdamSettings settings, int steps, IReadOnlyDictionary<string, double[]>? along = null)
    {
        var tensors = golden.Clear().Gradients.Keys.ToDictionary(tensor => tensor, golden.Tensor);
        var adam = new ClearAdam(settings);
        for (var i = 0; i < steps; i++)
        {
            var gradients = along ?? new ClearTraining(golden.Config, golden.Config.Vocabulary, tensor => tensors[tensor]).Gradients(golden.Rows, golden.Targets, golden.Lengths, golden.Answers).Gradients;
            foreach (var (tensor, values) in tensors) adam.Step(tensor, values, gradients[tensor]);
            adam.EndStep();
        }

        return tensors;
    }

    void Compare(GoldenTraining golden, TrainingRun run, Dictionary<string, double[]> expected, double parameterError, double stepError)
    {
        foreach (var (tensor, values) in run.Parameters)
        {
            var (clear, before) = (expected[tensor], golden.Tensor(tensor));
            var difference = Norm(clear.Zip(values, (x, y) => x - y));
            var (ofParameter, ofStep) = (difference / Norm(clear), difference / Norm(clear.Zip(before, (x, y) => x - y)));
            output.WriteLine($"{tensor}: {ofParameter:G3} of the tensor, {ofStep:G3} of the step");
            Assert.InRange(ofParameter, 0, parameterError);
            Assert.InRange(ofStep, 0, stepError);
        }
    }

    static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(x => x * x));
}
