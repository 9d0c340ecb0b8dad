using MpcActors.Models.Private;
using MpcActors.Protocols;
using MpcActors.Protocols.Training;
using MpcActors.Ring;

namespace MpcActors.Models.Transformers.Training;

/// <summary>One step on shares: forward, the cross-entropy of shared labels, back through all layers, and an optimiser. No party sees a logit, a loss or a label: logits come as shares, which are for the data owner alone.</summary>
public sealed class TrainingStep(ITrainingSuite suite, ITrainableModel model, double lossScale)
{
    /// <summary>A public factor of the loss, 2^6: gradients far below a unit of 2^−16 would be lost. Gradients have it until the optimiser takes it back.</summary>
    public const double UsualLossScale = 64;

    /// <summary>The gradients of the mean cross-entropy times the loss scale, left with the parameters.</summary>
    /// <param name="input">Embedded rows [sum of the texts' own lengths, width], or one-hot tokens [.., vocabulary].</param>
    /// <param name="labels">[texts, classes], 1 at the class, integers or with 16 fraction bits.</param>
    /// <param name="lengths">Of the texts, a prompt's rows included.</param>
    /// <param name="answers">The row within each text where its label word is predicted; any where a model pools all rows.</param>
    /// <returns>Logits [texts, classes], and the gradient by the rows that enter the first layer: the input's, or those with words and prompts in their places.</returns>
    public async ValueTask<(Share Logits, Share InputGradient)> Gradients(Party party, Share input, Share labels, int[] lengths, int[] answers)
    {
        var (x, ways) = await Forward(party, input, lengths, answers, isTraced: true);
        return (x, await Backward(party, x, labels, ways, last: 0, _ => ValueTask.CompletedTask));
    }

    /// <summary>The way there alone, with the parameters as they are: logits [texts, classes], for the data owner alone.</summary>
    public async ValueTask<Share> Logits(Party party, Share input, int[] lengths, int[] answers) => (await Forward(party, input, lengths, answers, isTraced: false)).Result;

    /// <summary>Opens what stays as it is in all steps under its masks, in one round: in an epoch of its own, so that a session that goes on from a later step draws the same masks.</summary>
    public async ValueTask SetUp(Party party) =>
        await Parameter.Open(party, suite, model.Parts.Select(part => part.Layer), frozenAlone: true);

    /// <summary>The parameters that a step changes, as an optimiser goes through them.</summary>
    public IReadOnlyList<(string Name, Parameter[] Parameters)> Trained { get; } =
        [.. model.Parts.Select(part => (part.Name, part.Parameters.Where(parameter => parameter.IsTrained).ToArray())).Where(part => part.Item2.Length > 0)];

    /// <summary>A whole step.</summary>
    /// <param name="clipNorm">The most that all gradients together may measure, or null.</param>
    /// <returns>Logits, for the data owner alone.</returns>
    public async ValueTask<Share> Run(Party party, Share input, Share labels, int[] lengths, int[] answers, IShareOptimizer optimizer, double? clipNorm = null)
    {
        var (logits, ways) = await Forward(party, input, lengths, answers, isTraced: true);
        await Backward(party, logits, labels, ways, FirstTrained, clipNorm is null ? Update : _ => ValueTask.CompletedTask);
        if (clipNorm is { } limit)
        {
            using (party.Meter.Enter("optimizer")) await GradientClipping.Clip(party, suite, [.. Trained.Select(part => part.Parameters)], limit * lossScale);
            foreach (var (name, _) in Trained) await Update(name);
        }

        optimizer.EndStep();
        return logits;

        async ValueTask Update(string name)
        {
            if (Trained.FirstOrDefault(part => part.Name == name).Parameters is not { } trained) return;
            using var scope = party.Meter.Enter("optimizer");
            using var inner = party.Meter.Enter(name);
            await optimizer.Step(party, suite, name, trained, lossScale);
        }
    }

    /// <summary>Nothing before it needs a gradient.</summary>
    int FirstTrained => Math.Max(0, model.Parts.ToList().FindIndex(part => part.Parameters.Any(parameter => parameter.IsTrained)));

    /// <param name="last">The part where the way back ends.</param>
    /// <param name="done">Called with each part that has its gradients; where they are used up at once, they do not pile up.</param>
    async ValueTask<Share> Backward(
        Party party, Share logits, Share labels, Stack<(string Name, Func<Share, ValueTask<Share>> Backward)> ways, int last, Func<string, ValueTask> done)
    {
        Share gradient;
        using (party.Meter.Enter("backward")) gradient = await OfLogits(party, logits, labels);
        while (ways.Count > last)
        {
            var part = ways.Pop();
            using (party.Meter.Enter("backward"))
            using (party.Meter.Enter(part.Name)) gradient = await part.Backward(gradient);
            await done(part.Name);
        }

        return gradient;
    }

    async ValueTask<(Share Result, Stack<(string Name, Func<Share, ValueTask<Share>> Backward)> Ways)> Forward(
        Party party, Share input, int[] lengths, int[] answers, bool isTraced)
    {
        var sequences = new Sequences(lengths, 1);
        var pass = new PassContext(party, suite, sequences, [.. answers.Select((answer, text) => sequences.Starts[text] + answer)]);
        var ways = new Stack<(string Name, Func<Share, ValueTask<Share>> Backward)>();
        var x = input;
        using (party.Meter.Enter("forward"))
        {
            foreach (var (name, layer, _) in model.Parts)
            {
                using var scope = party.Meter.Enter(name);
                using (party.Meter.Enter("weights")) await Parameter.Open(party, suite, [layer]);
                var traced = await layer.Forward(pass, x);
                x = traced.Value;
                if (isTraced) ways.Push((name, traced.Backward));
            }
        }

        return (x, ways);
    }

    /// <summary>(softmax(logits) − labels)/texts, times the loss scale.</summary>
    async ValueTask<Share> OfLogits(Party party, Share logits, Share labels)
    {
        using var scope = party.Meter.Enter("cross-entropy");
        var shape = logits.Shape;
        int[] starts = [.. Enumerable.Range(0, shape.Rows + 1).Select(row => row * shape.Columns)];
        var probabilities = (await suite.Forward.Softmax(party, logits.Reshape(Shape.Vector(shape.Count)), starts)).Reshape(shape);
        return await suite.Scale(party, probabilities - labels.WithMoreFractionBits(probabilities.FractionBits), lossScale / shape.Rows, FixedPoint.FractionBits);
    }
}
