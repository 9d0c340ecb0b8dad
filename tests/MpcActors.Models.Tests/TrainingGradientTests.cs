using MpcActors.Models.Transformers.Training;
using MpcActors.Protocols.Hybrid;
using MpcActors.Protocols.Published;
using MpcActors.Protocols.Training;
using Xunit.Abstractions;

namespace MpcActors.Models.Tests;

/// <summary>Gradients against those of PyTorch on the golden checkpoints: of the twin in the clear, and of both suites on shares.</summary>
public sealed class TrainingGradientTests(ITestOutputHelper output)
{
    /// <summary>|g − g'|/|g| of a tensor. A gradient passes a dozen truncations to 2^−16 with a loss scale of 64; the least gradients, those of queries and keys, feel them most.</summary>
    const double FusedError = 0.005;

    /// <summary>GPT-2's GELU has a tanh where ours has not: their derivatives differ by up to 0.002, and the gradients by half of that.</summary>
    const double OtherGelu = 2e-3;

    /// <summary>A quotient of sums of features that half cancel; the least gradients are those of queries, keys and frequencies.</summary>
    const double FeatureError = 0.02;

    /// <summary>Of all tensors together: SecFormer's GELU has a slope of 0.06 off its break points, and Newton's steps carry on the units they lose.</summary>
    const double PublishedError = 0.1;

    [Theory]
    [InlineData("roberta", 1e-4)]
    [InlineData("bert", 1e-4)]
    [InlineData("gpt2", OtherGelu)]
    public void The_clear_step_has_the_gradients_of_PyTorch(string name, double tolerance)
    {
        using var golden = new GoldenTraining(name);

        var clear = golden.Clear();

        Assert.Equal(golden.Loss, clear.Loss, tolerance);
        foreach (var (tensor, gradient) in clear.Gradients) Assert.InRange(ErrorOf(golden.Gradient(tensor), gradient), 0, tolerance);
        Assert.InRange(ErrorOf(golden.InputGradient, clear.InputGradient), 0, tolerance);
    }

    [Theory]
    [InlineData("roberta", false)]
    [InlineData("bert", false)]
    [InlineData("gpt2", false)]
    [InlineData("roberta", true)]
    [InlineData("gpt2", true)]
    public void Our_suites_have_the_gradients_of_PyTorch_for_every_tensor_and_cost_what_was_planned(string name, bool isByKeys)
    {
        using var golden = new GoldenTraining(name);

        var run = golden.Run(() => isByKeys ? new PriFftTraining() : new FusedTraining());

        Assert.Equal(run.Planned, run.Cost);
        foreach (var (tensor, gradient) in run.Gradients)
        {
            var error = ErrorOf(golden.Gradient(tensor), gradient);
            output.WriteLine($"{name} {tensor}: {error:G3}");
        }

        output.WriteLine($"{name} input: {ErrorOf(golden.InputGradient, run.InputGradient):G3}");
        foreach (var (tensor, gradient) in run.Gradients) Assert.InRange(ErrorOf(golden.Gradient(tensor), gradient), 0, FusedError);
        Assert.InRange(ErrorOf(golden.InputGradient, run.InputGradient), 0, FusedError);
    }

    [Theory]
    [InlineData("roberta", "roberta.embeddings.position_embeddings.weight")]
    [InlineData("gpt2", "wpe.weight")]
    public void Full_fine_tuning_has_the_gradients_of_the_tables_from_shared_tokens(string name, string positions)
    {
        using var golden = new GoldenTraining(name);

        var (gradients, cost, planned) = golden.RunFromInput(() => new FusedTraining(), TuningMethod.Full, []);

        Assert.Equal(planned, cost);
        Assert.InRange(ErrorOf(golden.WordGradient(), gradients["embedding.words"]), 0, FusedError);
        Assert.InRange(ErrorOf(golden.GradientNamed(positions), gradients["embedding.positions"]), 0, FusedError);
        Assert.InRange(ErrorOf(golden.Gradient("layer 0.query_key_value.weight"), gradients["layer 0.query_key_value.weight"]), 0, FusedError);
    }

    [Fact]
    public void A_prompt_before_each_text_gets_the_sum_of_their_gradients_and_nothing_else_is_trained()
    {
        using var golden = new GoldenTraining("roberta");
        var prompt = PromptOf(golden);

        var (gradients, cost, planned) = golden.RunFromInput(() => new FusedTraining(), TuningMethod.Prompt, prompt);

        Assert.Equal(planned, cost);
        Assert.Equal(["prompt"], gradients.Keys);
        Assert.InRange(ErrorOf(UnderPrompt(golden, prompt).Prompt, gradients["prompt"]), 0, FusedError);
    }

    [Fact]
    public void A_prompt_that_is_trained_beside_all_weights_leaves_the_texts_their_positions()
    {
        using var golden = new GoldenTraining("roberta");
        var prompt = PromptOf(golden);

        var (gradients, cost, planned) = golden.RunFromInput(() => new FusedTraining(), TuningMethod.Full, prompt);

        var (clear, ofPrompt, ofTexts) = UnderPrompt(golden, prompt);
        Assert.Equal(planned, cost);
        Assert.InRange(ErrorOf(ofPrompt, gradients["prompt"]), 0, FusedError);
        Assert.InRange(ErrorOf(ofTexts, gradients["embedding.norm.bias"]), 0, FusedError);
        foreach (var tensor in clear.Keys) Assert.InRange(ErrorOf(clear[tensor], gradients[tensor]), 0, FusedError);
    }

    const int PromptRows = 3;

    static double[] PromptOf(GoldenTraining golden) => [.. golden.Rows.Take(PromptRows * golden.Config.Width).Select(x => -x)];

    /// <summary>In the clear: the gradients of all layers, of the prompt, and the sum of those of all texts' rows.</summary>
    static (IReadOnlyDictionary<string, double[]> Layers, double[] Prompt, double[] Texts) UnderPrompt(GoldenTraining golden, double[] prompt)
    {
        var width = golden.Config.Width;
        int[] lengths = [.. golden.Lengths.Select(length => length + PromptRows)];
        var starts = golden.Lengths.Select((_, text) => golden.Lengths[..text].Sum()).ToArray();
        double[] both = [.. golden.Lengths.SelectMany((length, text) => prompt.Concat(golden.Rows[(starts[text] * width)..((starts[text] + length) * width)]))];
        var clear = new ClearTraining(golden.Config, golden.Config.Vocabulary, golden.Tensor).Gradients(both, golden.Targets, lengths, [.. golden.Answers.Select(answer => answer + PromptRows)]);
        var (ofPrompt, ofTexts) = (new double[prompt.Length], new double[width]);
        for (int text = 0, row = 0; text < lengths.Length; text++)
            for (var i = 0; i < lengths[text]; i++, row++)
                for (var column = 0; column < width; column++)
                {
                    var gradient = clear.InputGradient[row * width + column];
                    if (i < PromptRows) ofPrompt[i * width + column] += gradient;
                    else ofTexts[column] += gradient;
                }

        return (clear.Gradients, ofPrompt, ofTexts);
    }

    [Theory]
    [InlineData("roberta")]
    [InlineData("gpt2")]
    public void The_published_suite_has_the_gradients_of_its_approximations_and_costs_what_was_planned(string name)
    {
        using var golden = new GoldenTraining(name);

        var run = golden.Run(() => new PublishedTraining());

        Assert.Equal(run.Planned, run.Cost);
        double[] all = [.. run.Gradients.SelectMany(pair => pair.Value)];
        double[] expected = [.. run.Gradients.SelectMany(pair => golden.Gradient(pair.Key))];
        output.WriteLine($"{name}: {ErrorOf(expected, all):G3}, input {ErrorOf(golden.InputGradient, run.InputGradient):G3}");
        Assert.InRange(ErrorOf(expected, all), 0, PublishedError);
    }

    /// <summary>Few frequencies, so that texts of a dozen tokens are summed up by states; a causal model has weights.</summary>
    [Theory]
    [InlineData("roberta", 3)]
    [InlineData("gpt2", 8)]
    public void A_step_goes_back_through_random_features_and_costs_what_was_planned(string name, int features)
    {
        using var golden = new GoldenTraining(name, features);

        var run = golden.Run(() => new FusedTraining());

        var clear = golden.Clear();
        Assert.Equal(run.Planned, run.Cost);
        foreach (var (tensor, gradient) in run.Gradients)
        {
            var error = ErrorOf(clear.Gradients[tensor], gradient);
            output.WriteLine($"{name} {tensor}: {error:G3}");
            Assert.InRange(error, 0, FeatureError);
        }

        Assert.InRange(ErrorOf(clear.InputGradient, run.InputGradient), 0, FeatureError);
    }

    static double ErrorOf(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        return Math.Sqrt(expected.Zip(actual, (x, y) => (x - y) * (x - y)).Sum() / Math.Max(1e-12, expected.Sum(x => x * x)));
    }
}
