using MpcActors.Models.Private;
using MpcActors.Models.Transformers.Training;
using MpcActors.Protocols;
using MpcActors.Protocols.Hybrid;
using MpcActors.Protocols.Published;
using MpcActors.Protocols.Training;
using MpcActors.Ring;
using MpcActors.Testing;
using Xunit.Abstractions;

namespace MpcActors.Models.Tests;

/// <summary>The embedded encoder's training step on shares, against the twin in the clear, and the twin against the encoder itself and numerical differences.</summary>
public sealed class TrainableEncoderTests(ITestOutputHelper output)
{
    /// <summary>|g − g'|/|g| of a tensor: as for the transformers, a dozen truncations to 2^−16 with a loss scale of 64.</summary>
    const double FusedError = 0.001;

    /// <summary>Quotients of sums that half cancel, and phases of whole turns, in which a unit of 2^−16 of a frequency is more than one.</summary>
    const double FeatureError = 0.015;

    /// <summary>Of all tensors together: CrypTen's exponential, reciprocal and roots are within some thousandths, and each carries on what it loses.</summary>
    const double PublishedError = 0.1;

    static readonly int[] Lengths = [4, 6, 3];

    static readonly int[] Classes = [1, 0, 1];

    [Theory]
    [InlineData(AttentionKind.Softmax)]
    [InlineData(AttentionKind.RandomFeatures)]
    public void The_clear_twin_has_the_logits_of_the_encoder_and_the_slopes_of_its_loss(AttentionKind attention)
    {
        var (outline, tensors, texts, labels) = Fixture(attention);

        var logits = Twin(outline, tensors).Logits(texts.Rows, Lengths);

        var expected = new ClearEncoder(Tiny.Encoder(attention)).Logits(texts, labels);
        for (var i = 0; i < logits.Length; i++) Assert.Equal(expected[i / 2, i % 2], logits[i], 1e-9);
        var (gradients, _, input) = Twin(outline, tensors).Gradients(texts.Rows, Classes, Lengths);
        foreach (var (name, gradient) in gradients)
        {
            if (name == "labels.weight") continue;
            var numbers = Numbers.Of(60, gradient.Length, 1);
            double Loss(double step) => Twin(outline, other => other == name ? [.. tensors(other).Zip(numbers, (x, n) => x + step * n)] : tensors(other)).Gradients(texts.Rows, Classes, Lengths).Loss;
            var slope = (Loss(1e-5) - Loss(-1e-5)) / 2e-5;
            Assert.Equal(slope, gradient.Zip(numbers, (g, n) => g * n).Sum(), 1e-4 * Math.Max(1, Math.Abs(slope)));
        }

        var along = Numbers.Of(61, input.Length, 1);
        double LossAt(double step) => Twin(outline, tensors).Gradients([.. texts.Rows.Zip(along, (x, n) => x + step * n)], Classes, Lengths).Loss;
        Assert.Equal((LossAt(1e-5) - LossAt(-1e-5)) / 2e-5, input.Zip(along, (g, n) => g * n).Sum(), 1e-5);
    }

    [Theory]
    [InlineData(AttentionKind.Softmax, false, FusedError)]
    [InlineData(AttentionKind.Softmax, true, FusedError)]
    [InlineData(AttentionKind.RandomFeatures, false, FeatureError)]
    public void Our_suites_have_the_twins_gradients_for_every_tensor_and_cost_what_was_planned(AttentionKind attention, bool isByKeys, double bound)
    {
        var (outline, tensors, texts, _) = Fixture(attention);

        var run = Run(() => isByKeys ? new PriFftTraining() : new FusedTraining(), TuningMethod.Layers, outline, tensors, TwoParty.Encode(texts.Rows, new Shape(texts.TotalRows, texts.Width)), []);

        var clear = Twin(outline, tensors).Gradients(texts.Rows, Classes, Lengths);
        Assert.Equal(run.Planned, run.Cost);
        Assert.DoesNotContain("labels.weight", run.Gradients.Keys);
        foreach (var (name, gradient) in run.Gradients)
        {
            var error = ErrorOf(clear.Gradients[name], gradient);
            output.WriteLine($"{name}: {error:G2}");
            Assert.InRange(error, 0, bound);
        }

        Assert.InRange(ErrorOf(clear.InputGradient, run.InputGradient), 0, bound);
    }

    [Fact]
    public void Full_fine_tuning_has_the_gradients_of_the_words_from_shared_tokens()
    {
        var (outline, tensors, texts, _) = Fixture();
        var tokens = Tiny.Tokens(Lengths).SelectMany(text => text).ToArray();
        var oneHot = new double[tokens.Length * Tiny.Vocabulary];
        for (var row = 0; row < tokens.Length; row++) oneHot[row * Tiny.Vocabulary + tokens[row]] = 1;

        var run = Run(() => new FusedTraining(), TuningMethod.Full, outline, tensors, TwoParty.Encode(oneHot, new Shape(tokens.Length, Tiny.Vocabulary), 0), []);

        var clear = Twin(outline, tensors).Gradients(texts.Rows, Classes, Lengths);
        var words = new double[Tiny.Vocabulary * Tiny.InputWidth];
        for (var i = 0; i < clear.InputGradient.Length; i++) words[tokens[i / Tiny.InputWidth] * Tiny.InputWidth + i % Tiny.InputWidth] += 2 * clear.InputGradient[i];
        Assert.Equal(run.Planned, run.Cost);
        Assert.DoesNotContain("embedding.positions", run.Gradients.Keys);
        Assert.InRange(ErrorOf(words, run.Gradients["embedding.words"]), 0, FusedError);
        Assert.InRange(ErrorOf(clear.Gradients["layer 1.feed_forward_in.weight"], run.Gradients["layer 1.feed_forward_in.weight"]), 0, FusedError);
    }

    [Fact]
    public void A_prompt_before_each_text_gets_the_sum_of_their_gradients_and_does_not_count_in_the_mean()
    {
        const int rows = 2;
        var (outline, tensors, texts, labels) = Fixture();
        var prompt = Numbers.Of(62, rows * Tiny.InputWidth, 1);
        var starts = ClearLayers.StartsOf(Lengths);
        double[] both = [.. Lengths.SelectMany((length, text) => prompt.Concat(texts.Rows[(starts[text] * Tiny.InputWidth)..(starts[text + 1] * Tiny.InputWidth)]))];
        int[] lengths = [.. Lengths.Select(length => length + rows)];

        var run = Run(() => new FusedTraining(), TuningMethod.Prompt, outline, tensors, TwoParty.Encode(texts.Rows, new Shape(texts.TotalRows, texts.Width)), prompt);

        var clear = Twin(outline, tensors).Gradients(both, Classes, lengths, rows);
        var expected = new double[prompt.Length];
        for (var text = 0; text < lengths.Length; text++)
            for (var i = 0; i < prompt.Length; i++) expected[i] += clear.InputGradient[(starts[text] + text * rows) * Tiny.InputWidth + i];
        Assert.Equal(run.Planned, run.Cost);
        Assert.Equal(["prompt"], run.Gradients.Keys);
        Assert.InRange(ErrorOf(expected, run.Gradients["prompt"]), 0, FusedError);
        var logits = new ClearEncoder(Tiny.Encoder(AttentionKind.Softmax)).Logits(texts, labels, new Prompt(null, prompt, null));
        for (var i = 0; i < run.Logits.Length; i++) Assert.Equal(logits[i / 2, i % 2], run.Logits[i], 0.01);
    }

    [Theory]
    [InlineData(AttentionKind.Softmax)]
    [InlineData(AttentionKind.RandomFeatures)]
    public void The_published_suite_has_the_gradients_of_its_approximations_and_costs_what_was_planned(AttentionKind attention)
    {
        var (outline, tensors, texts, _) = Fixture(attention);

        var run = Run(() => new PublishedTraining(), TuningMethod.Layers, outline, tensors, TwoParty.Encode(texts.Rows, new Shape(texts.TotalRows, texts.Width)), []);

        var clear = Twin(outline, tensors).Gradients(texts.Rows, Classes, Lengths);
        var error = ErrorOf([.. run.Gradients.SelectMany(pair => clear.Gradients[pair.Key])], [.. run.Gradients.SelectMany(pair => pair.Value)]);
        output.WriteLine($"published: {error:G2}");
        Assert.Equal(run.Planned, run.Cost);
        Assert.InRange(error, 0, PublishedError);
    }

    public static TheoryData<TrainedTensors, string[]> Selections => new()
    {
        { new TrainedTensors.Adapters(3), ["query_key_value.down", "query_key_value.up", "attention_output.down", "attention_output.up"] },
        { new TrainedTensors.Last(1), ["layer 1.", "head."] },
        { new TrainedTensors.Last(0), ["head."] },
    };

    /// <summary>In both suites, since the published one opens factors anew for each product.</summary>
    [Theory]
    [MemberData(nameof(Selections))]
    public void Adapters_or_last_layers_have_the_twins_gradients_and_nothing_else_has_any(TrainedTensors trained, string[] names)
    {
        var (outline, weights, texts, _) = Fixture();
        var input = TwoParty.Encode(texts.Rows, new Shape(texts.TotalRows, texts.Width));

        var clear = new ClearEncoderTraining(outline, Tensors, trained.AdapterRank).Gradients(texts.Rows, Classes, Lengths);
        foreach (var (suite, bound) in new (Func<ITrainingSuite>, double)[] { (() => new PriFftTraining(), FusedError), (() => new PublishedTraining(), PublishedError) })
        {
            var run = Run(suite, TuningMethod.Layers, outline, Tensors, input, [], trained);

            Assert.Equal(run.Planned, run.Cost);
            Assert.All(run.Gradients.Keys, name => Assert.Contains(names, part => name.Contains(part, StringComparison.Ordinal)));
            Assert.All(names, part => Assert.Contains(run.Gradients.Keys, name => name.Contains(part, StringComparison.Ordinal)));
            var error = ErrorOf([.. run.Gradients.SelectMany(pair => clear.Gradients[pair.Key])], [.. run.Gradients.SelectMany(pair => pair.Value)]);
            output.WriteLine($"{trained}, {suite().Forward.Name}: {error:G2}");
            Assert.InRange(error, 0, bound);
        }

        // A second factor of zero would hide the first one's gradient.
        double[] Tensors(string name) => name.Contains(".down.", StringComparison.Ordinal) || name.Contains(".up.", StringComparison.Ordinal)
            ? Numbers.Of((ulong)name.Length + name[6], ShapeOf(outline, trained, name).Count, 0.3)
            : weights(name);
    }

    [Fact]
    public void A_step_goes_no_further_back_than_to_the_first_layer_that_is_trained()
    {
        var (outline, _, _, _) = Fixture();

        var (all, last, head) = (BackwardOf(TrainedTensors.All), BackwardOf(new TrainedTensors.Last(1)), BackwardOf(new TrainedTensors.Last(0)));

        Assert.Contains(all, path => path.StartsWith("backward/layer 0/", StringComparison.Ordinal));
        Assert.DoesNotContain(last, path => path.StartsWith("backward/layer 0/", StringComparison.Ordinal));
        Assert.Contains(last, path => path.StartsWith("backward/layer 1/", StringComparison.Ordinal));
        Assert.DoesNotContain(head, path => path.StartsWith("backward/layer", StringComparison.Ordinal));

        string[] BackwardOf(TrainedTensors trained) => [.. TrainingPlan.Of(
            new PriFftTraining(), make => new TrainableEncoder(outline, TuningMethod.Layers, 0, 0, make, trained: trained), 0, Tiny.InputWidth, 2, Lengths, 0, new int[Lengths.Length], new ShareSgd(1))
            .Operations.Select(operation => operation.Path)];
    }

    static Shape ShapeOf(EncoderOutline outline, TrainedTensors trained, string name)
    {
        Shape? found = null;
        _ = new TrainableEncoder(outline, TuningMethod.Layers, 0, 0, (other, shape, isTrained) =>
        {
            if (other == name) found = shape;
            return new(other, new(RingTensor.Hollow(shape), 16), isTrained);
        }, trained: trained);
        return found!.Value;
    }

    [Fact]
    public void What_a_step_costs_is_planned_from_the_shapes_alone()
    {
        var (outline, tensors, texts, _) = Fixture();

        var plan = TrainingPlan.Of(
            new FusedTraining(), make => new TrainableEncoder(outline, TuningMethod.Layers, 0, Tiny.Vocabulary, make), 0, Tiny.InputWidth, 2, Lengths, 0, new int[Lengths.Length], new ShareSgd(1));

        var run = Run(() => new FusedTraining(), TuningMethod.Layers, outline, tensors, TwoParty.Encode(texts.Rows, new Shape(texts.TotalRows, texts.Width)), []);
        var step = plan.Operations.Where(operation => !operation.Path.StartsWith("optimizer", StringComparison.Ordinal)).ToArray();
        Assert.Equal(run.Cost.Rounds, step.Sum(operation => operation.Rounds));
        Assert.Equal(run.Cost.SentBytes, step.Sum(operation => operation.SentBytes));
        Assert.Equal(run.Cost.OfflineBytes, step.Sum(operation => operation.DealtBytes));
    }

    sealed record PassRun(IReadOnlyDictionary<string, double[]> Gradients, double[] InputGradient, double[] Logits, Cost Cost, Cost Planned);

    static (EncoderOutline Outline, Func<string, double[]> Tensors, TextBatch Texts, LabelMatrix Labels) Fixture(AttentionKind attention = AttentionKind.Softmax)
    {
        var encoder = Tiny.Encoder(attention);
        var labels = LabelMatrix.From(new ClearEncoder(Tiny.Encoder(AttentionKind.Softmax)), Tiny.Texts(5, 7));
        return (EncoderOutline.Of(encoder, 2), new EncoderTensors(Tiny.Model(attention == AttentionKind.RandomFeatures), labels).Of, Tiny.Texts(Lengths), labels);
    }

    static ClearEncoderTraining Twin(EncoderOutline outline, Func<string, double[]> tensors) => new(outline, tensors);

    static PassRun Run(
        Func<ITrainingSuite> suite, TuningMethod method, EncoderOutline outline, Func<string, double[]> tensors, (RingTensor Value, int FractionBits) input, double[] prompt, TrainedTensors? trained = null)
    {
        var rows = prompt.Length / Tiny.InputWidth;
        var parameters = new List<(string Name, Shape Shape, bool IsTrained)>();
        _ = Build((name, shape, isTrained) =>
        {
            parameters.Add((name, shape, isTrained));
            return new Parameter(name, new Share(RingTensor.Hollow(shape), 16), isTrained);
        });
        var labels = new double[Classes.Length * 2];
        for (var text = 0; text < Classes.Length; text++) labels[2 * text + Classes[text]] = 1;
        var inputs = parameters.Select(one => TwoParty.Encode(one.Name == "prompt" ? prompt : tensors(one.Name), one.Shape, one.IsTrained ? suite().ParameterBits : FixedPoint.FractionBits))
            .Append(input).Append(TwoParty.Encode(labels, new Shape(Classes.Length, 2), 0)).ToArray();
        var run = TwoParty.Run(Seed.FromNumber(5), inputs, async (party, shares) =>
        {
            var next = 0;
            var model = Build((name, _, isTrained) => new Parameter(name, shares[next++], isTrained));
            var (logits, back) = await new TrainingStep(suite(), model, TrainingStep.UsualLossScale).Gradients(
                party, shares[^2], shares[^1], Array.ConvertAll(Lengths, length => length + rows), new int[Lengths.Length]);
            return [logits, back, .. model.Parameters.Where(parameter => parameter.IsTrained).Select(parameter => parameter.Gradient!)];
        });
        return new(
            parameters.Where(one => one.IsTrained).Select((one, i) => (one.Name, Values: Unscaled(run.DecodedAt(i + 2)))).ToDictionary(one => one.Name, one => one.Values),
            Unscaled(run.DecodedAt(1)), run.DecodedAt(0), run.Cost, run.Planned);

        TrainableEncoder Build(Func<string, Shape, bool, Parameter> make) => new(outline, method, rows, Tiny.Vocabulary, make, trainsFrequencies: true, trained);
    }

    static double[] Unscaled(double[] values) => Array.ConvertAll(values, value => value / TrainingStep.UsualLossScale);

    static double ErrorOf(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        return Math.Sqrt(expected.Zip(actual, (x, y) => (x - y) * (x - y)).Sum() / Math.Max(1e-12, expected.Sum(x => x * x)));
    }
}
