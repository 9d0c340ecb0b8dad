using MpcActors.Data;
using MpcActors.Models;
using MpcActors.Models.Clear.Training;
using MpcActors.Tuning;

namespace MpcActors.Cli;

/// <summary>Tuning by gradients in the clear, all training texts in each step, Adam: of all parameters (sft), or of a prompt's rows before the words.</summary>
/// <remarks>The labels' vectors stay those of the model as it was, as in forward-only tuning; of all checks that with the best development accuracy is taken, of equal ones the smaller loss.</remarks>
/// <param name="rows">Of the prompt; 0 trains the model.</param>
sealed class GradientTuning(string name, int rows, int steps, float rate) : IFewShotMethod
{
    const int CheckEvery = 10;

    public string Name => name;

    public bool CanBePrivate => false;

    public string SettingsFor(FewShotDraw draw) => FormattableString.Invariant($"{steps} steps of {rate}{(rows > 0 ? $", {rows} rows" : "")}");

    public Task<FewShotPart> InTheClearAsync(FewShotDraw draw, CancellationToken cancellation)
    {
        var split = FewShot.Split(draw.Task, draw.Shots, draw.Seed);
        var (train, dev, test) = (Set(split.Train), Set(split.Dev), Set(draw.Task.Test));
        var start = draw.CandidateOf(AttentionKind.Softmax);
        var encoder = new SingleEncoder(draw.Model.Published.Model, TrainedAttention.Softmax);
        TrainablePrompt? prompt = null;
        if (rows > 0)
            prompt = new(new Prompt(null, Candidate.OrdinaryTokens(draw.Model, rows), null), start.Clear.Encoder);
        else
            foreach (var tensor in encoder.Tensors) tensor.IsTrained = true;
        var adam = new SingleAdam(prompt?.Tensors ?? encoder.Tensors, new SingleAdamSettings());

        var (curve, best) = (new List<FewShotPoint>(), (Accuracy: -1.0, Loss: 0.0, Test: 0.0));
        for (var step = 0; step <= steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var pass = encoder.Forward(train.Texts, prompt);
            var (loss, gradient, _) = CrossEntropy.Of(pass.Embeddings, start.Labels, train.Labels);
            if (step % CheckEvery == 0 || step == steps)
            {
                var (devAccuracy, devLoss) = Measure(dev);
                var point = new FewShotPoint(step, null, loss, devAccuracy, Measure(test).Accuracy);
                curve.Add(point);
                if (devAccuracy > best.Accuracy || (devAccuracy == best.Accuracy && devLoss < best.Loss)) best = (devAccuracy, devLoss, point.TestAccuracy!.Value);
            }

            if (step == steps) break;
            encoder.Backward(pass, gradient);
            adam.Step(_ => rate);
        }

        return Task.FromResult(new FewShotPart(
            draw.Task.Name, Name, draw.Seed, false, $"{draw.Settings} {SettingsFor(draw)}", test.Labels.Length, best.Test, null, steps, null, curve));

        (int[][] Texts, int[] Labels) Set(IReadOnlyList<LabelledText> texts) =>
            ([.. texts.Select(text => draw.Model.Published.Tokenizer.Encode(text.Text))], [.. texts.Select(text => text.Label)]);

        (double Accuracy, double Loss) Measure((int[][] Texts, int[] Labels) set)
        {
            var (loss, _, predicted) = CrossEntropy.Of(encoder.Forward(set.Texts, prompt).Embeddings, start.Labels, set.Labels);
            return (predicted.Zip(set.Labels).Count(pair => pair.First == pair.Second) / (double)set.Labels.Length, loss);
        }
    }

    public Task<FewShotPart> OnSharesAsync(FewShotDraw draw, string checkpoint, Action<string> announce, CancellationToken cancellation) =>
        throw new NotSupportedException($"{Name} runs in the clear here");
}
