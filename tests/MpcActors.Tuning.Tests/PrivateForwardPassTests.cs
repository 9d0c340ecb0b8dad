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

    static double Deviation(IEnumerable<double> values)
    {
        var all = values.ToArray();
        var mean = all.Average();
        return Math.Sqrt(all.Average(value => (value - mean) * (value - mean)));
    }

    sealed class Setup
    {
        readonly Encoder _encoder;
        readonly LabelMatrix _labels;
        readonly PromptProjection _projection;
        readonly PromptBase _base;
        readonly TextSet _train;

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
            _train = Set("train", Tiny.Pool.Take(8));
            Test = Set("test", Tiny.Test.Take(6));
            _base = new PromptBase(clear.KeyValueMeans(_train.Batch), embedding.Embed([[7, 8]]).Rows);

            TextSet Set(string name, IEnumerable<LabelledText> texts)
            {
                var all = texts.ToArray();
                return new(name, embedding.Embed([.. all.Select(one => TinyModel.Tokenizer.Encode(one.Text))]), [.. all.Select(one => one.Label)]);
            }
        }

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
            var service = new FusedSuite();
            Pump.Run(new Dictionary<Role, Func<Port, ValueTask>>
            {
                [Role.PartyZero] = port => new ForwardService(service).Serve(new Party(Seat.Zero, port)),
                [Role.PartyOne] = port => new ForwardService(service).Serve(new Party(Seat.One, port)),
                [Role.Dealer] = port => new ForwardService(service).Serve(new Party(Seat.Dealer, port, Seed.FromNumber(3))),
                [Role.ModelOwner] = port =>
                {
                    SharedEncoder.Send(port, _encoder, _labels, Seed.FromNumber(4));
                    return ValueTask.CompletedTask;
                },
                [Role.DataOwner] = async port =>
                {
                    var pass = new PrivateForwardPass(port, Seed.FromNumber(5), _train, Tiny.ClassNames.Count, _projection, _base.Rows);
                    result = await pass.Logits(Test, latents);
                    pass.Finish();
                },
            });
            return result;
        }
    }
}
