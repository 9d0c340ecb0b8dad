using MpcActors.Data;
using MpcActors.Models;
using MpcActors.Models.Private;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Testing;

namespace MpcActors.Tuning.Tests;

/// <summary>The forward pass on shares against the same pass in double precision, on the tiny model.</summary>
public sealed class PrivateForwardPassTests
{
    const int Latent = 12;

    static readonly TextTask Tiny = TinyTask.Create();

    [Theory]
    [InlineData(AttentionKind.Softmax, "prefix")]
    [InlineData(AttentionKind.Softmax, "input-rows")]
    [InlineData(AttentionKind.Softmax, "added-rows")]
    [InlineData(AttentionKind.Softmax, "shift")]
    [InlineData(AttentionKind.RandomFeatures, "prefix")]
    [InlineData(AttentionKind.RandomFeatures, "shift")]
    [InlineData(AttentionKind.Uniform, "prefix")]
    [InlineData(AttentionKind.Uniform, "added-rows")]
    public async Task Logits_on_shares_are_those_in_the_clear(AttentionKind attention, string form)
    {
        var setup = new Setup(attention, form);
        double[]?[] latents = [null, setup.LatentAt(0), setup.LatentAt(1), setup.LatentAt(2)];

        var clear = await setup.Clear().Logits(setup.Test, latents);
        var @private = setup.Private(latents);

        var deviation = Deviation(clear.SelectMany(logits => logits.Cast<double>()));
        var error = clear.Zip(@private).SelectMany(pair => pair.First.Cast<double>().Zip(pair.Second.Cast<double>(), (a, b) => Math.Abs(a - b))).Average();
        Assert.True(error < 0.01 * deviation, $"mean error {error:E2} against a standard deviation of {deviation:F3}");
    }

    [Theory]
    [InlineData(AttentionKind.Softmax, "prefix")]
    [InlineData(AttentionKind.RandomFeatures, "shift")]
    public async Task Losses_on_shares_are_those_in_the_clear_and_nothing_else_reaches_the_owner(AttentionKind attention, string form)
    {
        var setup = new Setup(attention, form);
        double[]?[] latents = [null, setup.LatentAt(0), setup.LatentAt(1)];
        IReadOnlyList<SetLoss> losses = [], measured = [];
        var answers = new List<int>();

        IForwardPass clear = setup.Clear();
        var expected = await clear.Losses(setup.Test, latents, measuresAccuracy: true);
        var costs = setup.Private(async pass =>
        {
            losses = await pass.Losses(setup.Test, latents, measuresAccuracy: false);
            measured = await pass.Losses(setup.Test, latents, measuresAccuracy: true);
        }, frame =>
        {
            if (frame is { From: Role.PartyZero, To: Role.DataOwner }) answers.Add(frame.Payload.Length / sizeof(ulong));
        });

        foreach (var (want, got) in expected.Zip(losses)) Assert.Equal(want.Loss, got.Loss, 2e-3);
        Assert.All(losses, loss => Assert.Null(loss.Accuracy));
        foreach (var (want, got) in expected.Zip(measured)) Assert.Equal((want.Loss, want.Accuracy!.Value), (got.Loss, got.Accuracy!.Value), (left, right) => Math.Abs(left.Item1 - right.Item1) < 2e-3 && left.Item2 == right.Item2);

        // The first pass of the training texts, then one loss without a prompt and two with; then the same with a count each.
        Assert.Equal([1, 1, 2, 2, 4], answers);

        // What a loss costs beside the logits it is made of is what is declared.
        var logits = setup.Private(async pass => await pass.Logits(setup.Test, latents), _ => { });
        var once = setup.Private(async pass => await pass.Losses(setup.Test, latents, measuresAccuracy: true), _ => { });
        var classes = Tiny.ClassNames.Count;
        var (train, test) = (setup.Train.Batch.Texts, setup.Test.Batch.Texts);
        var declared = CrossEntropy.CostOfSums(new Shape(train, classes), false) + CrossEntropy.CostOfSums(new Shape(test, classes), true) + CrossEntropy.CostOfSums(new Shape(2 * test, classes), true);
        Assert.Equal(declared, once - logits);
        Assert.True(costs.Rounds > once.Rounds);
    }

    [Fact]
    public async Task By_losses_on_shares_the_same_prompt_is_found_as_in_the_clear()
    {
        var setup = new Setup(AttentionKind.Softmax, "prefix");
        var settings = new TuningSettings { LatentDimension = Latent, Population = 6, Queries = 18, DevEvery = 6, Seed = 3, Reveal = Reveal.Loss, FitOffsets = false };
        var dev = setup.Test with { Name = "dev" };
        TuningResult? @private = null;

        var clear = await new ForwardOnlyTuning(setup.Clear(), setup.Train, dev, setup.Test, settings, TimeProvider.System).RunAsync();
        setup.Private(async pass => @private = await new ForwardOnlyTuning(pass, setup.Train, dev, setup.Test, settings, TimeProvider.System).RunAsync(), _ => { });

        // CMA-ES sees the order of losses alone, so the prompt is the same to the last bit.
        Assert.Equal(clear.Latent, @private!.Latent);
        Assert.Equal((clear.Tuned, clear.ZeroShot, clear.Selected), (@private.Tuned, @private.ZeroShot, @private.Selected));
        foreach (var (want, got) in clear.Checks.Zip(@private.Checks))
        {
            Assert.Equal(want.TrainLoss, got.TrainLoss, 2e-3);
            Assert.Equal(want.DevLoss, got.DevLoss, 2e-3);
        }
    }

    static double Deviation(IEnumerable<double> values)
    {
        var all = values.ToArray();
        var mean = all.Average();
        return Math.Sqrt(all.Average(value => (value - mean) * (value - mean)));
    }

    [Fact]
    public void Labels_go_with_the_texts_that_they_are_of()
    {
        var setup = new Setup(AttentionKind.Uniform, "shift");

        var refusal = Assert.Throws<ProtocolViolationException>(() => setup.Serve(port =>
        {
            Keep(setup.Test.Batch.Slice(0, 3));
            port.SendPublic(new Job.KeepLabels(0, Tiny.ClassNames.Count).ToBytes());
            port.ShareWithParties(RingTensor.Zeros(new(3, Tiny.ClassNames.Count)), Seed.FromNumber(7));
            Keep(setup.Test.Batch.Slice(3, 3));
            port.SendPublic(new Job.Infer(1, 0, 0, KeepMeans: false, Revealed.Loss).ToBytes());
            return ValueTask.CompletedTask;

            void Keep(TextBatch batch)
            {
                port.SendPublic(new Job.KeepTexts(0, batch.Lengths).ToBytes());
                port.ShareWithParties(FixedPoint.Encode(batch.Rows, new Shape(batch.TotalRows, batch.Width)), Seed.FromNumber(8));
            }
        }, _ => { }));

        Assert.Contains("losses of texts 0, whose labels it never shared", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Revealed.LossAndErrors, Revealed.Logits, "asks to open logits, and in this session nothing may be opened to it but losses and counts of errors")]
    [InlineData(Revealed.Loss, Revealed.Logits, "nothing may be opened to it but losses")]
    [InlineData(Revealed.Loss, Revealed.LossAndErrors, "asks to open losses and counts of errors")]
    public void A_job_that_opens_more_than_the_parties_allow_is_refused_before_they_give_anything_out(Revealed most, Revealed asked, string message)
    {
        var setup = new Setup(AttentionKind.Uniform, "shift");
        var (answers, isAsked, openings) = (0, false, 0);

        var refusal = Assert.Throws<ProtocolViolationException>(() => setup.Serve(async port =>
        {
            var batch = setup.Test.Batch.Slice(0, 3);
            port.SendPublic(new Job.KeepTexts(0, batch.Lengths).ToBytes());
            port.ShareWithParties(FixedPoint.Encode(batch.Rows, new Shape(batch.TotalRows, batch.Width)), Seed.FromNumber(8));
            port.SendPublic(new Job.KeepLabels(0, Tiny.ClassNames.Count).ToBytes());
            port.ShareWithParties(RingTensor.Zeros(new(3, Tiny.ClassNames.Count)), Seed.FromNumber(7));
            port.SendPublic(new Job.Infer(1, 0, 0, KeepMeans: false, Revealed.Loss).ToBytes());
            await port.Reconstruct(Shape.Vector(1));
            isAsked = true;
            port.SendPublic(new Job.Infer(3, 0, 0, KeepMeans: false, asked).ToBytes());
        }, frame =>
        {
            if (frame.From is not (Role.PartyZero or Role.PartyOne)) return;
            if (frame.To == Role.DataOwner) answers++;
            if (isAsked) openings++;
        }, most));

        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        // A loss is always given, one half from each party; nothing after it.
        Assert.Equal((2, 0), (answers, openings));
    }

    sealed class Setup
    {
        readonly Encoder _encoder;
        readonly LabelMatrix _labels;
        readonly PromptProjection _projection;
        readonly PromptBase _base;

        public Setup(AttentionKind attention, string form)
        {
            var softmax = TinyModel.Create(1);
            var model = attention == AttentionKind.RandomFeatures ? softmax.ApplyPatch(TinyModel.CreateRandomFeaturePatch(1)) : softmax;
            var text = new TextEncoder(model, TinyModel.Tokenizer);
            _encoder = EncoderPreparation.From(text, attention);
            var embedding = new TokenEmbedding(model);
            var teacher = new ClearEncoder(EncoderPreparation.From(new TextEncoder(softmax, TinyModel.Tokenizer), AttentionKind.Softmax));
            _labels = LabelMatrix.From(teacher, embedding.Embed([.. Tiny.LabelSentences.Select(TinyModel.Tokenizer.Encode)]));

            PromptForm prompt = form switch
            {
                "prefix" => new PromptForm.KeyValuePrefix(3),
                "input-rows" => new PromptForm.InputRows(2),
                "added-rows" => new PromptForm.AddedRows(2),
                _ => new PromptForm.Shift(),
            };
            var clear = new ClearEncoder(_encoder);
            var scales = ActivationScales.Measure(clear, CalibrationSentences.Batch(text)).For(prompt);
            _projection = new PromptProjection(5, prompt, _encoder, scales, Latent);
            Train = Set("train", Tiny.Pool.Take(8));
            Test = Set("test", Tiny.Test.Take(6));
            _base = new PromptBase(clear.KeyValueMeans(Train.Batch), embedding.Embed([[7, 8]]).Rows);

            TextSet Set(string name, IEnumerable<LabelledText> texts)
            {
                var all = texts.ToArray();
                return new(name, embedding.Embed([.. all.Select(one => TinyModel.Tokenizer.Encode(one.Text))]), [.. all.Select(one => one.Label)]);
            }
        }

        public TextSet Train { get; }

        public TextSet Test { get; }

        public double[] LatentAt(ulong number)
        {
            var z = new double[Latent];
            CounterGaussian.Fill(9, number, z);
            return z;
        }

        public ClearForwardPass Clear() => new(new ClearEncoder(_encoder), _labels, _projection, _base);

        public IReadOnlyList<double[,]> Private(double[]?[] latents)
        {
            IReadOnlyList<double[,]> result = [];
            Private(async pass => result = await pass.Logits(Test, latents), _ => { });
            return result;
        }

        /// <returns>What party one measured.</returns>
        public Cost Private(Func<PrivateForwardPass, Task> ask, Action<Frame> sent) => Serve(async port =>
        {
            var pass = new PrivateForwardPass(port, Seed.FromNumber(5), Train, Tiny.ClassNames.Count, _projection, _base.Rows);
            await ask(pass);
            pass.Finish();
        }, sent);

        /// <param name="dataOwner">Any program.</param>
        /// <param name="most">What the others let it open.</param>
        public Cost Serve(Func<Port, ValueTask> dataOwner, Action<Frame> sent, Revealed most = Revealed.Logits)
        {
            var service = new FusedSuite();
            Meter? meter = null;
            Pump.Run(new Dictionary<Role, Func<Port, ValueTask>>
            {
                [Role.PartyZero] = port => new ForwardService(service, most).Serve(new Party(Seat.Zero, port)),
                [Role.PartyOne] = port =>
                {
                    meter = port.Meter;
                    return new ForwardService(service, most).Serve(new Party(Seat.One, port));
                },
                [Role.Dealer] = port => new ForwardService(service, most).Serve(new Party(Seat.Dealer, port, Seed.FromNumber(3))),
                [Role.ModelOwner] = port =>
                {
                    SharedEncoder.Send(port, _encoder, _labels, Seed.FromNumber(4));
                    return ValueTask.CompletedTask;
                },
                [Role.DataOwner] = dataOwner,
            }, sent);
            return meter!.CostOf(Role.PartyZero);
        }
    }
}
