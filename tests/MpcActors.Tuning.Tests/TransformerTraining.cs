using MpcActors.Data.Transformers;
using MpcActors.Models;
using MpcActors.Models.Clear;
using MpcActors.Models.Transformers.Training;
using MpcActors.Protocols;
using MpcActors.Ring;
using MpcActors.Testing;
using MpcActors.Tuning.Gradients;

namespace MpcActors.Tuning.Tests;

/// <summary>A small random transformer and texts of two classes that it can learn to tell apart, trained in memory.</summary>
sealed class TransformerTraining
{
    const int Classes = 2, Rows = 3;

    readonly RandomTransformer _weights;
    readonly TransformerTensors _tensors;
    readonly TrainingSet _train, _dev, _test;
    readonly double[] _prompt;

    /// <param name="firstDev">Other ones are other development texts.</param>
    public TransformerTraining(string model, int firstDev = 100)
    {
        _weights = new(TransformerConfig.Find(model)!, 5);
        _tensors = new(_weights, [11, 12]);
        var clear = new ClearTransformer(_weights);
        (_train, _dev, _test) = (Set("train", 12, 0), Set("dev", 4, firstDev), Set("test", 8, 200));
        _prompt = [.. clear.Embed([3, 4, 5])];

        // A text's class is which of two words it has in the middle.
        TrainingSet Set(string name, int texts, int first)
        {
            int[][] ids = [.. Enumerable.Range(first, texts).Select(i => new[] { 20 + i % 7, 40 + i % 2, 60 + i % 5, 80 + i % 3 }[..(3 + i % 2)])];
            var rows = new TextBatch([.. ids.SelectMany(clear.Embed)], [.. ids.Select(text => text.Length)], _weights.Config.Width);
            int[] answers = [.. ids.Select(text => text.Length - 1)];
            return new(new(name, rows, [.. Enumerable.Range(first, texts).Select(i => i % 2)]), answers)
            {
                Tokens = ([.. ids.SelectMany(text => text)], _weights.Config.Vocabulary),
            };
        }
    }

    public TransformerConfig Config => _weights.Config;

    public double[] Prompt => _prompt;

    public double[] Tensor(string name) => _tensors.Of(name);

    /// <summary>What both owners get at the end, and all frames on the way.</summary>
    public sealed record Outcome(GradientResult Result, IReadOnlyDictionary<string, double[]> Trained, double[]? Prompt, IReadOnlyList<Frame> Frames)
    {
        public IEnumerable<byte[]> Between(Role from, Role to) => Frames.Where(frame => frame.From == from && frame.To == to).Select(frame => frame.Payload.ToArray());
    }

    /// <param name="folder">Where each role keeps its state; null keeps none.</param>
    /// <param name="sent">Sees every frame before it arrives.</param>
    public Outcome OnShares(GradientSettings settings, string? folder = null, bool resume = false, Action<Frame>? sent = null)
    {
        GradientResult? result = null;
        IReadOnlyDictionary<string, double[]>? trained = null;
        double[]? prompt = null;
        var frames = new List<Frame>();
        var outline = TrainingOutline.Of(Config, Classes, settings);
        Pump.Run(new Dictionary<Role, Func<Port, ValueTask>>
        {
            [Role.PartyZero] = port => new TrainingService(settings, States("party-zero")).Serve(new Party(Seat.Zero, port)),
            [Role.PartyOne] = port => new TrainingService(settings, States("party-one")).Serve(new Party(Seat.One, port)),
            [Role.Dealer] = port => new TrainingService(settings).Serve(new Party(Seat.Dealer, port, Seed.FromNumber(3))),
            [Role.ModelOwner] = async port => trained = await TrainingModelOwner.Serve(port, outline, Tensor, Seed.FromNumber(4)),
            [Role.DataOwner] = async port =>
            {
                var pass = new PrivateGradientPass(port, Seed.FromNumber(5), settings, Classes, settings.Method == TuningMethod.Prompt ? _prompt : null);
                var words = settings.Method == TuningMethod.Full;
                result = await new GradientTuning(pass, For(_train), For(_dev), For(_test), settings, TimeProvider.System)
                    .RunAsync(folder is null ? null : Path.Combine(folder, "owner.checkpoint"), resume);
                prompt = await pass.Finish();

                TrainingSet For(TrainingSet set) => words ? set : set with { Tokens = null };
            },
        }, frame =>
        {
            frames.Add(frame);
            sent?.Invoke(frame);
        });
        return new(result!, trained!, prompt, frames);

        PartyStates? States(string name) => folder is null ? null : new(Path.Combine(folder, name), new byte[32]);
    }

    /// <summary>A session with another program at the data owner's.</summary>
    public void Serve(GradientSettings settings, Func<Port, ValueTask> dataOwner)
    {
        var outline = TrainingOutline.Of(Config, Classes, settings);
        Pump.Run(new Dictionary<Role, Func<Port, ValueTask>>
        {
            [Role.PartyZero] = port => new TrainingService(settings).Serve(new Party(Seat.Zero, port)),
            [Role.PartyOne] = port => new TrainingService(settings).Serve(new Party(Seat.One, port)),
            [Role.Dealer] = port => new TrainingService(settings).Serve(new Party(Seat.Dealer, port, Seed.FromNumber(3))),
            [Role.ModelOwner] = async port => await TrainingModelOwner.Serve(port, outline, Tensor, Seed.FromNumber(4)),
            [Role.DataOwner] = dataOwner,
        });
    }

    /// <summary>The same training in the clear, and the model that it leaves.</summary>
    public async Task<(GradientResult Result, ClearModel Model)> InTheClear(GradientSettings settings)
    {
        var tensors = TrainingOutline.Of(Config, Classes, settings).Tensors(Rows);
        var twin = new ClearModel(
            settings, tensors.ToDictionary(one => one.Name, one => one.IsPrompt ? [.. _prompt] : Tensor(one.Name)), [.. tensors.Where(one => one.IsTrained).Select(one => one.Name)],
            of =>
            {
                var training = new ClearTraining(Config, Classes, of);
                return (training.Gradients, training.Logits);
            }, Config.Width);
        return (await new GradientTuning(new ClearGradientPass(twin, settings), _train, _dev, _test, settings, TimeProvider.System).RunAsync(), twin);
    }

    public static GradientSettings Settings(TuningMethod method) => new()
    {
        Method = method, Steps = 4, BatchSize = 4, CheckEvery = 2, LearningRate = 1e-3, PromptRows = Rows, WarmUp = 1, ClipNorm = 1,
    };
}
