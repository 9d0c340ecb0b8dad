using System.Text;
using MpcActors.Data.Transformers;
using MpcActors.Models;
using MpcActors.Models.Private;
using MpcActors.Models.Transformers.Training;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Tuning.Gradients;

namespace MpcActors.Tuning.Tests;

/// <summary>Training by gradients as a session of all roles: what goes to whom, and that a session that dies goes on to the same end.</summary>
public sealed class GradientSessionTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mpc-actors-").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [Theory]
    [InlineData(TuningMethod.Layers, StepOptimizer.AdamW, "bert")]
    [InlineData(TuningMethod.Prompt, StepOptimizer.Adam, "roberta")]
    [InlineData(TuningMethod.Full, StepOptimizer.Sgd, "gpt2")]
    public async Task A_training_on_shares_ends_where_its_twin_in_the_clear_does(TuningMethod method, StepOptimizer optimizer, string model)
    {
        var training = new TransformerTraining($"tiny-{model}");
        var settings = TransformerTraining.Settings(method) with
        {
            Optimizer = optimizer, WeightDecay = optimizer == StepOptimizer.AdamW ? 0.1 : 0, LearningRate = optimizer == StepOptimizer.Sgd ? 0.2 : 3e-3, ClipNorm = 0.25, Steps = 6, Schedule = RateSchedule.Cosine,
        };

        var shares = training.OnShares(settings);
        var (clear, twin) = await training.InTheClear(settings);

        foreach (var (expected, actual) in clear.Losses.Zip(shares.Result.Losses)) Assert.Equal(expected, actual, 0.005);
        Assert.Equal(clear.Tuned, shares.Result.Tuned);
        foreach (var (expected, actual) in clear.TestLogits.Cast<double>().Zip(shares.Result.TestLogits.Cast<double>())) Assert.Equal(expected, actual, 0.01);
        foreach (var name in twin.Trained)
        {
            var (expected, actual, before) = (twin.Tensor(name), name == "prompt" ? shares.Prompt! : shares.Trained[name], name == "prompt" ? training.Prompt : training.Tensor(name));
            var (error, moved) = (Length(expected.Zip(actual, (x, y) => x - y)), Length(expected.Zip(before, (x, y) => x - y)));
            Assert.True(moved > 1e-3 || settings.Optimizer == StepOptimizer.Sgd, $"{name} moved by {moved:G3} alone");
            Assert.True(error < 0.1 * moved + 1e-6, $"{name} is {error:G3} away from its twin, which moved by {moved:G3}");
        }
    }

    static bool IsStep(Frame frame) => frame is { From: Role.DataOwner, To: Role.Dealer } && TrainingJob.FromBytes(frame.Payload.Span) is TrainingJob.Step;

    static double Length(IEnumerable<double> values) => Math.Sqrt(values.Sum(value => value * value));

    [Fact]
    public async Task The_published_suite_trains_within_its_own_error()
    {
        var training = new TransformerTraining("tiny-gpt2");
        var settings = TransformerTraining.Settings(TuningMethod.Layers) with { Suite = StepSuite.Published, Optimizer = StepOptimizer.Sgd, LearningRate = 0.2, ClipNorm = null, Steps = 1 };

        var shares = training.OnShares(settings);
        var (clear, twin) = await training.InTheClear(settings);

        foreach (var (expected, actual) in clear.Losses.Zip(shares.Result.Losses)) Assert.Equal(expected, actual, 0.05);
        // The forward pass alone is as much off before any step.
        foreach (var (expected, actual) in clear.ZeroShotTestLogits.Cast<double>().Zip(shares.Result.ZeroShotTestLogits.Cast<double>())) Assert.Equal(expected, actual, 0.2);
        foreach (var (expected, actual) in clear.TestLogits.Cast<double>().Zip(shares.Result.TestLogits.Cast<double>())) Assert.Equal(expected, actual, 0.2);
        // On the way back a Fourier series stands for GELU's slope, up to 0.06 off, and Newton's roots meet the gradient twice in each norm: every tensor goes where its twin does, within a third.
        foreach (var name in twin.Trained)
        {
            var (expected, actual, before) = (twin.Tensor(name), shares.Trained[name], training.Tensor(name));
            var (error, moved) = (Length(expected.Zip(actual, (x, y) => x - y)), Length(expected.Zip(before, (x, y) => x - y)));
            Assert.True(moved > 0.01, $"{name} moved by {moved:G3} alone");
            Assert.True(error < moved / 3, $"{name} is {error:G3} away from its twin, which moved by {moved:G3}");
        }
    }

    [Theory]
    [InlineData(TuningMethod.Layers, StepOptimizer.Adam, 1, 2, "bert")]
    [InlineData(TuningMethod.Prompt, StepOptimizer.Sgd, 2, 3, "gpt2")]
    public void A_session_that_dies_in_a_step_goes_on_from_the_last_one_and_ends_in_the_same_bytes(TuningMethod method, StepOptimizer optimizer, int keepEvery, int diesIn, string model)
    {
        var training = new TransformerTraining($"tiny-{model}");
        var settings = TransformerTraining.Settings(method) with { Optimizer = optimizer, KeepEvery = keepEvery };
        var whole = training.OnShares(settings);

        // Parties open values some dozen times in a step: it dies between two of them.
        var (asked, opened) = (0, 0);
        Assert.Throws<InvalidOperationException>(() => training.OnShares(settings, _folder, sent: frame =>
        {
            if (IsStep(frame)) (asked, opened) = (asked + 1, 0);
            if (frame is { From: Role.PartyZero, To: Role.PartyOne } && ++opened == 9 && asked == diesIn) throw new InvalidOperationException("the machine stops");
        }));
        var rest = training.OnShares(settings, _folder, resume: true);

        Assert.Equal(settings.Steps - (diesIn - 1) / keepEvery * keepEvery, rest.Frames.Count(IsStep));
        Assert.Equal(whole.Result.Losses, rest.Result.Losses);
        Assert.Equal(whole.Result.Checks, rest.Result.Checks);
        Assert.Equal(whole.Result.TestLogits, rest.Result.TestLogits);
        Assert.Equal(whole.Prompt, rest.Prompt);
        Assert.Equal(whole.Trained, rest.Trained);
        // What the parties say to each other is what they would have said: the same masks on the same values.
        foreach (var (from, to) in new[] { (Role.PartyZero, Role.PartyOne), (Role.PartyOne, Role.PartyZero) })
        {
            byte[][] saidAgain = [.. rest.Between(from, to)];
            Assert.Equal(whole.Between(from, to).TakeLast(saidAgain.Length - SetUpFrames(method)), saidAgain.Skip(SetUpFrames(method)));
        }

        // Weights that a prompt leaves as they are were opened once; so they are again.
        static int SetUpFrames(TuningMethod method) => method == TuningMethod.Prompt ? 1 : 0;
    }

    /// <summary>Both parties have kept the step's state, the owner has one half of its logits and goes on from the step before: from the older of each party's two files.</summary>
    [Theory]
    [InlineData(TuningMethod.Layers, StepOptimizer.AdamW, 1)]
    [InlineData(TuningMethod.Prompt, StepOptimizer.Adam, 2)]
    public void A_session_that_dies_between_the_two_halves_of_a_steps_logits_goes_on_from_the_state_before_it(TuningMethod method, StepOptimizer optimizer, int keepEvery)
    {
        var training = new TransformerTraining("tiny-gpt2");
        var settings = TransformerTraining.Settings(method) with { Optimizer = optimizer, KeepEvery = keepEvery, WeightDecay = optimizer == StepOptimizer.AdamW ? 0.1 : 0 };
        var whole = training.OnShares(settings);

        var asked = 0;
        Assert.Throws<InvalidOperationException>(() => training.OnShares(settings, _folder, sent: frame =>
        {
            if (IsStep(frame)) asked++;
            // The last step's logits: its state is kept, too.
            if (frame is { From: Role.PartyOne, To: Role.DataOwner } && asked == settings.Steps) throw new InvalidOperationException("the machine stops");
        }));
        Assert.All(new[] { "party-zero-0", "party-zero-1", "party-one-0", "party-one-1" }, file => Assert.True(File.Exists(Path.Combine(_folder, $"{file}.checkpoint")), file));
        var rest = training.OnShares(settings, _folder, resume: true);

        Assert.Equal(keepEvery, rest.Frames.Count(IsStep));
        Assert.Equal(whole.Result.Losses, rest.Result.Losses);
        Assert.Equal(whole.Result.Checks, rest.Result.Checks);
        Assert.Equal(whole.Result.TestLogits, rest.Result.TestLogits);
        Assert.Equal(whole.Prompt, rest.Prompt);
        Assert.Equal(whole.Trained, rest.Trained);
    }

    [Theory]
    [InlineData(TuningMethod.Layers)]
    [InlineData(TuningMethod.Full)]
    [InlineData(TuningMethod.Prompt)]
    public void Parties_give_logits_to_the_data_owner_alone_and_what_was_trained_to_whose_it_is(TuningMethod method)
    {
        var settings = TransformerTraining.Settings(method) with { Steps = 2 };
        var run = new TransformerTraining("tiny-gpt2").OnShares(settings);

        Assert.Equal(2, run.Result.Losses.Count);
        Assert.Equal(method == TuningMethod.Prompt, run.Prompt is not null);
        Assert.Equal(method != TuningMethod.Prompt, run.Trained.Count > 0);
        // Logits of two classes for texts of three sets, twice and once, for batches, and the prompt's rows.
        var toOwner = run.Frames.Where(frame => frame is { From: Role.PartyZero, To: Role.DataOwner }).Sum(frame => frame.Payload.Length) / sizeof(ulong);
        Assert.Equal(2 * (12 + 2 * 8 + 2 * 4 + 2 * 4) + (run.Prompt?.Length ?? 0), toOwner);
        var toModelOwner = run.Frames.Where(frame => frame is { From: Role.PartyZero, To: Role.ModelOwner }).Sum(frame => frame.Payload.Length) / sizeof(ulong);
        Assert.Equal(run.Trained.Values.Sum(values => values.Length), toModelOwner);
        Assert.DoesNotContain(run.Frames, frame => frame.To == Role.Dealer && frame.Phase == Phase.Online && frame.From is Role.PartyZero or Role.PartyOne);
    }

    [Fact]
    public void A_state_of_other_settings_or_texts_is_refused_and_the_difference_is_named()
    {
        var training = new TransformerTraining("tiny-gpt2");
        var settings = TransformerTraining.Settings(TuningMethod.Prompt) with { Steps = 1, Labels = "bad, good" };
        training.OnShares(settings, _folder);

        var other = Assert.Throws<InvalidDataException>(() => training.OnShares(settings with { LearningRate = 0.01 }, _folder, resume: true));
        Assert.Contains("its learning rate is 0.001, and 0.01 is asked for", other.Message, StringComparison.Ordinal);

        var labels = Assert.Throws<InvalidDataException>(() => training.OnShares(settings with { Labels = "poor, great" }, _folder, resume: true));
        Assert.Contains("its list of labels is bad, good, and poor, great is asked for", labels.Message, StringComparison.Ordinal);
        var texts = Assert.Throws<InvalidDataException>(() => new TransformerTraining("tiny-gpt2", firstDev: 101).OnShares(settings, _folder, resume: true));
        Assert.Contains("its hash of the dev texts", texts.Message, StringComparison.Ordinal);

        File.Delete(Path.Combine(_folder, "party-one-1.checkpoint"));
        var missing = Assert.Throws<InvalidDataException>(() => training.OnShares(settings, _folder, resume: true));
        Assert.Contains("party-one-1.checkpoint, which should hold a party's shares after step 1", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_that_cannot_be_is_refused()
    {
        foreach (var job in new TrainingJob[]
            { new TrainingJob.Step(0, 0, 0.1, [3], [0]), new TrainingJob.Infer(0, [3], [0]), new TrainingJob.Infer(1, [.. Enumerable.Repeat(1 << 14, 65)], new int[65]), new TrainingJob.Step(1, 0, 2, [3], [0]), new TrainingJob.Step(1, 0, 0.1, [3], [3]), new TrainingJob.Infer(1, [], []), new TrainingJob.Step(1, 0, 0.1, [3, 4], [0]) })
            Assert.Throws<ProtocolViolationException>(() => TrainingJob.FromBytes(job.ToBytes()));
        var begin = new TrainingJob.Begin(TuningMethod.Layers, StepSuite.Fused, 0, StepOptimizer.Adam, 0, ClipNorm: 1, Steps: 4, KeepEvery: 1, From: 0);
        Assert.Equal(begin, TrainingJob.FromBytes(begin.ToBytes()));
        Assert.Throws<ProtocolViolationException>(() => TrainingJob.FromBytes((begin with { Suite = StepSuite.Published }).ToBytes()));
        // Nobody has kept a state after step 2 where every third is kept; there is one after the third, and after the last.
        Assert.Throws<ProtocolViolationException>(() => TrainingJob.FromBytes((begin with { KeepEvery = 3, From = 2 }).ToBytes()));
        Assert.All(new[] { 0, 3, 4 }, from => Assert.Equal(from, ((TrainingJob.Begin)TrainingJob.FromBytes((begin with { KeepEvery = 3, From = from }).ToBytes())).From));
        Assert.Throws<ProtocolViolationException>(() => TrainingJob.FromBytes("{}"u8));
        Assert.Throws<ProtocolViolationException>(() => TrainingOutline.FromBytes("{\"Transformer\":null,\"Classes\":2}"u8));
    }

    [Theory]
    [InlineData("masks are for one alone", 3, 3, 0)]
    [InlineData("a text of 65 tokens, and the model reads 64", 3, 4, 65)]
    public void A_job_that_a_session_cannot_have_ends_it(string message, int firstEpoch, int secondEpoch, int tokens)
    {
        var training = new TransformerTraining("tiny-gpt2");
        var settings = TransformerTraining.Settings(TuningMethod.Layers);

        var refusal = Assert.Throws<ProtocolViolationException>(() => training.Serve(settings, async port =>
        {
            port.SendPublic(TrainingJob.Begin.Of(settings, 0).ToBytes());
            await Infer((ulong)firstEpoch, 2);
            await Infer((ulong)secondEpoch, tokens > 0 ? tokens : 2);

            async ValueTask Infer(ulong epoch, int length)
            {
                port.SendPublic(new TrainingJob.Infer(epoch, [length], [0]).ToBytes());
                port.ShareWithParties(RingTensor.Zeros(new(length, training.Config.Width)), Seed.FromNumber(epoch));
                await port.Reconstruct(new Shape(1, 2));
            }
        }));

        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StepOptimizer.Adam, 5, 1.0, "its steps is 5, not 4")]
    [InlineData(StepOptimizer.Sgd, 4, 1.0, "its optimizer is Sgd, not Adam")]
    [InlineData(StepOptimizer.Adam, 4, null, "its clipping norm is none, not 1")]
    public void A_training_that_the_parties_have_not_agreed_on_is_refused(StepOptimizer optimizer, int steps, double? clipNorm, string message)
    {
        var settings = TransformerTraining.Settings(TuningMethod.Layers);

        var refusal = Assert.Throws<ProtocolViolationException>(() => new TransformerTraining("tiny-gpt2").Serve(settings, port =>
        {
            port.SendPublic(TrainingJob.Begin.Of(settings with { Optimizer = optimizer, Steps = steps, ClipNorm = clipNorm }, 0).ToBytes());
            return ValueTask.CompletedTask;
        }));

        Assert.Contains($"another training than was agreed on: {message}", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TuningMethod.Layers)]
    [InlineData(TuningMethod.Prompt)]
    public void What_is_trained_is_given_to_nobody_before_the_last_step(TuningMethod method)
    {
        var settings = TransformerTraining.Settings(method);
        var training = new TransformerTraining("tiny-gpt2");

        var refusal = Assert.Throws<ProtocolViolationException>(() => training.Serve(settings, port =>
        {
            new PrivateGradientPass(port, Seed.FromNumber(5), settings, 2, method == TuningMethod.Prompt ? training.Prompt : null).Begin(0);
            port.SendPublic(new TrainingJob.Finish().ToBytes());
            return ValueTask.CompletedTask;
        }));

        Assert.Contains("after 0 of 4 steps, and what is trained is given out after the last one alone", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_after_the_last_ends_the_session()
    {
        var settings = TransformerTraining.Settings(TuningMethod.Layers) with { Steps = 1 };

        var training = new TransformerTraining("tiny-gpt2");
        var refusal = Assert.Throws<ProtocolViolationException>(() => training.Serve(settings, async port =>
        {
            port.SendPublic(TrainingJob.Begin.Of(settings, 0).ToBytes());
            for (var step = 0; step < 2; step++)
            {
                port.SendPublic(new TrainingJob.Step((ulong)step + 5, step, 0.1, [2], [0]).ToBytes());
                port.ShareWithParties(RingTensor.Zeros(new(2, training.Config.Width)), Seed.FromNumber(8));
                port.ShareWithParties(RingTensor.Zeros(new(1, 2)), Seed.FromNumber(9));
                await port.Reconstruct(new Shape(1, 2));
            }
        }));

        Assert.Contains("all 1 steps are made", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_outline_that_cannot_be_is_refused()
    {
        var settings = TransformerTraining.Settings(TuningMethod.Layers);
        var whole = TrainingOutline.Of(new TransformerTraining("tiny-bert").Config, 2, settings);
        var model = whole.Transformer!;
        var layer = new LayerOutline(32, 32, 4, 8, 8, 64, HasResidual: false, 1e-5);
        var sentences = TrainingOutline.Of(new EncoderOutline("tiny", AttentionKind.Softmax, [layer, layer], 16, 2), 100, settings);
        var encoder = sentences.Encoder!;
        Assert.Equal(whole, TrainingOutline.FromBytes(whole.ToBytes()));
        Assert.Equal(sentences.ToBytes(), TrainingOutline.FromBytes(sentences.ToBytes()).ToBytes());

        foreach (var (outline, message) in new[]
        {
            (whole with { Vocabulary = 64 }, "128 words at one place and 64 at another"),
            (whole with { Transformer = model with { Epsilon = 0 } }, "an epsilon of 0"),
            (whole with { Transformer = model with { Epsilon = 1 } }, "an epsilon of 1"),
            (whole with { Transformer = model with { Architecture = (Architecture)9 } }, "of architecture 9"),
            (whole with { Transformer = model with { Gelu = (GeluForm)9 } }, "form 9 of GELU"),
            (whole with { Transformer = model with { FeedForward = 0 } }, "it has sizes 2, 32, 4, 0"),
            (whole with { Transformer = model with { Layers = 1 << 16 } }, "it has sizes 65536"),
            (sentences with { Classes = 3 }, "2 classes at one place and 3 at another"),
            (sentences with { Encoder = encoder with { Attention = AttentionKind.Uniform } }, "not through Uniform"),
            (sentences with { Encoder = encoder with { Layers = [layer, layer with { Input = 16 }] } }, "does not begin where the one before it ends"),
            (sentences with { Encoder = encoder with { Layers = [layer with { Output = 16 }, layer with { Input = 16 }] } }, "has no residual map"),
            (sentences with { Encoder = encoder with { Layers = [layer, layer with { KeyWidth = 4 }] } }, "keys of another width"),
            (sentences with { Encoder = encoder with { Layers = [layer, layer with { Epsilon = -1 }] } }, "epsilons of 1E-05, -1"),
        })
            Assert.Contains(message, Assert.Throws<ProtocolViolationException>(() => TrainingOutline.FromBytes(outline.ToBytes())).Message, StringComparison.Ordinal);
        var heads = Encoding.UTF8.GetString(whole.ToBytes()).Replace("\"Heads\":4", "\"Heads\":5", StringComparison.Ordinal);
        Assert.Contains("it has sizes 2, 32, 5", Assert.Throws<ProtocolViolationException>(() => TrainingOutline.FromBytes(Encoding.UTF8.GetBytes(heads))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rates_follow_their_schedule_and_batches_go_through_all_texts()
    {
        var settings = new GradientSettings { LearningRate = 0.1, Steps = 12, WarmUp = 2, BatchSize = 4 };
        double[] Rates(RateSchedule schedule) => [.. Enumerable.Range(0, 12).Select(step => Math.Round((settings with { Schedule = schedule }).RateAt(step), 6))];
        Assert.Equal([0.05, 0.1, 0.1, 0.09, 0.08, 0.07, 0.06, 0.05, 0.04, 0.03, 0.02, 0.01], Rates(RateSchedule.Linear));
        Assert.Equal([0.05, 0.1, 0.1, 0.1], Rates(RateSchedule.Constant)[..4]);
        Assert.Equal(0.05, Rates(RateSchedule.Cosine)[7]);

        int[][] batches = [.. Enumerable.Range(0, 5).Select(step => settings.Batch(step, 10))];
        Assert.Equal(Enumerable.Range(0, 10), batches.SelectMany(batch => batch).Take(10).Order());
        Assert.Equal(Enumerable.Range(0, 10), batches.SelectMany(batch => batch).Skip(10).Order());
    }
}
